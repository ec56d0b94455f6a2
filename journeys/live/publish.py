"""Tell open sockets that something changed. A message carries ids and small numbers; whoever hears it fetches again.

Each topic has a sequence and a short history, so that a socket that was away can ask for what it missed. The sequence
starts at the clock when Redis has lost it, so that no number is ever given twice.
"""

from typing import Any, cast
from uuid import UUID

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from journeys.db.json import to_json

log = structlog.get_logger()

CHANNEL = "live:"
HISTORY = 100
_KEEP_SECONDS = 3_600

_PUBLISH = f"""
local seq = redis.call('INCR', KEYS[1])
if seq == 1 then
  local clock = redis.call('TIME')
  seq = clock[1] * 1000 + math.floor(clock[2] / 1000)
  redis.call('SET', KEYS[1], string.format('%.0f', seq))
end
local message = '{{"seq":' .. string.format('%.0f', seq) .. ',' .. ARGV[2]
redis.call('LPUSH', KEYS[2], message)
redis.call('LTRIM', KEYS[2], 0, {HISTORY - 1})
redis.call('EXPIRE', KEYS[1], {_KEEP_SECONDS})
redis.call('EXPIRE', KEYS[2], {_KEEP_SECONDS})
redis.call('PUBLISH', ARGV[1], message)
return seq
"""


async def publish(redis: Redis, workspace_id: UUID, topic: str, type_: str, data: Any = None) -> None:
    """Send a message to everyone who follows a topic; while Redis is away nobody hears it, and nothing else happens."""
    rest = to_json({"topic": topic, "type": type_, "data": data})[1:]
    try:
        await redis.eval(
            _PUBLISH, 2, _sequence(workspace_id, topic), _history(workspace_id, topic), f"{CHANNEL}{workspace_id}", rest
        )
    except (RedisError, OSError) as error:
        log.warning("live.unheard", topic=topic, error=type(error).__name__)


async def read_history(redis: Redis, workspace_id: UUID, topic: str) -> list[bytes]:
    """Return the last messages of a topic, the oldest first."""
    newest_first = await redis.lrange(_history(workspace_id, topic), 0, HISTORY - 1)
    return cast(list[bytes], newest_first[::-1])


def _sequence(workspace_id: UUID, topic: str) -> str:
    return f"live-seq:{workspace_id}:{topic}"


def _history(workspace_id: UUID, topic: str) -> str:
    return f"live-history:{workspace_id}:{topic}"
