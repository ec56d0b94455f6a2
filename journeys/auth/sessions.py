"""Signed-in browsers: a cookie of 256 random bits, of which only the hash is stored."""

import hmac
from datetime import timedelta
from typing import NamedTuple, cast
from uuid import UUID

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from journeys.auth.models import Membership, User, UserSession
from journeys.auth.roles import Principal, Role
from journeys.auth.secret import digest, new_secret
from journeys.errors import NotFound

LIFETIME = timedelta(days=30)
_TOUCH_EVERY = timedelta(minutes=5)


class StartedSession(NamedTuple):
    """What the browser gets: the cookie, and the token that every change must carry beside it."""

    cookie: str
    csrf_token: str


async def start_session(
    session: AsyncSession, user_id: UUID, workspace_id: UUID, user_agent: str | None = None
) -> StartedSession:
    """Sign a browser in."""
    started = StartedSession(new_secret(), new_secret())
    await session.execute(
        insert(UserSession).values(
            workspace_id=workspace_id,
            user_id=user_id,
            secret_hash=digest(started.cookie),
            csrf_token=started.csrf_token,
            expires_at=func.now() + LIFETIME,
            user_agent=user_agent[:300] if user_agent else None,
        )
    )
    return started


async def find_principal(session: AsyncSession, cookie: str) -> Principal | None:
    """Return who this cookie signs in, or None when it is unknown or expired or the person may no longer."""
    query = (
        select(UserSession, User.name, Membership.role)
        .join(User, User.id == UserSession.user_id)
        .join(Membership, (Membership.user_id == User.id) & (Membership.workspace_id == UserSession.workspace_id))
        .where(
            UserSession.secret_hash == digest(cookie), UserSession.expires_at > func.now(), User.disabled_at.is_(None)
        )
    )
    row = (await session.execute(query)).one_or_none()
    if row is None:
        return None
    found, name, role = row
    await _touch(session, found.id)
    user_id, workspace_id = found.user_id, found.workspace_id
    return Principal("user", user_id, name, workspace_id, cast(Role, role), found.id, found.csrf_token, user_id)


def is_csrf_token(principal: Principal, given: str | None) -> bool:
    """Say whether a change carries the token of its session."""
    return hmac.compare_digest((given or "").encode(), (principal.csrf_token or "").encode()) and bool(given)


async def open_workspace(session: AsyncSession, session_id: UUID, user_id: UUID, workspace_id: UUID) -> None:
    """Let a browser work in another workspace of its person.

    Raises:
        NotFound: the person does not belong to it.
    """
    if await session.get(Membership, (workspace_id, user_id)) is None:
        raise NotFound("There is no such workspace.")
    opened = update(UserSession).where(UserSession.id == session_id).values(workspace_id=workspace_id)
    await session.execute(opened)


async def end_session(session: AsyncSession, session_id: UUID) -> None:
    """Sign one browser out."""
    await session.execute(delete(UserSession).where(UserSession.id == session_id))


async def end_session_with(session: AsyncSession, cookie: str) -> None:
    """Sign out the browser that holds this cookie, if any does."""
    await session.execute(delete(UserSession).where(UserSession.secret_hash == digest(cookie)))


async def end_sessions_of(session: AsyncSession, user_id: UUID, *, but: UUID) -> None:
    """Sign a person out everywhere but in one browser."""
    await session.execute(delete(UserSession).where(UserSession.user_id == user_id, UserSession.id != but))


async def _touch(session: AsyncSession, session_id: UUID) -> None:
    """Note that a session is in use, at most once in a while."""
    stale = func.coalesce(UserSession.last_used_at, UserSession.created_at) < func.now() - _TOUCH_EVERY
    touched = update(UserSession).where(UserSession.id == session_id, stale).values(last_used_at=func.now())
    await session.execute(touched)
