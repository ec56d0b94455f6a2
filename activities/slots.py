"""The slots of one task queue in one process: whatever leads outside by one way leaves some to what leads elsewhere."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Hashable
from contextlib import asynccontextmanager

from journeys.errors import SojournError

WAIT_SECONDS = 2.0
"""How long a stage waits in its slot for others of its way to end; then it gives the slot up and comes back."""

COME_BACK_SECONDS = 5.0


class WayOutBusy(SojournError):
    """What this stage calls is slow, and enough stages wait for it already."""

    status, title = 503, "The other side is busy"
    retry_after_seconds = COME_BACK_SECONDS

    def __init__(self) -> None:
        super().__init__("other stages wait for the same connection, webhook or activity; this one follows")


class Slots:
    """How many stages are under way, by their way out: a connection, a webhook's address or a custom activity.

    No way may take more than it leaves free: one that hangs has half of the slots, a second one half of the rest.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._under_way: Counter[Hashable] = Counter()
        self._freed = asyncio.Condition()

    @asynccontextmanager
    async def hold(self, way: Hashable) -> AsyncIterator[None]:
        """Let a stage go on once its way has a share left, and count it while the block runs.

        Raises:
            WayOutBusy: that took too long.
        """
        async with self._freed:
            try:
                async with asyncio.timeout(WAIT_SECONDS):
                    await self._freed.wait_for(lambda: self._has_share(way))
            except TimeoutError:
                raise WayOutBusy from None
            self._under_way[way] += 1
        try:
            yield
        finally:
            self._under_way -= Counter((way,))
            async with self._freed:
                self._freed.notify_all()

    def _has_share(self, way: Hashable) -> bool:
        return self._under_way[way] < max(self._size - self._under_way.total(), 1)
