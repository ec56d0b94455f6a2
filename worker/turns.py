"""Take turns: while events set runs off, work on many contacts is one transaction at a time, and rests when one comes.

A low priority alone is not enough: who writes much keeps the disk, and the locks of Postgres' log, busy for all.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from contextvars import ContextVar

from worker.bells import Bells

REST_SECONDS = 0.5
"""How long nothing begins once an event has come: what it takes from there to its mail, and some more."""

WORK_SECONDS = 0.1
"""How long work may begin after a rest before another event makes it rest again."""

COMPANY_SECONDS = 2.0
"""For how long after one run was set off others are expected."""

PATIENCE_SECONDS = 10.0
"""How long a transaction waits for its turn at the most, whatever those before it do."""

LOOK_SECONDS = 60.0

_inside: ContextVar[bool] = ContextVar("inside a turn", default=False)


class Turns:
    """When the transactions of a process may begin: at once while it is alone, by turns while events set runs off."""

    def __init__(self, bells: Bells) -> None:
        self._bells = bells
        self._turn = asyncio.Lock()
        self._company_until = self._rest_until = self._work_until = 0.0

    async def run(self) -> None:
        """Listen for ever to what sets runs off."""
        await asyncio.gather(self._hear("triggered", self._meet), self._hear("event_queue", self._notice))

    @asynccontextmanager
    async def take(self) -> AsyncIterator[None]:
        """Let a transaction begin when it is its turn. One inside another is of the same turn."""
        nested = _inside.get()
        held = not nested and self.has_company() and await self._wait()
        inside = _inside.set(True)
        try:
            yield
        finally:
            _inside.reset(inside)
            if held:
                self._turn.release()

    async def _wait(self) -> bool:
        """Wait for the turn, then for the rest to be over; return whether the turn is ours to give back."""
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await self._turn.acquire()
        except TimeoutError:
            return False
        try:
            await asyncio.sleep(max(self._rest_until - time.monotonic(), 0))
        except BaseException:
            self._turn.release()
            raise
        return True

    def has_company(self) -> bool:
        """Say whether events have just set runs off."""
        return time.monotonic() < self._company_until

    async def _hear(self, channel: str, act: Callable[[], None]) -> None:
        while True:
            if await self._bells.wait(channel, LOOK_SECONDS):
                act()

    def _meet(self) -> None:
        self._company_until = time.monotonic() + COMPANY_SECONDS
        self._rest()

    def _notice(self) -> None:
        """Rest for an event while events set runs off; others are none of our business."""
        if self.has_company():
            self._rest()

    def _rest(self) -> None:
        now = time.monotonic()
        if now >= self._work_until:
            self._rest_until = now + REST_SECONDS
            self._work_until = self._rest_until + WORK_SECONDS
