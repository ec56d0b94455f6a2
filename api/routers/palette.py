"""What the builder offers: the kinds of node, and ready journeys to start from."""

from functools import lru_cache
from pathlib import Path

from fastapi import APIRouter

from api.deps import Reader
from api.schemas.base import Page
from api.schemas.journeys import Example, NodeKindRead
from journeys.graph.files import import_journey
from journeys.nodes.palette import palette

router = APIRouter(prefix="/api", tags=["palette"])

_PROJECT = Path(__file__).parents[2]
EXAMPLES = (_PROJECT / "examples" / "journeys", _PROJECT / "journeys" / "library")


@router.get("/node-kinds")
async def list_node_kinds(reader: Reader) -> Page[NodeKindRead]:
    """Return the palette: every kind of node with the schema of its form and its outlets."""
    return Page(items=[NodeKindRead(**kind) for kind in palette()])


@router.get("/examples")
async def list_examples(reader: Reader) -> Page[Example]:
    """Return the example journeys."""
    return Page(items=_examples())


@lru_cache
def _examples() -> list[Example]:
    found = []
    for path in (path for folder in EXAMPLES for path in sorted(folder.glob("*.yaml"))):
        content = path.read_text()
        comment = [line.lstrip("# ").strip() for line in content.splitlines() if line.startswith("#")]
        file = import_journey(content)
        graph = file.graph.model_dump(mode="json")
        found.append(
            Example(slug=path.stem, name=file.name, description=" ".join(comment), content=content, graph=graph)
        )
    return found
