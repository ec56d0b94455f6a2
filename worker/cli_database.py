"""The database that a command works on."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from journeys.auth.workspaces import find_first_workspace
from journeys.db.session import Database
from journeys.errors import NotFound, Unavailable
from worker.addresses import connected_settings


@asynccontextmanager
async def open_database() -> AsyncIterator[Database]:
    """Open the running installation's database for one command."""
    url = connected_settings().database_url
    if not url:
        raise Unavailable("Sojourn does not run here: start it with `sojourn up`, or set DATABASE_URL.")
    database = Database(url, pool_size=2)
    try:
        yield database
    finally:
        await database.close()


@dataclass(frozen=True)
class WorkspaceSession:
    """A transaction inside one workspace."""

    session: AsyncSession
    workspace_id: UUID


@asynccontextmanager
async def open_workspace(workspace_id: UUID | None) -> AsyncIterator[WorkspaceSession]:
    """Open a transaction in a workspace, the installation's first when none is said; commit at the end."""
    async with open_database() as database:
        if workspace_id is None:
            async with database.engine() as session:
                first = await find_first_workspace(session)
            if first is None:
                raise NotFound("There is no workspace yet: open the one-time link that `sojourn up` prints.")
            workspace_id = first.id
        async with database.workspace(workspace_id) as session:
            yield WorkspaceSession(session, workspace_id)
