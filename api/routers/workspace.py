"""The caller's workspace."""

from fastapi import APIRouter

from api.deps import Owner, Reader, Session
from api.schemas.workspace import WorkspaceRead, WorkspaceUpdate
from journeys.auth.audit import difference, record_change
from journeys.auth.workspaces import get_workspace

router = APIRouter(prefix="/api/workspace", tags=["workspace"])


@router.get("")
async def read_workspace(session: Session, reader: Reader) -> WorkspaceRead:
    """Return the workspace and its settings."""
    return WorkspaceRead.model_validate(await get_workspace(session, reader.workspace_id))


@router.patch("")
async def update_workspace(body: WorkspaceUpdate, session: Session, actor: Owner) -> WorkspaceRead:
    """Change the name, the time zone or settings."""
    workspace = await get_workspace(session, actor.workspace_id)
    before = {"name": workspace.name, "time_zone": workspace.time_zone, "settings": workspace.settings}
    workspace.name = body.name or workspace.name
    workspace.time_zone = body.time_zone or workspace.time_zone
    if body.settings:
        workspace.settings = workspace.settings | body.settings.model_dump(mode="json", exclude_unset=True)
    await session.flush()
    after = {"name": workspace.name, "time_zone": workspace.time_zone, "settings": workspace.settings}
    await record_change(session, actor, "changed", "workspace", workspace.id, difference(before, after))
    return WorkspaceRead.model_validate(workspace)
