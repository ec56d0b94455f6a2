"""Change the scores of a whole batch."""

from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from journeys.nodes.ops import Score
from journeys.scoring.scores import give, refresh_scores

if TYPE_CHECKING:
    from journeys.enrollments.walk import Place


async def apply(session: AsyncSession, batch_id: UUID, place: "Place", op: Score) -> None:
    """Add points, set the score, or work out again what rules give."""
    if op.action != "recompute":
        await give(session, batch_id, op.model, op.action, op.points, op.reason)
        return
    members = text("SELECT DISTINCT contact_id FROM enrollments WHERE batch_id = :id AND state = 'active'")
    ids = list(await session.scalars(members, {"id": batch_id}))
    await refresh_scores(session, place.workspace_id, ids, op.model)
