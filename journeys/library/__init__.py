"""Ready journeys to start from: each a file beside this one, with its mails."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from journeys.graph.files import JourneyFile, import_journey

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class LibraryJourney:
    """A journey of the library, as text and as read."""

    slug: str
    content: str
    file: JourneyFile


@lru_cache
def list_library() -> Sequence[LibraryJourney]:
    """Return every journey of the library, by name."""
    found = [
        LibraryJourney(path.stem, content := path.read_text(), import_journey(content))
        for path in FOLDER.glob("*.yaml")
    ]
    return sorted(found, key=lambda each: each.file.name)
