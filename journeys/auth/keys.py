"""Keys for servers: `sk_...` for the API with a role, `wk_...` that may only send events. Shown once."""

from datetime import timedelta
from typing import Literal, cast
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from journeys.auth.audit import record_change
from journeys.auth.models import ApiKey
from journeys.auth.roles import RIGHTS, Principal, Role, roles_within
from journeys.auth.secret import digest, new_secret
from journeys.auth.standing import hold_role
from journeys.auth.workspaces import FIRST_NAME, create_workspace, find_first_workspace
from journeys.db.room import ensure_room
from journeys.db.session import Database
from journeys.errors import Forbidden, InvalidInput, NotFound

KeyKind = Literal["api", "write"]
PREFIXES: dict[KeyKind, str] = {"api": "sk_", "write": "wk_"}
_SHOWN = 10
_TOUCH_EVERY = timedelta(minutes=1)


async def create_key(
    database: Database, kind: KeyKind, role: Role | None, name: str, workspace_id: UUID | None = None
) -> str:
    """Make a key from the command line and return its secret; the first one also makes the first workspace."""
    async with database.engine() as session:
        if workspace_id is None:
            workspace = await find_first_workspace(session) or await create_workspace(session, FIRST_NAME)
            workspace_id = workspace.id
        _, secret = await add_key(session, workspace_id, kind, role, name)
        return secret


async def add_key(
    session: AsyncSession,
    workspace_id: UUID,
    kind: KeyKind,
    role: Role | None,
    name: str,
    created_by: UUID | None = None,
) -> tuple[ApiKey, str]:
    """Store a new key; return its row and the secret, which nobody can read again.

    Raises:
        Forbidden: the person who makes it may not do as much themselves, or not any more.
    """
    if kind == "api" and role not in RIGHTS:
        raise InvalidInput(f"An API key needs a role: {', '.join(RIGHTS)}.")
    if created_by is not None and role is not None:
        await _ensure_may_do(session, workspace_id, created_by, role)
    await ensure_room(session, workspace_id, ApiKey, ApiKey.revoked_at.is_(None))
    secret = new_secret(PREFIXES[kind])
    key = ApiKey(
        workspace_id=workspace_id,
        kind=kind,
        name=name,
        prefix=secret[:_SHOWN],
        secret_hash=digest(secret),
        role=role if kind == "api" else None,
        created_by=created_by,
    )
    session.add(key)
    await session.flush()
    await session.refresh(key)
    return key, secret


async def _ensure_may_do(session: AsyncSession, workspace_id: UUID, person_id: UUID, role: Role) -> None:
    own = await hold_role(session, workspace_id, person_id)
    if own is None or role not in roles_within(own):
        raise Forbidden(f"Your role in this workspace does not include what a key with the role {role} may do.")


async def find_principal(session: AsyncSession, secret: str) -> Principal | None:
    """Return who this API key speaks for, or None when it is unknown or revoked. Write keys speak for nobody here."""
    key = await session.scalar(
        select(ApiKey).where(ApiKey.secret_hash == digest(secret), ApiKey.kind == "api", ApiKey.revoked_at.is_(None))
    )
    if key is None:
        return None
    stale = ApiKey.last_used_at.is_(None) | (ApiKey.last_used_at < func.now() - _TOUCH_EVERY)
    await session.execute(update(ApiKey).where(ApiKey.id == key.id, stale).values(last_used_at=func.now()))
    return Principal("key", key.id, key.name, key.workspace_id, cast(Role, key.role), person_id=key.created_by)


async def list_keys(session: AsyncSession, workspace_id: UUID) -> list[ApiKey]:
    """Return every key of a workspace, the newest first."""
    query = select(ApiKey).where(ApiKey.workspace_id == workspace_id).order_by(ApiKey.id.desc())
    return list(await session.scalars(query))


async def revoke_key(session: AsyncSession, workspace_id: UUID, key_id: UUID) -> ApiKey:
    """Stop a key from working, for good."""
    key: ApiKey | None = await session.scalar(
        update(ApiKey)
        .where(ApiKey.workspace_id == workspace_id, ApiKey.id == key_id)
        .values(revoked_at=func.coalesce(ApiKey.revoked_at, func.now()))
        .returning(ApiKey)
    )
    if key is None:
        raise NotFound("There is no such key.")
    return key


async def revoke_keys_beyond(session: AsyncSession, actor: Principal, person_id: UUID, role: Role | None) -> None:
    """Stop the API keys that a person made and that may do more than their role, None for no role at all.

    Write keys stay: they speak for a website, which would lose its events in silence.
    """
    revoked = await session.scalars(
        update(ApiKey)
        .where(
            ApiKey.workspace_id == actor.workspace_id,
            ApiKey.created_by == person_id,
            ApiKey.kind == "api",
            ApiKey.role.not_in(roles_within(role) if role else []),
            ApiKey.revoked_at.is_(None),
        )
        .values(revoked_at=func.now())
        .returning(ApiKey)
    )
    for key in revoked.all():
        await record_change(session, actor, "revoked", "key", key.id, {"name": key.name, "made_by": str(person_id)})
