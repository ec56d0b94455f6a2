"""What the builder offers: the kinds of node, and ready journeys to start from."""

from fastapi import APIRouter

from api.deps import Reader
from api.schemas.base import Page
from api.schemas.journeys import Example, NodeKindRead
from journeys.nodes.palette import palette
from journeys.starters import Starter, list_starters

router = APIRouter(prefix="/api", tags=["palette"])


@router.get("/node-kinds")
async def list_node_kinds(reader: Reader) -> Page[NodeKindRead]:
    """Return the palette: every kind of node with the schema of its form and its outlets."""
    return Page(items=[NodeKindRead(**kind) for kind in palette()])


@router.get("/examples")
async def list_examples(reader: Reader) -> Page[Example]:
    """Return the ready journeys with their mails, to look at and to import."""
    return Page(items=[_example(each) for each in list_starters()])


def _example(starter: Starter) -> Example:
    file = starter.file
    return Example(
        slug=starter.slug,
        name=file.name,
        description=file.description,
        tags=file.tags,
        content=starter.content,
        graph=file.graph.model_dump(mode="json"),
    )
