"""How fast a connection may be used: a token bucket in Redis that all processes share, and a share of it without Redis.

A bucket holds a tenth of a second's mails and is filled at nine tenths of the limit, so that no second ever sees more
than the limit. Broadcasts leave half of what it holds, and wait while a triggered mail does: those have the right of way.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from uuid import UUID, uuid4

import redis.asyncio as redis
from redis.exceptions import RedisError

from journeys.connectors.errors import ProviderUnavailable

REDIS_SECONDS = 2.0
"""How long Redis may take to answer; it is asked again after a while, and until then this process keeps to its share.

Long enough that a busy machine is not taken for a Redis that is away: who keeps to a share does so beside the others.
"""

AWAY_SECONDS = 5.0
PEERS_UNKNOWN = 2
"""Among how many processes a limit is shared before Redis has ever told: `sojourn up` runs two workers."""


@dataclass(frozen=True)
class Limit:
    """What a provider allows; None for as much as there is."""

    per_second: float | None = None
    at_once: int | None = None

    def __bool__(self) -> bool:
        return self.per_second is not None or self.at_once is not None

    @property
    def refill(self) -> float:
        """Return how many mails a second the bucket gains; 0 without a limit."""
        return (self.per_second or 0) * 0.9

    @property
    def capacity(self) -> float:
        """Return how many mails may go at one moment."""
        return max(2.0, (self.per_second or 0) / 10)

    def most(self, *, bulk: bool) -> int | None:
        """Return how many mails one request may carry; None without a limit."""
        if self.per_second is None:
            return None
        return int(self.capacity / 2 if bulk else self.capacity)


_ASK = """
local bucket, calls, peers = KEYS[1], KEYS[2], KEYS[3]
local n, bulk, at_once = tonumber(ARGV[1]), ARGV[2] == '1', tonumber(ARGV[5])
local refill, capacity = tonumber(ARGV[3]), tonumber(ARGV[4])
local call, lease, peer = ARGV[6], tonumber(ARGV[7]), ARGV[8]
local clock = redis.call('TIME')
local now = tonumber(clock[1]) + tonumber(clock[2]) / 1e6
local held = redis.call('HMGET', bucket, 'tokens', 'at', 'cool', 'urgent')
local wait = math.max((tonumber(held[3]) or 0) - now, 0)
local tokens = capacity
if refill > 0 then
    tokens = math.min(capacity, (tonumber(held[1]) or capacity) + (now - (tonumber(held[2]) or now)) * refill)
    wait = math.max(wait, (n + (bulk and capacity / 2 or 0) - tokens) / refill)
end
if at_once > 0 then
    redis.call('ZREMRANGEBYSCORE', calls, 0, now)
    local free = at_once - redis.call('ZCARD', calls)
    if free < 1 or (bulk and free < math.min(2, at_once)) then wait = math.max(wait, 0.05) end
end
if bulk and (tonumber(held[4]) or 0) > now then
    wait = math.max(wait, 0.02)
end
if wait <= 0 then
    tokens = tokens - n
    if at_once > 0 then
        redis.call('ZADD', calls, now + lease, call)
        redis.call('EXPIRE', calls, math.ceil(lease))
    end
elseif not bulk then
    redis.call('HSET', bucket, 'urgent', tostring(now + math.min(wait, 1) + 0.1))
end
redis.call('HSET', bucket, 'tokens', tostring(tokens), 'at', tostring(now))
redis.call('EXPIRE', bucket, 3600)
redis.call('ZREMRANGEBYSCORE', peers, 0, now - 60)
redis.call('ZADD', peers, now, peer)
redis.call('EXPIRE', peers, 60)
return {tostring(wait), redis.call('ZCARD', peers)}
"""

_COOL = """
local clock = redis.call('TIME')
redis.call('HSET', KEYS[1], 'cool', tostring(tonumber(clock[1]) + tonumber(ARGV[1])))
redis.call('EXPIRE', KEYS[1], 3600)
"""


@dataclass
class _Share:
    """This process's part of a limit, for as long as Redis is away."""

    limit: Limit
    tokens: float = 0.0
    at: float = field(default_factory=time.monotonic)

    def ask(self, n: int, peers: int, under_way: int) -> float:
        """Take what is asked for and return 0, or how long to wait."""
        now = time.monotonic()
        refill = self.limit.refill / peers
        wait = 0.0
        if refill:
            most = max(self.limit.capacity / peers, n)
            self.tokens, self.at = min(most, self.tokens + (now - self.at) * refill), now
            wait = (n - self.tokens) / refill
        if self.limit.at_once is not None and under_way >= max(self.limit.at_once // peers, 1):
            wait = max(wait, 0.05)
        if wait <= 0:
            self.tokens -= n
        return max(wait, 0.0)


class Gate:
    """What stands before one connection, in this process; those of all processes agree through Redis."""

    def __init__(self, client: "redis.Redis", connection_id: UUID, limit: Limit, lease_seconds: float) -> None:
        self.limit, self._lease = limit, lease_seconds
        key = f"sojourn:limit:{{{connection_id}}}"
        self._client, self._keys = client, [key, f"{key}:calls", f"{key}:peers"]
        self._ask_redis, self._cool_redis = client.register_script(_ASK), client.register_script(_COOL)
        self._peer, self._peers = uuid4().hex, PEERS_UNKNOWN
        self._share = _Share(limit)
        self._under_way = 0
        self._away_until = self._cool_until = 0.0

    @asynccontextmanager
    async def turn(self, n: int, *, bulk: bool, until: float) -> AsyncIterator[None]:
        """Wait until a request with so many mails may be made, and hold its place while the block runs.

        Raises:
            ProviderUnavailable: its turn would come after this time of the monotonic clock.
        """
        call = uuid4().hex
        while (wait := await self._ask(n, bulk, call)) > 0:
            if time.monotonic() + wait > until:
                raise ProviderUnavailable("this connection is used as much as its limit allows", wait)
            await asyncio.sleep(wait)
        self._under_way += 1
        try:
            yield
        finally:
            self._under_way -= 1
            if self.limit.at_once is not None:
                with suppress(RedisError, OSError):
                    async with asyncio.timeout(REDIS_SECONDS):
                        await self._client.zrem(self._keys[1], call)

    async def cool(self, seconds: float) -> None:
        """Make no request for so long: the provider asked for it."""
        self._cool_until = time.monotonic() + seconds
        if self.limit:
            with suppress(RedisError, OSError):
                async with asyncio.timeout(REDIS_SECONDS):
                    await self._cool_redis(keys=self._keys[:1], args=[seconds])

    async def _ask(self, n: int, bulk: bool, call: str) -> float:
        """Take what a request needs and return 0, or return how long to wait before asking again."""
        if (cooling := self._cool_until - time.monotonic()) > 0:
            return cooling
        if not self.limit:
            return 0.0
        if time.monotonic() >= self._away_until:
            speed = self.limit.refill, self.limit.capacity, self.limit.at_once or 0
            about: list[int | float | str] = [n, int(bulk), *speed, call, self._lease, self._peer]
            try:
                async with asyncio.timeout(REDIS_SECONDS):
                    wait, self._peers = await self._ask_redis(keys=self._keys, args=about)
                return float(wait)
            except (RedisError, OSError):
                self._away_until = time.monotonic() + AWAY_SECONDS
        return self._share.ask(n, self._peers, self._under_way)
