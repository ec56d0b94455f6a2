"""End enrollments at once, whatever they wait for: by a rule, a goal, a person, an erasure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from journeys.contracts import Nudge
from journeys.db.json import to_json
from journeys.enrollments.counts import JOURNEY, Counts, record_counts
from journeys.enrollments.dispatches import nudge_run
from journeys.enrollments.steps import record_steps


@dataclass(frozen=True)
class Ending:
    """An enrollment to end, and why. `goal` also credits the journey's goal; `state` is exited, completed or failed."""

    enrollment_id: UUID
    reason: str
    state: str = "exited"
    goal: bool = False
    detail: dict[str, Any] | None = None


async def exit_contact(session: AsyncSession, workspace_id: UUID, contact_id: UUID, reason: str) -> int:
    """End every active enrollment of a contact; return how many."""
    ids = await session.scalars(
        text("""
            SELECT id FROM enrollments
            WHERE workspace_id = :workspace_id AND contact_id = :contact_id AND state = 'active'
        """),
        {"workspace_id": workspace_id, "contact_id": contact_id},
    )
    return await end_enrollments(session, workspace_id, [Ending(each, reason) for each in ids])


async def lock_batches(session: AsyncSession, enrollment_ids: Sequence[UUID]) -> list[UUID]:
    """Lock the batches that enrollments are in against the stages that would carry them on.

    A stage that finished meanwhile may have moved some to other batches, so it looks again until nothing new appears.
    """
    locked: dict[UUID, None] = {}
    while True:
        found = await session.scalars(_LOCK, {"ids": list(enrollment_ids)})
        fresh = [each for each in found if each not in locked]
        if not fresh:
            return list(locked)
        locked.update(dict.fromkeys(fresh))


_LOCK = text("""
    SELECT b.id FROM batches b WHERE b.id IN (
        SELECT batch_id FROM enrollments WHERE id = ANY(CAST(:ids AS uuid[])) AND state = 'active')
    ORDER BY b.id FOR SHARE
""")


async def end_enrollments(session: AsyncSession, workspace_id: UUID, endings: Sequence[Ending]) -> int:
    """End enrollments that are still active, with a step that says why; return how many were."""
    if not endings:
        return 0
    by_id = {ending.enrollment_id: ending for ending in endings}
    rows = await _end_in_locked_batches(session, by_id)
    await _record(session, workspace_id, by_id, rows)
    await drop_empty(session, workspace_id, list({row.batch_id for row in rows}))
    return len(rows)


async def _end_in_locked_batches(session: AsyncSession, by_id: dict[UUID, Ending]) -> Sequence[Any]:
    """End what is active, batch by locked batch; an enrollment that moved to another batch meanwhile is tried again."""
    ended: list[Any] = []
    left = list(by_id)
    while left and (batch_ids := await lock_batches(session, left)):
        result = await session.execute(
            _END,
            {
                "rows": to_json([_row(by_id[each]) for each in left]),
                "batch_ids": batch_ids,
            },
        )
        rows = result.all()
        ended += rows
        done = {row.id for row in rows}
        left = [each for each in left if each not in done]
    return ended


def _row(ending: Ending) -> dict[str, Any]:
    return {"id": ending.enrollment_id, "state": ending.state, "reason": ending.reason, "goal": ending.goal}


_END = text("""
    WITH x AS (SELECT * FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS x(id uuid, state text, reason text, goal bool)),
    ended AS (
        UPDATE enrollments e SET state = x.state, ended_at = now(), end_reason = x.reason,
            goal_at = CASE WHEN x.goal THEN coalesce(e.goal_at, now()) ELSE e.goal_at END
        FROM x WHERE e.id = x.id AND e.state = 'active' AND e.batch_id = ANY(CAST(:batch_ids AS uuid[]))
        RETURNING e.id, e.journey_id, e.version_id, e.batch_id, e.visit),
    gone AS (DELETE FROM waits w USING ended WHERE w.enrollment_id = ended.id),
    unsent AS (
        UPDATE messages m SET state = 'skipped', reason = 'left the journey', due_at = NULL FROM ended
        WHERE m.enrollment_id = ended.id AND m.state = 'deferred'),
    uncalled AS (
        UPDATE effects f SET state = 'failed', reason = 'left the journey' FROM ended
        WHERE f.enrollment_id = ended.id AND f.state = 'deferred')
    SELECT ended.*, b.node_id, b.run_id FROM ended JOIN batches b ON b.id = ended.batch_id
""")


async def _record(session: AsyncSession, workspace_id: UUID, by_id: dict[UUID, Ending], rows: Sequence[Any]) -> None:
    """Write a step and the counts for each enrollment that ended."""
    counts: dict[UUID, Counts] = {}
    steps = []
    for row in rows:
        ending = by_id[row.id]
        each = counts.setdefault(row.version_id, Counts(workspace_id, row.journey_id, row.version_id))
        each.add(row.node_id, "waiting", -1)
        each.add(row.node_id, "exited", 1)
        each.add(JOURNEY, ending.state, 1)
        if ending.goal:
            each.add(JOURNEY, "converted", 1)
        steps.append(
            {
                "enrollment_id": row.id,
                "node_id": row.node_id,
                "visit": row.visit,
                "outlet": None,
                "reason": ending.reason,
                "detail": ending.detail,
            }
        )
    await record_steps(session, workspace_id, steps)
    await record_counts(session, *counts.values())


async def drop_empty(session: AsyncSession, workspace_id: UUID, batch_ids: Sequence[UUID]) -> None:
    """Close batches that hold nobody any more, and owe their runs the news so that nothing sleeps for nobody."""
    rows = await session.execute(
        text("""
            UPDATE batches b SET active = false WHERE b.id = ANY(CAST(:ids AS uuid[])) AND b.active
              AND NOT EXISTS (SELECT 1 FROM enrollments e WHERE e.batch_id = b.id AND e.state = 'active')
            RETURNING b.id, b.run_id
        """),
        {"ids": sorted(batch_ids)},
    )
    by_run: dict[UUID, list[UUID]] = {}
    for batch_id, run_id in rows:
        by_run.setdefault(run_id, []).append(batch_id)
    for run_id, empty in by_run.items():
        await nudge_run(session, workspace_id, run_id, Nudge(empty=empty))


async def drop_forgotten(session: AsyncSession) -> int:
    """Close batches that hold nobody though nobody saw that: two who were the last left at one instant. Return how many."""
    rows = await session.execute(
        text("""
            SELECT b.workspace_id, array_agg(b.id) FROM batches b WHERE b.active AND NOT EXISTS (
                SELECT 1 FROM enrollments e WHERE e.batch_id = b.id AND e.state = 'active')
            GROUP BY b.workspace_id
        """)
    )
    found = rows.all()
    for workspace_id, ids in found:
        await drop_empty(session, workspace_id, ids)
    return sum(len(ids) for _, ids in found)
