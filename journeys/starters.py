"""Ready journeys to start from: each a file in the folder `library`, with its mails."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from journeys.graph.files import JourneyFile, import_journey

FOLDER = Path(__file__).parent / "library"


@dataclass(frozen=True)
class Starter:
    """A ready journey, as text and as read."""

    slug: str
    content: str
    file: JourneyFile


@lru_cache
def list_starters() -> Sequence[Starter]:
    """Return every ready journey, by name."""
    found = [Starter(path.stem, content := path.read_text(), import_journey(content)) for path in FOLDER.glob("*.yaml")]
    return sorted(found, key=lambda each: each.file.name)
