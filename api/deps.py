"""What routes ask for: who calls and what they may, a transaction in their workspace, the process's resources."""

from collections.abc import AsyncIterator, Awaitable, Callable
from ipaddress import ip_address, ip_network
from typing import Annotated, cast

from fastapi import Depends, Request
from fastapi.security import APIKeyCookie, HTTPBearer
from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncSession

from api.idempotency import claim_answer
from journeys.auth import keys, sessions
from journeys.auth.roles import Principal, Right
from journeys.auth.throttle import Throttle
from journeys.db.session import Database
from journeys.errors import Forbidden, Unauthorized
from journeys.messaging.links import TrackingTokens
from journeys.settings import Settings

COOKIE = "sojourn_session"
CSRF_HEADER = "X-CSRF-Token"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

# Only for the documentation: `authenticate` reads both itself.
_bearer = HTTPBearer(auto_error=False, description="An API key, `sk_...`.")
_cookie = APIKeyCookie(
    name=COOKIE, auto_error=False, description="A signed-in browser; changes also need X-CSRF-Token."
)


async def get_database(request: Request) -> Database:
    """Return the process's pools."""
    return cast(Database, request.app.state.database)


async def get_redis(request: Request) -> Redis:
    """Return the process's Redis client."""
    return cast(Redis, request.app.state.redis)


async def get_settings_of(request: Request) -> Settings:
    """Return the settings that the app was made with."""
    return cast(Settings, request.app.state.settings)


async def get_throttle(request: Request) -> Throttle:
    """Return the process's rate limits."""
    return cast(Throttle, request.app.state.throttle)


async def get_tokens(request: Request) -> TrackingTokens:
    """Return what signs and verifies links in mails."""
    return cast(TrackingTokens, request.app.state.tokens)


DatabaseDep = Annotated[Database, Depends(get_database)]
RedisDep = Annotated[Redis, Depends(get_redis)]
SettingsDep = Annotated[Settings, Depends(get_settings_of)]
ThrottleDep = Annotated[Throttle, Depends(get_throttle)]
TokensDep = Annotated[TrackingTokens, Depends(get_tokens)]


async def open_engine_session(database: DatabaseDep) -> AsyncIterator[AsyncSession]:
    """Open a transaction across workspaces, for sign-in; it commits before the answer is sent.

    In a route's parameters it comes after the caller: authentication takes a connection of the same pool, and nobody
    may hold one while waiting for another.
    """
    async with database.engine() as session:
        yield session


EngineSession = Annotated[AsyncSession, Depends(open_engine_session, scope="function")]


async def authenticate(
    request: Request,
    database: DatabaseDep,
    _key: Annotated[object, Depends(_bearer)] = None,
    _session: Annotated[object, Depends(_cookie)] = None,
) -> Principal:
    """Return who calls: by API key, or by session cookie with its CSRF token on changes."""
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer" and secret:
        return await _by_key(database, secret.strip())
    cookie = request.cookies.get(COOKIE)
    if not cookie:
        raise Unauthorized("Sign in, or send an API key as a bearer token.")
    principal = await _by_cookie(database, cookie)
    if request.method not in SAFE_METHODS and not sessions.is_csrf_token(principal, request.headers.get(CSRF_HEADER)):
        raise Forbidden(f"The header {CSRF_HEADER} is missing or wrong. Reload the page.")
    return principal


async def _by_key(database: Database, secret: str) -> Principal:
    async with database.engine() as session:
        principal = await keys.find_principal(session, secret)
    if principal is None:
        raise Unauthorized("This API key is unknown or revoked.")
    return principal


async def _by_cookie(database: Database, cookie: str) -> Principal:
    async with database.engine() as session:
        principal = await sessions.find_principal(session, cookie)
    if principal is None:
        raise Unauthorized("You are signed out.")
    return principal


def require(right: Right) -> Callable[[Principal], Awaitable[Principal]]:
    """Return a dependency that refuses callers without this right."""

    # Not a plain function: those go through a pool of threads, which costs as much as the rest of a small request.
    async def check(principal: Annotated[Principal, Depends(authenticate)]) -> Principal:
        principal.ensure(right)
        return principal

    check.right = right  # type: ignore[attr-defined]  # read by the test that no change goes unguarded
    return check


Reader = Annotated[Principal, Depends(require("read"))]
Editor = Annotated[Principal, Depends(require("edit"))]
Publisher = Annotated[Principal, Depends(require("publish"))]
Connector = Annotated[Principal, Depends(require("connect"))]
Owner = Annotated[Principal, Depends(require("manage"))]


async def open_session(
    request: Request, database: DatabaseDep, caller: Annotated[Principal, Depends(authenticate)]
) -> AsyncIterator[AsyncSession]:
    """Open the request's one transaction, in the caller's workspace; it commits before the answer is sent."""
    async with database.workspace(caller.workspace_id) as session:
        await claim_answer(request, session, caller)
        yield session


Session = Annotated[AsyncSession, Depends(open_session, scope="function")]


def client_network(request: Request) -> str:
    """Return the address that the request came from; of IPv6 the half that a household or a server is given whole."""
    address = request.client.host if request.client else "unknown"
    try:
        version = ip_address(address).version
    except ValueError:
        return address
    return address if version == 4 else str(ip_network(f"{address}/64", strict=False))
