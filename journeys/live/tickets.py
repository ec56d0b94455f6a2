"""Tickets: what a browser shows to open a socket. Good for one connection and one minute."""

from typing import cast
from uuid import UUID

from redis.asyncio import Redis
from redis.exceptions import RedisError

from journeys.auth.secret import digest, new_secret
from journeys.errors import Unavailable

_SECONDS = 60


async def issue_ticket(redis: Redis, workspace_id: UUID) -> str:
    """Return a ticket to the live updates of a workspace."""
    ticket = new_secret()
    try:
        await redis.set(_key(ticket), str(workspace_id), ex=_SECONDS)
    except (RedisError, OSError):
        raise Unavailable("Live updates are away. Everything else works.") from None
    return ticket


async def use_ticket(redis: Redis, ticket: str) -> UUID | None:
    """Use a ticket up; return its workspace, or None when it is unknown, used or too old."""
    try:
        found = cast(bytes | None, await redis.getdel(_key(ticket)))
    except (RedisError, OSError):
        return None
    return UUID(found.decode()) if found else None


def _key(ticket: str) -> str:
    return f"live-ticket:{digest(ticket).hex()}"
