"""The connection to Redis, which everything goes on without: a server that is away costs moments, not seconds."""

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

ANSWER_SECONDS = 5.0
CONNECT_SECONDS = 2.0


def open_redis(url: str) -> Redis:
    """Return a client that tries once more what found its connection closed, and then says that Redis is away."""
    return Redis.from_url(
        url,
        socket_timeout=ANSWER_SECONDS,
        socket_connect_timeout=CONNECT_SECONDS,
        retry=Retry(NoBackoff(), 1),
    )
