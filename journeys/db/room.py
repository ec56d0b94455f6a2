"""How much of what people make a workspace holds: far more than anyone needs, so that no script fills the database."""

from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from journeys.db.base import WorkspaceRow
from journeys.errors import Conflict

MOST = {
    "api_keys": 1_000,
    "connections": 100,
    "contact_views": 500,
    "forms": 500,
    "journeys": 10_000,
    "scoring_models": 100,
    "segments": 1_000,
    "templates": 10_000,
    "topics": 200,
}


async def ensure_room(
    session: AsyncSession, workspace_id: UUID, table: type[WorkspaceRow], *counted: ColumnElement[bool]
) -> None:
    """Refuse one more row than a workspace may have; where conditions are given, only rows that meet them count.

    Raises:
        Conflict: there is no room.
    """
    name, most = table.__tablename__, MOST[table.__tablename__]
    held = await session.scalar(select(func.count()).where(table.workspace_id == workspace_id, *counted))
    if held is not None and held >= most:
        raise Conflict(f"This workspace has {held:,} {name.replace('_', ' ')}, and has no room for more than {most:,}.")
