"""The workspaces of the signed-in person: listed, made, changed between."""

from uuid import UUID

from fastapi import APIRouter

from api.deps import EngineSession, Owner, Reader
from api.schemas.auth import WorkspaceInfo
from api.schemas.base import Page
from api.schemas.workspace import WorkspaceCreate
from journeys.auth import sessions, users, workspaces
from journeys.auth.audit import record_change
from journeys.errors import Forbidden, NotFound

router = APIRouter(prefix="/api/workspaces", tags=["workspace"])


@router.get("")
async def list_workspaces(reader: Reader, session: EngineSession) -> Page[WorkspaceInfo]:
    """Return the workspaces that the caller may open; a key opens only its own."""
    if reader.session_id is None:
        return Page(items=[WorkspaceInfo.model_validate(await workspaces.get_workspace(session, reader.workspace_id))])
    rows = await workspaces.list_workspaces_of(session, reader.id)
    return Page(items=[WorkspaceInfo.model_validate(row) for row in rows])


@router.post("", status_code=201)
async def create_workspace(body: WorkspaceCreate, actor: Owner, session: EngineSession) -> WorkspaceInfo:
    """Make a workspace that the caller owns, and open it in this browser."""
    if actor.session_id is None:
        raise Forbidden("A key belongs to one workspace; sign in to make another.")
    workspace = await workspaces.create_workspace(session, body.name, body.time_zone)
    await users.add_member(session, workspace.id, actor.id, "owner")
    await sessions.open_workspace(session, actor.session_id, actor.id, workspace.id)
    await record_change(session, actor, "created", "workspace", workspace.id, {"name": body.name})
    return WorkspaceInfo.model_validate(workspace)


@router.post("/{workspace_id}/open", status_code=204)
async def open_workspace(workspace_id: UUID, reader: Reader, session: EngineSession) -> None:
    """Let this browser work in another workspace of its person from now on."""
    if reader.session_id is None:  # a key knows of no workspace but its own
        raise NotFound("There is no such workspace.")
    await sessions.open_workspace(session, reader.session_id, reader.id, workspace_id)
