"""Events that could not be routed: seen, tried again once the cause is mended, or dismissed."""

from uuid import UUID

from fastapi import APIRouter

from api.deps import Publisher, Reader, Session
from api.paging import PAGE, Cursor, Limit, decode_cursor, page
from api.schemas.base import Page
from api.schemas.dead_events import DeadEventCount, DeadEventRead
from journeys.auth.audit import record_change
from journeys.events import dead

router = APIRouter(prefix="/api/dead-events", tags=["events"])


@router.get("")
async def list_dead_events(
    session: Session, reader: Reader, limit: Limit = PAGE, cursor: Cursor = None
) -> Page[DeadEventRead]:
    """Return the events that moved nobody because routing them failed at every attempt, the newest first."""
    rows = await dead.list_dead(session, reader.workspace_id, limit + 1, decode_cursor(cursor, int))
    return page(rows, limit, lambda row: row.seq, DeadEventRead.model_validate)


@router.post("/replay")
async def replay_dead_events(session: Session, actor: Publisher) -> DeadEventCount:
    """Route them all again."""
    replayed = await dead.replay(session, actor.workspace_id)
    await record_change(session, actor, "replayed", "dead events", actor.workspace_id, {"events": replayed})
    return DeadEventCount(events=replayed)


@router.post("/dismiss")
async def dismiss_dead_events(session: Session, actor: Publisher) -> DeadEventCount:
    """Never route them; they stay in their contacts' history."""
    dismissed = await dead.dismiss(session, actor.workspace_id)
    await record_change(session, actor, "dismissed", "dead events", actor.workspace_id, {"events": dismissed})
    return DeadEventCount(events=dismissed)


@router.post("/{event_id}/replay", status_code=204)
async def replay_dead_event(event_id: UUID, session: Session, actor: Publisher) -> None:
    """Route one of them again."""
    await dead.replay(session, actor.workspace_id, event_id)
    await record_change(session, actor, "replayed", "dead event", event_id)


@router.post("/{event_id}/dismiss", status_code=204)
async def dismiss_dead_event(event_id: UUID, session: Session, actor: Publisher) -> None:
    """Never route one of them; it stays in its contact's history."""
    await dead.dismiss(session, actor.workspace_id, event_id)
    await record_change(session, actor, "dismissed", "dead event", event_id)
