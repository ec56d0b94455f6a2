"""Credit a journey's goal to enrollments that go on."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from journeys.enrollments.counts import JOURNEY, Counts, record_counts
from journeys.enrollments.matching import GoalReached


async def credit(session: AsyncSession, workspace_id: UUID, goals: Sequence[GoalReached]) -> None:
    """Note the goal once per enrollment, and count it."""
    if not goals:
        return
    by_id = {goal.enrollment_id: goal for goal in goals}
    credited = await session.scalars(
        text("""
            UPDATE enrollments SET goal_at = now()
            WHERE id = ANY(CAST(:ids AS uuid[])) AND goal_at IS NULL AND state = 'active' RETURNING id
        """),
        {"ids": list(by_id)},
    )
    counts: dict[UUID, Counts] = {}
    for enrollment_id in credited:
        goal = by_id[enrollment_id]
        each = counts.setdefault(goal.version_id, Counts(workspace_id, goal.journey_id, goal.version_id))
        each.add(JOURNEY, "converted", 1)
    await record_counts(session, *counts.values())
