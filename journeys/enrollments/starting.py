"""Let the contacts of a batch into another journey, in the transaction that carries them on in this one."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncSession

from journeys.db.ids import new_id
from journeys.enrollments.entry import Candidate, enter, give_run
from journeys.graph.loading import LoadedPlan, get_plan
from journeys.graph.plan import PlanNode
from journeys.nodes.ops import StartJourney

if TYPE_CHECKING:
    from journeys.enrollments.walk import Place

MOST_AN_HOUR = 10
"""So often an hour a contact may come into one journey from others: journeys that start each other end there."""

STARTED = "started"
NOT_LIVE = "not started: that journey is not live"
TWICE = "not started: another passage of theirs came by at the same moment"
TOO_OFTEN = f"not started: they entered it {MOST_AN_HOUR} times within the hour"


async def apply(
    session: AsyncSession, batch_id: UUID, place: "Place", node: PlanNode, op: StartJourney
) -> dict[UUID, str]:
    """Enroll the contacts of a batch as the other journey's re-entry rule allows; return what became of each."""
    plan = await _live_plan(session, op.journey_id)
    rows = (await session.execute(_MEMBERS, {"batch_id": batch_id, "journey_id": op.journey_id})).all()
    if plan is None:
        return dict.fromkeys((row.id for row in rows), NOT_LIVE)
    reasons: dict[UUID, str] = {}
    first: dict[UUID, Candidate] = {}
    for row in rows:
        if row.contact_id in first:
            reasons[row.id] = TWICE
        elif row.lately >= MOST_AN_HOUR:
            reasons[row.id] = TOO_OFTEN
        else:
            first[row.contact_id] = _candidate(row, node, op)
            reasons[row.id] = STARTED
    await _start(session, plan, list(first.values()))
    return reasons | await _refusals(session, rows, plan, node)


async def _live_plan(session: AsyncSession, journey_id: UUID) -> LoadedPlan | None:
    version_id = await session.scalar(
        text("SELECT live_version_id FROM journeys WHERE id = :id AND state = 'live'"), {"id": journey_id}
    )
    return await get_plan(session, version_id) if version_id else None


async def _start(session: AsyncSession, plan: LoadedPlan, candidates: Sequence[Candidate]) -> None:
    if not candidates:
        return
    run_id = new_id()
    entered = await enter(session, plan, plan.plan.door, candidates, run_id)
    if entered.token:
        single = candidates[0].contact_id if len(candidates) == 1 else None
        await give_run(session, plan, run_id, [entered.token], contact_id=single, bulk=len(candidates) > 1)


def _candidate(row: Row[Any], node: PlanNode, op: StartJourney) -> Candidate:
    found = (row.payload or {}).get(op.key) if op.key else row.key
    key = None if found is None else str(found)
    return Candidate(row.contact_id, _cause(row, node), key, row.payload if op.with_event else None)


def _cause(row: Row[Any], node: PlanNode) -> str:
    return f"journey:{row.id}:{node.id}:{row.visit}"


async def _refusals(
    session: AsyncSession, rows: Sequence[Row[Any]], plan: LoadedPlan, node: PlanNode
) -> dict[UUID, str]:
    """Return why the other journey refused those whom it refused just now."""
    by_cause = {_cause(row, node): row.id for row in rows}
    found = await session.execute(
        text("""
            SELECT detail ->> 'cause', reason FROM entry_refusals
            WHERE journey_id = :journey_id AND at = now() AND detail ->> 'cause' = ANY(CAST(:causes AS text[]))
        """),
        {"journey_id": plan.journey_id, "causes": list(by_cause)},
    )
    return {by_cause[cause]: f"not started: {reason}" for cause, reason in found}


_MEMBERS = text("""
    SELECT e.id, e.contact_id, e.visit, e.key, e.payload,
           (SELECT count(*) FROM enrollments x WHERE x.contact_id = e.contact_id AND x.journey_id = :journey_id
              AND x.entered_at > now() - interval '1 hour') AS lately
    FROM enrollments e WHERE e.batch_id = :batch_id AND e.state = 'active' ORDER BY e.id
""")
