"""Take enrollments whose event has come out of the batches they wait in, into a fresh batch that goes on."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from journeys.contracts import Token
from journeys.db.ids import new_id
from journeys.db.json import to_json
from journeys.enrollments.counts import JOURNEY, Counts, record_counts
from journeys.enrollments.entry import seat
from journeys.enrollments.matching import Released
from journeys.enrollments.steps import record_steps
from journeys.graph.loading import LoadedPlan
from journeys.nodes.ops import Await

_RELEASE = text("""
    WITH x AS (SELECT * FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS x(id uuid, batch_id uuid, received_at timestamptz)),
    moved AS (
        UPDATE enrollments e SET batch_id = :new, since_at = x.received_at, visit = e.visit + :laps
        FROM x WHERE e.id = x.id AND e.state = 'active' AND e.batch_id = x.batch_id
          AND e.batch_id = ANY(CAST(:locked AS uuid[]))
        RETURNING e.id, e.visit - :laps AS visit, x.batch_id),
    gone AS (DELETE FROM waits w USING moved WHERE w.enrollment_id = moved.id)
    SELECT id, visit, batch_id FROM moved
""")


@dataclass(frozen=True)
class Moved:
    """The token of the fresh batch (None: nobody, or the passage ended), and the batches that were left."""

    token: Token | None
    left: set[UUID] = field(default_factory=set)


async def release(
    session: AsyncSession,
    plan: LoadedPlan,
    node_id: str,
    released: Sequence[Released],
    locked: Sequence[UUID],
    run_id: UUID,
) -> Moved:
    """Let enrollments out of a wait whose event or condition has come.

    Whoever left it meanwhile, by the deadline or an exit, is not touched.
    """
    node = plan.plan.nodes[node_id]
    outlet = "happened" if isinstance(node.op, Await) else "met"
    fresh = new_id()
    by_id = {each.enrollment_id: each for each in released}
    rows = await session.execute(
        _RELEASE,
        {
            "rows": to_json(
                [
                    {"id": each.enrollment_id, "batch_id": each.batch_id, "received_at": each.received_at}
                    for each in released
                ]
            ),
            "new": fresh,
            "laps": 1 if outlet in node.closes_loop else 0,
            "locked": list(locked),
        },
    )
    moved = rows.all()
    if not moved:
        return Moved(None)
    await _record_steps(session, plan, node_id, outlet, by_id, moved)
    token = await _go_on(session, plan, node_id, outlet, fresh, len(moved), run_id)
    return Moved(token, {row.batch_id for row in moved})


async def _record_steps(
    session: AsyncSession,
    plan: LoadedPlan,
    node_id: str,
    outlet: str,
    by_id: dict[UUID, Released],
    moved: Sequence[Any],
) -> None:
    steps = [
        {
            "enrollment_id": row.id,
            "node_id": node_id,
            "visit": row.visit,
            "outlet": outlet,
            "reason": by_id[row.id].reason,
            "detail": by_id[row.id].detail,
        }
        for row in moved
    ]
    await record_steps(session, plan.workspace_id, steps)


async def _go_on(
    session: AsyncSession, plan: LoadedPlan, node_id: str, outlet: str, batch_id: UUID, n: int, run_id: UUID
) -> Token | None:
    """Put the fresh batch at the node behind the outlet; None when the passage ends there."""
    counts = Counts(plan.workspace_id, plan.journey_id, plan.version_id)
    counts.add(node_id, "waiting", -n)
    counts.add(node_id, "passed", n)
    target = plan.plan.target(node_id, outlet)
    if target is None:
        counts.add(JOURNEY, "completed", n)
        await session.execute(
            text(
                "UPDATE enrollments SET state = 'completed', ended_at = now() WHERE batch_id = :id AND state = 'active'"
            ),
            {"id": batch_id},
        )
    else:
        counts.add(target, "entered", n)
        counts.add(target, "waiting", n)
    await record_counts(session, counts)
    return None if target is None else await seat(session, plan, target, batch_id, n, run_id)
