"""Wake loops when their queue gets a row: Postgres notifies on commit, so nothing is polled many times a second."""

import asyncio
from collections import defaultdict

import psycopg
import structlog

log = structlog.get_logger()

CHANNELS = ("event_queue", "dispatches", "intakes", "import_jobs", "bulk_jobs", "moves", "triggered")
"""Tables that got a row, and `triggered`: a run is owed that carries no broadcast."""

RECONNECT_SECONDS = 1.0


class Bells:
    """One bell per queue. Where notifications do not arrive (a pooler in between), loops look once a second anyway."""

    def __init__(self, database_url: str) -> None:
        self._url = database_url
        self._rung: dict[str, asyncio.Event] = defaultdict(asyncio.Event)

    def ring(self, channel: str) -> None:
        """Wake who waits for a queue, or let the next wait return at once."""
        self._rung[channel].set()

    async def wait(self, channel: str, seconds: float) -> bool:
        """Return when the bell rings, or has rung since the last wait, or after some seconds; say whether it rang."""
        try:
            async with asyncio.timeout(seconds):
                await self._rung[channel].wait()
        except TimeoutError:
            return False
        self._rung[channel].clear()
        return True

    async def run(self) -> None:
        """Listen for ever; ring every bell after each (re)connection, for what came meanwhile."""
        while True:
            try:
                await self._listen()
            except (psycopg.Error, OSError) as error:
                log.warning("bells.silent", error=str(error)[:200])
            await asyncio.sleep(RECONNECT_SECONDS)

    async def _listen(self) -> None:
        async with await psycopg.AsyncConnection.connect(self._url, autocommit=True) as connection:
            for channel in CHANNELS:
                await connection.execute(f"LISTEN {channel}")
                self.ring(channel)
            async for notification in connection.notifies():
                self.ring(notification.channel)
