"""All local servers together, started at once and stopped in order."""

import asyncio
import fcntl
from collections.abc import Collection
from pathlib import Path
from typing import IO, Literal, Self

from worker.embedded.postgres import EmbeddedPostgres
from worker.embedded.server import EmbeddedServer
from worker.embedded.temporal import EmbeddedTemporal
from worker.embedded.valkey import EmbeddedValkey

Part = Literal["postgres", "valkey", "temporal"]
ALL_PARTS: tuple[Part, ...] = ("postgres", "valkey", "temporal")


class AlreadyRunning(RuntimeError):
    """Another process holds this home."""


class EmbeddedStack:
    """The chosen local servers under one home folder; `quick` is for tests and keeps nothing safe."""

    def __init__(
        self,
        home: Path,
        *,
        parts: Collection[Part] = ALL_PARTS,
        quick: bool = False,
        postgres_port: int = 0,
        valkey_port: int = 0,
        temporal_port: int = 0,
        temporal_ui_port: int = 0,
    ) -> None:
        self.home = home.absolute()
        self.postgres = EmbeddedPostgres(self.home, port=postgres_port, quick=quick)
        self.valkey = EmbeddedValkey(self.home, port=valkey_port, quick=quick)
        self.temporal = EmbeddedTemporal(self.home, port=temporal_port, ui_port=temporal_ui_port, quick=quick)
        # Temporal goes first at the end: nothing should run while the store goes away.
        self.servers: list[EmbeddedServer] = [
            server for server in (self.temporal, self.valkey, self.postgres) if server.name in parts
        ]
        self._lock: IO[str] | None = None

    @property
    def database_url(self) -> str:
        """Where Postgres is, with user and password."""
        return self.postgres.url

    @property
    def redis_url(self) -> str:
        """Where Valkey is, with its password."""
        return self.valkey.url

    @property
    def temporal_address(self) -> str:
        """Host and port of Temporal."""
        return self.temporal.address

    @property
    def temporal_ui_url(self) -> str:
        """The page of Temporal; empty in quick mode."""
        return self.temporal.ui_url

    async def start(self) -> None:
        """Start the servers at once; when one fails, the others are stopped and its error raised."""
        self.lock()
        outcomes = await asyncio.gather(*(server.start() for server in self.servers), return_exceptions=True)
        failures = [outcome for outcome in outcomes if isinstance(outcome, BaseException)]
        if failures:
            await self.stop()
            raise failures[0]

    async def stop(self) -> None:
        """Stop the servers, the store last, and let the home go."""
        for server in self.servers:
            await server.stop()
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    async def stop_leftovers(self) -> None:
        """Stop the servers that a killed supervisor of this home left behind."""
        self.lock()
        for server in self.servers:
            await server.stop_leftovers()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    @property
    def locked(self) -> bool:
        """Whether this process holds the home."""
        return self._lock is not None

    def lock(self) -> None:
        """Hold the home until `stop`; when this process is killed, the system lets it go."""
        if self._lock is not None:
            return
        self.home.mkdir(parents=True, exist_ok=True)
        lock = (self.home / "lock").open("a")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            raise AlreadyRunning(f"The servers in {self.home} are running already.") from None
        self._lock = lock
