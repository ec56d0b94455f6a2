"""Rate limits: a bucket of tries that refills with time, in Redis, or in memory while Redis is away."""

import math
import time
from dataclasses import dataclass, field

from redis.asyncio import Redis
from redis.exceptions import RedisError

from journeys.errors import TooMany

_TAKE = """
local burst, per_second = tonumber(ARGV[1]), tonumber(ARGV[2])
local clock = redis.call('TIME')
local now = clock[1] + clock[2] / 1e6
local bucket = redis.call('HMGET', KEYS[1], 'left', 'at')
local refilled = (now - (tonumber(bucket[2]) or now)) * per_second
local left = math.min(burst, (tonumber(bucket[1]) or burst) + refilled)
local wait = 0
if left >= 1 then left = left - 1 else wait = (1 - left) / per_second end
redis.call('HSET', KEYS[1], 'left', left, 'at', now)
redis.call('EXPIRE', KEYS[1], math.ceil(burst / per_second))
return tostring(wait)
"""
_MEMORY = 10_000


@dataclass(frozen=True)
class Allowance:
    """How many tries at once, and how many more each second."""

    burst: int
    per_second: float


SIGN_IN_PER_PERSON_AND_NETWORK = Allowance(burst=8, per_second=1 / 60)
SIGN_IN_PER_PERSON = Allowance(burst=100, per_second=1 / 10)
"""Wide, so that a stranger's tries from elsewhere lock nobody out."""
SIGN_IN_PER_NETWORK = Allowance(burst=30, per_second=1 / 10)


@dataclass
class Throttle:
    """Counts tries by key; refuses those that come too fast."""

    redis: Redis
    _buckets: dict[str, tuple[float, float]] = field(default_factory=dict)

    async def take(self, key: str, allowance: Allowance) -> None:
        """Count one try, or refuse it and say when to come again."""
        try:
            wait = float(await self.redis.eval(_TAKE, 1, f"throttle:{key}", allowance.burst, allowance.per_second))
        except (RedisError, OSError):
            wait = self._take_in_memory(key, allowance)
        if wait > 0:
            raise TooMany("Too many tries. Wait a moment and try again.", math.ceil(wait))

    def _take_in_memory(self, key: str, allowance: Allowance) -> float:
        now = time.monotonic()
        left, at = self._buckets.get(key, (float(allowance.burst), now))
        left = min(allowance.burst, left + (now - at) * allowance.per_second)
        wait = 0.0 if left >= 1 else (1 - left) / allowance.per_second
        if len(self._buckets) >= _MEMORY:
            self._buckets.clear()
        self._buckets[key] = (left - 1 if wait == 0 else left, now)
        return wait
