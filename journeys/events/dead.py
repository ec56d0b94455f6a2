"""Events that the router could not act on, however often it tried: kept with the reason, and queued again on request."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from journeys.errors import NotFound
from journeys.events.models import DeadEvent
from journeys.events.queue import partition_sql

_COLUMNS = """event_id, workspace_id, contact_id, type, name, occurred_at, received_at, value, message_id, journey_id,
    node_id, properties"""


async def bury(session: AsyncSession, seq: int, error: str) -> None:
    """Take an event off the queue for good."""
    await session.execute(
        text(f"""
            WITH dead AS (DELETE FROM event_queue WHERE seq = :seq RETURNING *)
            INSERT INTO dead_events (seq, {_COLUMNS}, error) SELECT seq, {_COLUMNS}, :error FROM dead
        """),
        {"seq": seq, "error": error},
    )


async def list_dead(
    session: AsyncSession, workspace_id: UUID, limit: int, before: int | None = None
) -> Sequence[DeadEvent]:
    """Return dead events, the newest first."""
    query = select(DeadEvent).where(DeadEvent.workspace_id == workspace_id)
    if before is not None:
        query = query.where(DeadEvent.seq < before)
    return (await session.scalars(query.order_by(DeadEvent.seq.desc()).limit(limit))).all()


async def replay(session: AsyncSession, workspace_id: UUID, event_id: UUID | None = None) -> int:
    """Queue a dead event of a workspace again, or all in the old order; return how many those are."""
    queued = await session.execute(
        text(f"""
            WITH risen AS ({_TAKEN} RETURNING *)
            INSERT INTO event_queue (partition, {_COLUMNS})
            SELECT {partition_sql("contact_id")}, {_COLUMNS} FROM risen ORDER BY seq RETURNING 1
        """),
        {"workspace_id": workspace_id, "event_id": event_id},
    )
    return _counted(len(queued.all()), event_id)


async def dismiss(session: AsyncSession, workspace_id: UUID, event_id: UUID | None = None) -> int:
    """Give up a dead event for good, or all; they stay in their contacts' history. Return how many those were."""
    taken = await session.execute(text(f"{_TAKEN} RETURNING 1"), {"workspace_id": workspace_id, "event_id": event_id})
    return _counted(len(taken.all()), event_id)


_TAKEN = """
    DELETE FROM dead_events
    WHERE workspace_id = :workspace_id AND event_id = coalesce(CAST(:event_id AS uuid), event_id)
"""


def _counted(events: int, sought: UUID | None) -> int:
    if sought and not events:
        raise NotFound("There is no such dead event.")
    return events
