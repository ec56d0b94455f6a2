"""Find the members of a new or changed rule: at once where that is quick, else by the router, which may take its time."""

from uuid import UUID

from psycopg.errors import QueryCanceled
from sqlalchemy import select, text, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncSession

from journeys.db.patience import IS_DUE, LAST_ATTEMPT
from journeys.errors import Conflict
from journeys.rules.language import Rule, parse_rule
from journeys.segments.membership import LiveSegment, build
from journeys.segments.models import Segment

PATIENCE_SECONDS = 5.0
"""How long a request waits for members before they are left to the router."""

LONGEST_SECONDS = 3_600


async def build_soon(
    session: AsyncSession, workspace_id: UUID, segment_id: UUID, rule: Rule, patience_seconds: float = PATIENCE_SECONDS
) -> None:
    """Find the members now, or owe them: a segment whose `built_at` is unset has none that count yet."""
    try:
        async with session.begin_nested():
            await _allow(session, patience_seconds)
            await build(session, LiveSegment(segment_id, workspace_id, rule))
            await session.execute(text("SET LOCAL statement_timeout TO DEFAULT"))
    except OperationalError as error:
        if not isinstance(error.orig, QueryCanceled):
            raise
        await session.execute(update(Segment).where(Segment.id == segment_id).values(live=False, built_at=None))


async def take_owed(session: AsyncSession) -> Segment | None:
    """Lock one segment whose members are owed, or return None. Needs an engine session."""
    owed = select(Segment).where(Segment.built_at.is_(None), Segment.live.is_(False), Segment.attempts < LAST_ATTEMPT)
    owed = owed.where(text(IS_DUE)).order_by(Segment.id).limit(1)
    segment: Segment | None = await session.scalar(owed.with_for_update(skip_locked=True))
    return segment


async def build_taken(session: AsyncSession, segment: Segment) -> None:
    """Find the members of a segment, however long that takes."""
    await _allow(session, LONGEST_SECONDS)
    await build(session, LiveSegment(segment.id, segment.workspace_id, parse_rule(segment.rule)))


async def retry_build(session: AsyncSession, segment: Segment) -> None:
    """Owe a segment's members anew after that was given up.

    Raises:
        Conflict: it was not.
    """
    if segment.attempts < LAST_ATTEMPT:
        raise Conflict("The members of this segment were not given up.")
    segment.attempts, segment.not_before, segment.error = 0, None, None
    await session.flush()


async def _allow(session: AsyncSession, seconds: float) -> None:
    """Let the statements of this transaction take this long."""
    await session.execute(text(f"SET LOCAL statement_timeout = {int(seconds * 1000)}"))
