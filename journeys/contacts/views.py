"""Saved views of contacts: a search under a name, with the columns to show."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from journeys.contacts.models import ContactView
from journeys.db.room import ensure_room
from journeys.errors import Conflict, NotFound


async def list_views(session: AsyncSession, workspace_id: UUID) -> Sequence[ContactView]:
    """Return the views of a workspace by name."""
    query = select(ContactView).where(ContactView.workspace_id == workspace_id).order_by(ContactView.name)
    return (await session.scalars(query)).all()


async def create_view(
    session: AsyncSession, workspace_id: UUID, name: str, search: dict[str, Any], columns: list[str], by: str
) -> ContactView:
    """Save a search under a name.

    Raises:
        Conflict: the name is taken.
    """
    await ensure_room(session, workspace_id, ContactView)
    view = ContactView(workspace_id=workspace_id, name=name, search=search, columns=columns, created_by=by)
    session.add(view)
    try:
        await session.flush()
    except IntegrityError as error:
        raise Conflict(f"There is a view called {name} already.") from error
    return view


async def delete_view(session: AsyncSession, workspace_id: UUID, view_id: UUID) -> None:
    """Forget a view."""
    mine = (ContactView.workspace_id == workspace_id, ContactView.id == view_id)
    if await session.scalar(select(ContactView.id).where(*mine)) is None:
        raise NotFound("There is no such view.")
    await session.execute(delete(ContactView).where(*mine))
