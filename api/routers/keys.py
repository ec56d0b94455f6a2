"""API keys and write keys."""

from uuid import UUID

from fastapi import APIRouter

from api.deps import Connector, Reader, Session
from api.schemas.auth import KeyCreate, KeyCreated, KeyRead
from api.schemas.base import Page
from journeys.auth import keys
from journeys.auth.audit import record_change
from journeys.errors import Fault, Forbidden, InvalidInput

router = APIRouter(prefix="/api/keys", tags=["keys"])


@router.get("")
async def list_keys(session: Session, reader: Reader) -> Page[KeyRead]:
    """Return the keys of the workspace; the secrets are never shown again."""
    rows = await keys.list_keys(session, reader.workspace_id)
    return Page(items=[KeyRead.model_validate(row) for row in rows])


@router.post("", status_code=201)
async def create_key(body: KeyCreate, session: Session, actor: Connector) -> KeyCreated:
    """Make a key and show it this once. Nobody can make a key that may do more than they may."""
    if body.kind == "api" and body.role is None:
        raise InvalidInput("An API key needs a role.", [Fault("/role", "Choose a role.")])
    if body.role == "owner" and actor.role != "owner":
        raise Forbidden("Only an owner can make a key with the role owner.")
    key, secret = await keys.add_key(session, actor.workspace_id, body.kind, body.role, body.name, actor.person_id)
    await record_change(
        session, actor, "created", "key", key.id, {"name": key.name, "kind": key.kind, "role": key.role}
    )
    return KeyCreated(**KeyRead.model_validate(key).model_dump(), key=secret)


@router.delete("/{key_id}", status_code=204)
async def revoke_key(key_id: UUID, session: Session, actor: Connector) -> None:
    """Stop a key from working, for good."""
    key = await keys.revoke_key(session, actor.workspace_id, key_id)
    await record_change(session, actor, "revoked", "key", key.id, {"name": key.name})
