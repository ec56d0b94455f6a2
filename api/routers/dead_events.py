"""Events that could not be routed: seen, and tried again once the cause is mended."""

from fastapi import APIRouter

from api.deps import Publisher, Reader, Session
from api.paging import PAGE, Cursor, Limit, decode_cursor, page
from api.schemas.base import Page
from api.schemas.dead_events import DeadEventRead, Replayed
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
async def replay_dead_events(session: Session, actor: Publisher) -> Replayed:
    """Route them all again."""
    replayed = await dead.replay(session, actor.workspace_id)
    await record_change(session, actor, "replayed", "dead events", actor.workspace_id, {"events": replayed})
    return Replayed(events=replayed)
