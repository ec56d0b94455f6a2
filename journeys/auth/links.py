"""One-time links: for the first owner of an installation, and for people who are invited."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from journeys.auth.audit import record_change
from journeys.auth.models import Membership, SignInLink
from journeys.auth.roles import RIGHTS, Principal, Role
from journeys.auth.secret import digest, new_secret
from journeys.auth.standing import hold_role
from journeys.db.session import Database
from journeys.errors import Forbidden, NotFound

FIRST_OWNER = "first_owner"
INVITE = "invite"
LIFETIME = {FIRST_OWNER: timedelta(hours=24), INVITE: timedelta(days=7)}


async def needs_setup(session: AsyncSession) -> bool:
    """Say whether nobody owns anything here yet."""
    return await session.scalar(select(Membership.user_id).where(Membership.role == "owner").limit(1)) is None


async def first_owner_link(database: Database, base_url: str) -> str | None:
    """Return a fresh link that makes the first owner, replacing earlier ones; None when there is an owner."""
    async with database.engine() as session:
        if not await needs_setup(session):
            return None
        await session.execute(delete(SignInLink).where(SignInLink.purpose == FIRST_OWNER, SignInLink.used_at.is_(None)))
        return link_url(base_url, await _add_link(session, FIRST_OWNER))


async def invite(session: AsyncSession, actor: Principal, email: str, role: Role) -> str:
    """Return the secret of a link that lets a person join a workspace; it replaces an earlier invitation.

    Raises:
        Forbidden: the person who invites may not, or not any more.
    """
    if actor.person_id is not None:
        own = await hold_role(session, actor.workspace_id, actor.person_id)
        if own is None or "manage" not in RIGHTS[own]:
            raise Forbidden("Your role in this workspace does not include the right to invite.")
    await session.execute(delete(SignInLink).where(_unused_of(actor.workspace_id), SignInLink.email == email))
    return await _add_link(session, INVITE, actor.workspace_id, email, role, actor.person_id)


async def list_invitations(session: AsyncSession, workspace_id: UUID) -> list[SignInLink]:
    """Return the invitations that still work, the newest first."""
    query = select(SignInLink).where(_unused_of(workspace_id), SignInLink.expires_at > func.now())
    return list(await session.scalars(query.order_by(SignInLink.id.desc())))


async def withdraw_invitation(session: AsyncSession, workspace_id: UUID, invitation_id: UUID) -> SignInLink:
    """Let an invitation that nobody used work no more, and return it."""
    withdrawn = delete(SignInLink).where(_unused_of(workspace_id), SignInLink.id == invitation_id).returning(SignInLink)
    link = await session.scalar(withdrawn)
    if link is None:
        raise NotFound("There is no such invitation: it was used, withdrawn or replaced.")
    return link


async def withdraw_invitations_of(session: AsyncSession, actor: Principal, person_id: UUID) -> None:
    """Let no invitation of a person work any more."""
    withdrawn = await session.scalars(
        delete(SignInLink)
        .where(_unused_of(actor.workspace_id), SignInLink.invited_by == person_id)
        .returning(SignInLink)
    )
    for link in withdrawn.all():
        await record_change(session, actor, "withdrew", "invitation", link.email, {"made_by": str(person_id)})


def link_url(base_url: str, secret: str) -> str:
    """Return the page that a link opens."""
    return f"{base_url}/setup?token={secret}"


async def get_link(session: AsyncSession, secret: str) -> SignInLink:
    """Return a link that still works."""
    link = await session.scalar(select(SignInLink).where(_usable(secret)))
    return _found(link)


async def use_link(session: AsyncSession, secret: str) -> SignInLink:
    """Use a link up and return it; of two who try at once, one wins."""
    used = update(SignInLink).where(_usable(secret)).values(used_at=func.now()).returning(SignInLink)
    return _found(await session.scalar(used))


def _unused_of(workspace_id: UUID) -> ColumnElement[bool]:
    return and_(SignInLink.workspace_id == workspace_id, SignInLink.used_at.is_(None))


def _usable(secret: str) -> ColumnElement[bool]:
    return and_(
        SignInLink.secret_hash == digest(secret), SignInLink.used_at.is_(None), SignInLink.expires_at > func.now()
    )


def _found(link: SignInLink | None) -> SignInLink:
    if link is None:
        raise NotFound("This link was used already, replaced by a newer one, or has expired.")
    return link


async def _add_link(
    session: AsyncSession,
    purpose: str,
    workspace_id: UUID | None = None,
    email: str | None = None,
    role: Role | None = None,
    invited_by: UUID | None = None,
) -> str:
    secret = new_secret()
    session.add(
        SignInLink(
            secret_hash=digest(secret),
            purpose=purpose,
            workspace_id=workspace_id,
            email=email,
            role=role,
            invited_by=invited_by,
            expires_at=func.now() + LIFETIME[purpose],
        )
    )
    await session.flush()
    return secret
