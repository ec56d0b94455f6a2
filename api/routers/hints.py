"""What the workspace's own data has to choose from: attributes, events, and the properties of events."""

from typing import Annotated

from fastapi import APIRouter, Query

from api.deps import Reader, Session
from api.schemas.base import Page
from api.schemas.hints import EventName, FieldHintRead
from journeys.contacts.hints import list_attributes
from journeys.events.queries import list_event_names, list_event_properties

router = APIRouter(prefix="/api", tags=["hints"])


@router.get("/attributes")
async def list_contact_attributes(session: Session, reader: Reader) -> Page[FieldHintRead]:
    """Return the attributes of recent contacts with types and frequent values, the most frequent first."""
    found = await list_attributes(session, reader.workspace_id)
    return Page(items=[FieldHintRead.model_validate(each) for each in found])


@router.get("/events/names")
async def list_names_of_events(
    session: Session, reader: Reader, prefix: Annotated[str, Query(max_length=200)] = ""
) -> Page[EventName]:
    """Return the names of events that came in, in order."""
    names = await list_event_names(session, reader.workspace_id, prefix, limit=500)
    return Page(items=[EventName(name=name) for name in names])


@router.get("/events/properties")
async def list_properties_of_event(
    session: Session, reader: Reader, event: Annotated[str, Query(min_length=1, max_length=200)]
) -> Page[FieldHintRead]:
    """Return the properties of an event's newest occurrences with types and frequent values."""
    found = await list_event_properties(session, reader.workspace_id, event)
    return Page(items=[FieldHintRead.model_validate(each) for each in found])
