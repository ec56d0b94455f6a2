"""Signing in and out, and the one-time links."""

from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from api.deps import COOKIE, EngineSession, Reader, SettingsDep, ThrottleDep, authenticate, client_network
from api.schemas.auth import LinkInfo, LinkLookup, Me, PasswordChange, Setup, SignIn, UserInfo, WorkspaceInfo
from journeys.auth import links, sessions, users
from journeys.auth.audit import record_change
from journeys.auth.models import User
from journeys.auth.roles import Principal
from journeys.auth.throttle import SIGN_IN_PER_NETWORK, SIGN_IN_PER_PERSON, SIGN_IN_PER_PERSON_AND_NETWORK
from journeys.auth.users import Joined
from journeys.auth.workspaces import get_workspace
from journeys.errors import Fault, Forbidden, InvalidInput
from journeys.settings import Settings

router = APIRouter(prefix="/api/auth", tags=["auth"])


@router.post("/sign-in")
async def sign_in(
    body: SignIn,
    request: Request,
    response: Response,
    session: EngineSession,
    throttle: ThrottleDep,
    settings: SettingsDep,
) -> Me:
    """Sign a browser in with email and password."""
    network, person = client_network(request), body.email.strip().lower()
    await throttle.take(f"sign-in:network:{network}", SIGN_IN_PER_NETWORK)
    await throttle.take(f"sign-in:person:{network}:{person}", SIGN_IN_PER_PERSON_AND_NETWORK)
    await throttle.take(f"sign-in:person:{person}", SIGN_IN_PER_PERSON)
    joined = await users.sign_in(session, body.email, body.password)
    return await _begin(session, joined, request, response, settings)


@router.post("/setup")
async def set_up(
    body: Setup,
    request: Request,
    response: Response,
    session: EngineSession,
    throttle: ThrottleDep,
    settings: SettingsDep,
) -> Me:
    """Use a one-time link: become the first owner, or join as invited; signs the browser in."""
    await throttle.take(f"setup:network:{client_network(request)}", SIGN_IN_PER_NETWORK)
    link = await links.get_link(session, body.token)
    if link.email is None and body.email is None:
        raise InvalidInput("An email address is needed.", [Fault("/email", "An email address is needed.")])
    joined = await users.join(
        session,
        body.token,
        name=body.name,
        password=body.password,
        email=body.email,
        workspace_name=body.workspace_name,
        time_zone=body.time_zone,
    )
    return await _begin(session, joined, request, response, settings)


@router.post("/link")
async def read_link(body: LinkLookup, request: Request, session: EngineSession, throttle: ThrottleDep) -> LinkInfo:
    """Say what a one-time link is for, without using it."""
    await throttle.take(f"setup:network:{client_network(request)}", SIGN_IN_PER_NETWORK)
    link = await links.get_link(session, body.token)
    workspace = await get_workspace(session, link.workspace_id) if link.workspace_id else None
    return LinkInfo.model_validate(
        {
            "purpose": link.purpose,
            "email": link.email,
            "role": link.role,
            "workspace_name": workspace.name if workspace else None,
        }
    )


@router.post("/sign-out", status_code=204)
async def sign_out(
    response: Response, principal: Annotated[Principal, Depends(authenticate)], session: EngineSession
) -> None:
    """Sign this browser out."""
    if principal.session_id:
        await sessions.end_session(session, principal.session_id)
    response.delete_cookie(COOKIE)


@router.post("/password", status_code=204)
async def change_password(
    body: PasswordChange, actor: Reader, request: Request, session: EngineSession, throttle: ThrottleDep
) -> None:
    """Change the password of the person who is signed in, and sign them out in every other browser."""
    if actor.session_id is None:
        raise Forbidden("A key has no password; sign in to change yours.")
    await throttle.take(f"password:{client_network(request)}:{actor.id}", SIGN_IN_PER_PERSON_AND_NETWORK)
    await users.change_password(session, actor.id, body.current_password, body.new_password)
    await sessions.end_sessions_of(session, actor.id, but=actor.session_id)
    await record_change(session, actor, "changed", "password", actor.id)


@router.get("/me")
async def read_me(principal: Reader, session: EngineSession) -> Me:
    """Return who is signed in."""
    return await _me(session, principal)


async def _begin(session: AsyncSession, joined: Joined, request: Request, response: Response, settings: Settings) -> Me:
    """Start a session in place of the browser's earlier one, and hand it the cookie."""
    if earlier := request.cookies.get(COOKIE):
        await sessions.end_session_with(session, earlier)
    started = await sessions.start_session(
        session, joined.user_id, joined.workspace_id, request.headers.get("User-Agent")
    )
    response.set_cookie(
        COOKIE,
        started.cookie,
        max_age=int(sessions.LIFETIME.total_seconds()),
        httponly=True,
        samesite="lax",
        secure="https" in (request.url.scheme, urlsplit(settings.public_url).scheme),
    )
    principal = await sessions.find_principal(session, started.cookie)
    assert principal is not None, "the session was written a moment ago"
    return await _me(session, principal)


async def _me(session: AsyncSession, principal: Principal) -> Me:
    workspace = await get_workspace(session, principal.workspace_id)
    user = await session.get(User, principal.id) if principal.kind == "user" else None
    return Me(
        user=UserInfo(id=principal.id, email=user.email if user else None, name=principal.name),
        workspace=WorkspaceInfo.model_validate(workspace),
        role=principal.role,
        csrf_token=principal.csrf_token,
    )
