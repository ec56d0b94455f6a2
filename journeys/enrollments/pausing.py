"""Pause and resume a journey. While it is paused every stage refuses, and its batch is parked where it stands."""

from typing import Literal
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from journeys.contracts import Nudge
from journeys.enrollments.dispatches import nudge_run
from journeys.enrollments.exits import Ending, end_enrollments
from journeys.errors import Conflict

PAUSED = "paused"
"""What `batches.parked` says of a batch whose stage was refused by a pause."""

ResumePolicy = Literal["shift", "keep", "skip_overdue"]
OVERDUE = "overdue when the journey was resumed"
CHUNK = 5_000


async def pause(session: AsyncSession, workspace_id: UUID, journey_id: UUID) -> None:
    """Let nobody in and nothing be sent until the journey is resumed."""
    await _change_state(session, workspace_id, journey_id, "live", PAUSED)


async def resume(session: AsyncSession, workspace_id: UUID, journey_id: UUID, waits: ResumePolicy) -> None:
    """Go on. `shift` lengthens every wait by the pause; `keep` lets what fell due go on at once; `skip_overdue` ends it."""
    if waits == "shift":
        await _shift_waits(session, journey_id)
    elif waits == "skip_overdue":
        await _end_parked(session, workspace_id, journey_id)
    await _change_state(session, workspace_id, journey_id, PAUSED, "live")
    await _unpark(session, workspace_id, journey_id, PAUSED)


async def end_everyone(
    session: AsyncSession, workspace_id: UUID, journey_id: UUID, reason: str, *, but_version: UUID | None = None
) -> int:
    """End every active enrollment of a journey, but for those of one version; return how many."""
    ended = 0
    after: UUID | None = None
    while True:
        ids = (
            await session.scalars(
                text("""
                    SELECT id FROM enrollments WHERE journey_id = :id AND workspace_id = :workspace_id
                      AND state = 'active' AND (CAST(:after AS uuid) IS NULL OR id > :after)
                      AND (CAST(:but AS uuid) IS NULL OR version_id <> :but) ORDER BY id LIMIT :chunk
                """),
                {"id": journey_id, "workspace_id": workspace_id, "after": after, "but": but_version, "chunk": CHUNK},
            )
        ).all()
        ended += await end_enrollments(session, workspace_id, [Ending(each, reason) for each in ids])
        if len(ids) < CHUNK:
            return ended
        after = ids[-1]


async def _change_state(session: AsyncSession, workspace_id: UUID, journey_id: UUID, old: str, new: str) -> None:
    changed = await session.scalar(
        text("""
            UPDATE journeys SET state = :new, paused_at = CASE WHEN :new = 'paused' THEN now() END, updated_at = now()
            WHERE id = :id AND workspace_id = :workspace_id AND state = :old RETURNING 1
        """),
        {"id": journey_id, "workspace_id": workspace_id, "old": old, "new": new},
    )
    if changed is None:
        raise Conflict(f"only a {old} journey can become {new}")


async def _shift_waits(session: AsyncSession, journey_id: UUID) -> None:
    """Move every wake time and deadline by how long the pause was; runs learn of it when they wake."""
    for table, column, where in (("batches", "wake_at", "AND active"), ("waits", "deadline_at", "")):
        await session.execute(
            text(f"""
                UPDATE {table} t SET {column} = t.{column} + (now() - j.paused_at) FROM journeys j
                WHERE j.id = :id AND t.journey_id = j.id AND t.{column} IS NOT NULL {where}
            """),
            {"id": journey_id},
        )


async def _end_parked(session: AsyncSession, workspace_id: UUID, journey_id: UUID) -> None:
    ids = await session.scalars(
        text("""
            SELECT e.id FROM enrollments e JOIN batches b ON b.id = e.batch_id
            WHERE b.journey_id = :id AND b.active AND b.parked = :parked AND e.state = 'active'
        """),
        {"id": journey_id, "parked": PAUSED},
    )
    await end_enrollments(session, workspace_id, [Ending(each, OVERDUE) for each in ids])


async def _unpark(session: AsyncSession, workspace_id: UUID, journey_id: UUID, reason: str | None) -> int:
    """Free the batches that are parked for this reason (None: for any but a pause), and nudge their runs."""
    rows = await session.execute(
        text("""
            UPDATE batches SET parked = NULL WHERE journey_id = :id AND active
              AND CASE WHEN CAST(:reason AS text) IS NULL THEN parked <> :paused ELSE parked = :reason END
            RETURNING id, run_id
        """),
        {"id": journey_id, "reason": reason, "paused": PAUSED},
    )
    by_run: dict[UUID, list[UUID]] = {}
    for batch_id, run_id in rows:
        by_run.setdefault(run_id, []).append(batch_id)
    for run_id, batch_ids in by_run.items():
        await nudge_run(session, workspace_id, run_id, Nudge(retry=batch_ids))
    return sum(len(batch_ids) for batch_ids in by_run.values())


async def unpark_resumed(session: AsyncSession) -> None:
    """Free batches that a stage parked just as their journey was resumed, and so after everyone else was freed."""
    rows = await session.execute(
        text("""
            SELECT DISTINCT b.workspace_id, b.journey_id FROM batches b JOIN journeys j ON j.id = b.journey_id
            WHERE b.active AND b.parked = :parked AND j.state = 'live'
        """),
        {"parked": PAUSED},
    )
    for workspace_id, journey_id in rows.all():
        await _unpark(session, workspace_id, journey_id, PAUSED)


async def retry_parked(session: AsyncSession, workspace_id: UUID, journey_id: UUID) -> int:
    """Try again what is parked because a stage failed for good; return how many batches that is."""
    return await _unpark(session, workspace_id, journey_id, None)


async def retry_parked_for(session: AsyncSession, cause: str) -> int:
    """Try again, in every journey, what is parked for a reason that begins like this; return how many batches that is."""
    rows = await session.execute(
        text("""
            SELECT DISTINCT workspace_id, journey_id, parked FROM batches
            WHERE active AND starts_with(parked, :cause)
        """),
        {"cause": cause},
    )
    return sum(
        [await _unpark(session, workspace_id, journey_id, reason) for workspace_id, journey_id, reason in rows.all()]
    )
