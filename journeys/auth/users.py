"""People: signing in, joining a workspace, their roles."""

from typing import NamedTuple, cast
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from journeys.auth.keys import revoke_keys_beyond
from journeys.auth.links import FIRST_OWNER, use_link, withdraw_invitations_of
from journeys.auth.models import Membership, SignInLink, User, UserSession, Workspace
from journeys.auth.passwords import hash_password, is_password
from journeys.auth.roles import RIGHTS, Principal, Role
from journeys.auth.workspaces import FIRST_NAME, create_workspace, find_ownerless_workspace
from journeys.db.ids import new_id
from journeys.errors import Conflict, Fault, InvalidInput, NotFound, Unauthorized


class Member(NamedTuple):
    """A person in a workspace."""

    user: User
    role: Role


class Joined(NamedTuple):
    """Who just signed in, and where."""

    user_id: UUID
    workspace_id: UUID


async def sign_in(session: AsyncSession, email: str, password: str) -> Joined:
    """Check a password; the answer does not tell which part was wrong."""
    user = await session.scalar(select(User).where(User.email == email.strip().lower(), User.disabled_at.is_(None)))
    right = await is_password(user.password_hash if user else None, password)
    workspace_id = user and await session.scalar(
        select(Membership.workspace_id)
        .where(Membership.user_id == user.id)
        .order_by(Membership.created_at, Membership.workspace_id)
        .limit(1)
    )
    if not (user and right and workspace_id):
        raise Unauthorized("The email or the password is wrong.")
    return Joined(user.id, workspace_id)


async def change_password(session: AsyncSession, user_id: UUID, current: str, new: str) -> None:
    """Give a person another password, for the one that they know.

    Raises:
        InvalidInput: the current password is another.
    """
    user = await session.get_one(User, user_id)
    if not await is_password(user.password_hash, current):
        detail = "This is not your current password."
        raise InvalidInput(detail, [Fault("/current_password", detail)])
    user.password_hash = await hash_password(new)


async def join(
    session: AsyncSession,
    secret: str,
    *,
    name: str,
    password: str,
    email: str | None = None,
    workspace_name: str | None = None,
    time_zone: str = "UTC",
) -> Joined:
    """Use a one-time link: make the person, and for the first owner the workspace."""
    link = await use_link(session, secret)
    address = link.email or (email or "").strip().lower()
    if not address:
        raise InvalidInput("An email address is needed.")
    workspace_id = link.workspace_id or (await _first_workspace(session, workspace_name, time_zone)).id
    user, role = await _person(session, address, name, password), _role(link)
    await _keep_an_owner(session, workspace_id, user.id, still_owner=role == "owner")
    await add_member(session, workspace_id, user.id, role)
    await _take_back(session, Principal("user", user.id, user.name, workspace_id, role), user.id, role)
    return Joined(user.id, workspace_id)


async def list_members(session: AsyncSession, workspace_id: UUID) -> list[Member]:
    """Return the people of a workspace by name."""
    query = select(User, Membership.role).join(Membership, Membership.user_id == User.id)
    rows = await session.execute(query.where(Membership.workspace_id == workspace_id).order_by(User.name, User.id))
    return [Member(user, cast(Role, role)) for user, role in rows]


async def get_member(session: AsyncSession, workspace_id: UUID, user_id: UUID) -> Member:
    """Return one person of a workspace."""
    found = [member for member in await list_members(session, workspace_id) if member.user.id == user_id]
    if not found:
        raise NotFound("There is no such person in this workspace.")
    return found[0]


async def change_role(session: AsyncSession, actor: Principal, user_id: UUID, role: Role) -> None:
    """Give a person another role, and stop their keys that may do more and their invitations; the last owner stays one."""
    await _keep_an_owner(session, actor.workspace_id, user_id, still_owner=role == "owner")
    await session.execute(
        update(Membership)
        .where(Membership.workspace_id == actor.workspace_id, Membership.user_id == user_id)
        .values(role=role)
    )
    await _take_back(session, actor, user_id, role)


async def remove_member(session: AsyncSession, actor: Principal, user_id: UUID) -> None:
    """Take a person out of a workspace, sign them out of it, stop their keys and invitations; the last owner stays."""
    await get_member(session, actor.workspace_id, user_id)
    await _keep_an_owner(session, actor.workspace_id, user_id, still_owner=False)
    for table in (UserSession, Membership):
        await session.execute(delete(table).where(table.workspace_id == actor.workspace_id, table.user_id == user_id))
    await _take_back(session, actor, user_id, None)


async def _take_back(session: AsyncSession, actor: Principal, user_id: UUID, role: Role | None) -> None:
    """Stop what a person handed out that goes beyond their role, None for no role at all: keys and invitations."""
    await revoke_keys_beyond(session, actor, user_id, role)
    if role is None or "manage" not in RIGHTS[role]:
        await withdraw_invitations_of(session, actor, user_id)


async def _keep_an_owner(session: AsyncSession, workspace_id: UUID, user_id: UUID, *, still_owner: bool) -> None:
    """Refuse what would leave no owner; the lock makes two owners who demote each other take turns."""
    owners = await session.scalars(
        select(Membership.user_id)
        .join(User, User.id == Membership.user_id)
        .where(Membership.workspace_id == workspace_id, Membership.role == "owner", User.disabled_at.is_(None))
        .with_for_update(of=Membership)
    )
    if not still_owner and set(owners) == {user_id}:
        raise Conflict("This is the last owner. Make someone else an owner first.")


async def _first_workspace(session: AsyncSession, name: str | None, time_zone: str) -> Workspace:
    """Return the workspace of the first owner: the one that a first key made, or a new one."""
    workspace = await find_ownerless_workspace(session)
    if workspace is None:
        return await create_workspace(session, name or FIRST_NAME, time_zone)
    workspace.name, workspace.time_zone = name or workspace.name, time_zone
    return workspace


async def _person(session: AsyncSession, email: str, name: str, password: str) -> User:
    """Make a person, or find one who gives their own password: a link must not change it."""
    known = await session.scalar(select(User).where(User.email == email))
    if known is not None:
        if not await is_password(known.password_hash, password):
            raise Unauthorized("There is a person with this address already. Give their password to join.")
        return known
    user = User(id=new_id(), email=email, name=name, password_hash=await hash_password(password))
    session.add(user)
    await session.flush()
    return user


async def add_member(session: AsyncSession, workspace_id: UUID, user_id: UUID, role: str) -> None:
    """Let a person into a workspace, or give them another role there."""
    member = insert(Membership).values(workspace_id=workspace_id, user_id=user_id, role=role)
    await session.execute(member.on_conflict_do_update(index_elements=["workspace_id", "user_id"], set_={"role": role}))


def _role(link: SignInLink) -> Role:
    return "owner" if link.purpose == FIRST_OWNER else cast(Role, link.role or "analyst")
