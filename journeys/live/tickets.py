"""Tickets: what a browser shows to open a socket. Good for one connection and one minute."""

from dataclasses import dataclass
from typing import cast
from uuid import UUID

import orjson
from redis.asyncio import Redis
from redis.exceptions import RedisError

from journeys.auth.secret import digest, new_secret
from journeys.errors import Unavailable

_SECONDS = 60


@dataclass(frozen=True)
class Holder:
    """Whose socket it is: in which workspace, and by what name others there know them."""

    workspace_id: UUID
    name: str


async def issue_ticket(redis: Redis, holder: Holder) -> str:
    """Return a ticket to the live updates of the holder's workspace."""
    ticket = new_secret()
    try:
        await redis.set(_key(ticket), orjson.dumps(holder), ex=_SECONDS)
    except (RedisError, OSError):
        raise Unavailable("Live updates are away. Everything else works.") from None
    return ticket


async def use_ticket(redis: Redis, ticket: str) -> Holder | None:
    """Use a ticket up; return its holder, or None when it is unknown, used or too old."""
    try:
        found = cast(bytes | None, await redis.getdel(_key(ticket)))
    except (RedisError, OSError):
        return None
    if found is None:
        return None
    said = orjson.loads(found)
    return Holder(UUID(said["workspace_id"]), said["name"])


def _key(ticket: str) -> str:
    return f"live-ticket:{digest(ticket).hex()}"
