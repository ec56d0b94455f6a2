"""Finding anything by a part of its name."""

from typing import Annotated

from fastapi import APIRouter, Query

from api.deps import Reader, Session
from api.schemas.base import Page
from api.schemas.find import Found
from journeys.contacts.queries import list_by_ids
from journeys.graph.drafts import find_journeys
from journeys.messaging.templates import find_templates
from journeys.segments.audience import Audience, like, list_newest
from journeys.segments.queries import find_segments

router = APIRouter(prefix="/api/find", tags=["find"])
MOST = 6


@router.get("")
async def find(session: Session, reader: Reader, q: Annotated[str, Query(min_length=1, max_length=200)]) -> Page[Found]:
    """Return journeys, segments, templates and contacts whose names have these words in them, a few of each."""
    workspace_id, pattern = reader.workspace_id, like(q.strip())
    items = [
        Found(kind="journey", id=row.id, name=row.name, hint=row.state)
        for row in await find_journeys(session, workspace_id, pattern, MOST)
    ]
    items += [
        Found(kind="segment", id=row.id, name=row.name)
        for row in await find_segments(session, workspace_id, pattern, MOST)
    ]
    items += [
        Found(kind="template", id=row.id, name=row.name)
        for row in await find_templates(session, workspace_id, pattern, MOST)
    ]
    ids = await list_newest(session, workspace_id, Audience(q=q.strip()), limit=MOST)
    for contact in await list_by_ids(session, workspace_id, ids):
        name = " ".join(filter(None, (contact.first_name, contact.last_name)))
        known = contact.email or contact.external_id or "Anonymous"
        items.append(Found(kind="contact", id=contact.id, name=name or known, hint=known if name else None))
    return Page(items=items)
