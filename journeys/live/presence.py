"""Who else looks at the same thing: told to those who look now, and kept nowhere."""

from dataclasses import dataclass, field
from uuid import UUID

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from journeys.db.json import to_json
from journeys.live.publish import CHANNEL

log = structlog.get_logger()


@dataclass(frozen=True)
class Point:
    """A place on the canvas."""

    x: float
    y: float


@dataclass(frozen=True)
class Presence:
    """One socket at a topic: the name of who it is, what they have selected, where they point."""

    socket_id: str
    name: str
    selection: list[str] = field(default_factory=list)
    cursor: Point | None = None
    here: bool = True
    """False when they have left."""


async def tell_presence(redis: Redis, workspace_id: UUID, topic: str, presence: Presence) -> None:
    """Tell a topic's followers in this workspace; nobody hears it later, so it has no sequence and no history."""
    message = to_json({"topic": topic, "type": "presence", "data": presence})
    try:
        await redis.publish(f"{CHANNEL}{workspace_id}", message)
    except (RedisError, OSError) as error:
        log.warning("presence.unheard", topic=topic, error=type(error).__name__)
