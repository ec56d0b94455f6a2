"""Workspaces: making one with what every workspace starts with, and its settings."""

import re
import unicodedata
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from journeys.auth.models import Membership, Workspace
from journeys.db.ids import new_id
from journeys.errors import NotFound

FIRST_NAME = "My workspace"

# Plain SQL, because the tables belong to areas above this one.
_STARTING_TOPIC = text(
    "INSERT INTO topics (id, workspace_id, key, name, policy)"
    " VALUES (:id, :workspace_id, 'marketing', 'News and offers', 'opt_out')"
)
_STARTING_CONNECTION = text(
    "INSERT INTO connections (id, workspace_id, connector, name, default_mail)"
    " VALUES (:id, :workspace_id, 'outbox', 'Outbox', true)"
)


def slugify(name: str) -> str:
    """Return a name as lower-case words joined by dashes."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60] or "untitled"


async def create_workspace(session: AsyncSession, name: str, time_zone: str = "UTC") -> Workspace:
    """Make a workspace with the topic `marketing` and the built-in outbox. Needs an engine session."""
    slug = await _free_slug(session, slugify(name))
    workspace = Workspace(id=new_id(), name=name, slug=slug, time_zone=time_zone, settings={})
    session.add(workspace)
    await session.flush()
    await session.execute(_STARTING_TOPIC, {"id": new_id(), "workspace_id": workspace.id})
    await session.execute(_STARTING_CONNECTION, {"id": new_id(), "workspace_id": workspace.id})
    return workspace


async def get_workspace(session: AsyncSession, workspace_id: UUID) -> Workspace:
    """Return a workspace."""
    workspace = await session.get(Workspace, workspace_id)
    if workspace is None:
        raise NotFound("There is no such workspace.")
    return workspace


async def list_workspaces_of(session: AsyncSession, user_id: UUID) -> Sequence[Workspace]:
    """Return the workspaces that a person belongs to, by name."""
    query = select(Workspace).join(Membership, Membership.workspace_id == Workspace.id)
    return (
        await session.scalars(query.where(Membership.user_id == user_id).order_by(Workspace.name, Workspace.id))
    ).all()


async def find_first_workspace(session: AsyncSession) -> Workspace | None:
    """Return the oldest workspace of the installation, or None."""
    return await session.scalar(select(Workspace).order_by(Workspace.created_at, Workspace.id).limit(1))


async def find_ownerless_workspace(session: AsyncSession) -> Workspace | None:
    """Return the oldest workspace that nobody owns, such as one made for the first key, or None."""
    owned = select(Membership.workspace_id).where(Membership.role == "owner")
    query = select(Workspace).where(Workspace.id.not_in(owned))
    return await session.scalar(query.order_by(Workspace.created_at, Workspace.id).limit(1))


async def _free_slug(session: AsyncSession, wanted: str) -> str:
    taken = set(await session.scalars(select(Workspace.slug).where(Workspace.slug.startswith(wanted, autoescape=True))))
    return next(slug for n in range(len(taken) + 1) if (slug := f"{wanted}-{n + 1}" if n else wanted) not in taken)
