"""The clock of a simulation: it stands still while things happen and jumps to when the next one is due."""

import asyncio
import heapq
from datetime import datetime, timedelta
from itertools import count

TICK = timedelta(milliseconds=1)
"""Each transaction is a tick later than the one before, so that what follows from something comes after it."""


class VirtualClock:
    """Time that only its owner moves."""

    def __init__(self, start_at: datetime) -> None:
        self._now = start_at
        self._sleepers: list[tuple[datetime, int, asyncio.Future[None]]] = []
        self._order = count()

    def now(self) -> datetime:
        """Return the time."""
        return self._now

    def tick(self) -> datetime:
        """Let a moment pass and return the time."""
        self._now += TICK
        return self._now

    def advance(self, at: datetime) -> None:
        """Jump ahead to a time and wake who slept until then; the clock never goes back."""
        self._now = max(self._now, at)
        while self._sleepers and self._sleepers[0][0] <= self._now:
            _, _, sleeper = heapq.heappop(self._sleepers)
            if not sleeper.done():
                sleeper.set_result(None)

    async def sleep_until(self, at: datetime) -> None:
        """Return at a time, at the earliest."""
        if at <= self._now:
            return
        sleeper: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (at, next(self._order), sleeper))
        await sleeper
