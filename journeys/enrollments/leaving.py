"""Hold people inside against the exit rules and goals of their journeys: credit, and end whoever has to leave."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from journeys.enrollments.exits import Ending, end_enrollments
from journeys.enrollments.goals import credit
from journeys.enrollments.matching import Travellers, find_endings, find_goals, find_merged
from journeys.graph.loading import get_plan


@dataclass(frozen=True)
class Settled:
    """Which enrollments ended, and the journeys in which anybody ended or reached the goal."""

    ended: set[UUID]
    journeys: set[UUID]


async def settle(session: AsyncSession, travellers: Travellers) -> Settled:
    """Credit goals and end enrollments as their journeys' settings say."""
    goals = await find_goals(session, travellers)
    await credit(session, travellers.workspace_id, [goal for goal in goals if not goal.exits])
    endings = [goal.ending for goal in goals if goal.exits]
    endings += find_merged(travellers)
    endings += await find_endings(session, travellers)
    unique: dict[UUID, Ending] = {}
    for ending in endings:
        unique.setdefault(ending.enrollment_id, ending)
    await end_enrollments(session, travellers.workspace_id, list(unique.values()))
    journeys = {row.journey_id for row in travellers.rows if row.id in unique}
    return Settled(set(unique), journeys | {goal.journey_id for goal in goals})


async def settle_changed(
    session: AsyncSession, workspace_id: UUID, version_id: UUID, batch_ids: Sequence[UUID]
) -> None:
    """Settle batches whose own journey has just changed their contacts, before it does anything more to them.

    The router would find the same, but a mail that comes right after the change could be ahead of it.
    """
    plan = await get_plan(session, version_id)
    settings = plan.plan.settings
    if not batch_ids or not (settings.exit_on or settings.goal):
        return
    rows = (await session.execute(_INSIDE, {"ids": list(batch_ids)})).all()
    await settle(session, Travellers(workspace_id, rows, {version_id: plan}, {}))


_INSIDE = text("""
    SELECT id, contact_id, journey_id, version_id, batch_id, since_at, entered_at, goal_at, payload
    FROM enrollments WHERE batch_id = ANY(CAST(:ids AS uuid[])) AND state = 'active' ORDER BY id
""")
