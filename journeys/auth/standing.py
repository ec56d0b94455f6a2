"""What a person may do at this very moment, so that nothing is handed out while the right to it is taken away."""

from typing import cast
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from journeys.auth.models import Membership
from journeys.auth.roles import Role


async def hold_role(session: AsyncSession, workspace_id: UUID, person_id: UUID) -> Role | None:
    """Return a person's role, None for a stranger; whoever changes it waits, and then finds what was handed out."""
    mine = (Membership.workspace_id == workspace_id) & (Membership.user_id == person_id)
    return cast(Role | None, await session.scalar(select(Membership.role).where(mine).with_for_update(read=True)))
