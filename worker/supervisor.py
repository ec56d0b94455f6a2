"""`sojourn up`: start every process in order, start again what dies, stop all in the opposite order."""

import asyncio
import os
import signal
from collections.abc import Callable, Sequence
from pathlib import Path

from journeys.auth.links import first_owner_link
from journeys.db.migrate import upgrade
from journeys.db.session import Database
from journeys.settings import Settings
from worker.addresses import forget_addresses, save_addresses
from worker.embedded.ports import PortTaken, is_free
from worker.embedded.secret_file import write_secret
from worker.embedded.stack import EmbeddedStack, Part
from worker.managed import ManagedProcess, ProcessFailed, end, read_record, write_record
from worker.services import services

FIRST_DELAY_SECONDS = 0.2
LONGEST_DELAY_SECONDS = 15.0
STEADY_SECONDS = 30.0
STOP_SECONDS = 90.0
RECORD = Path("run") / "supervisor.json"
FIRST_SIGN_IN = "first-sign-in.txt"

Announce = Callable[[str], None]
ServiceMaker = Callable[[Settings, dict[str, str]], Sequence[ManagedProcess]]


class Supervisor:
    """The servers that have no address set, and our own processes on top of them."""

    def __init__(self, settings: Settings, announce: Announce, make_services: ServiceMaker = services) -> None:
        self.settings = settings.model_copy(update={"home": settings.home.absolute()})
        self.announce = announce
        self.make_services = make_services
        self.stack = EmbeddedStack(
            self.settings.home,
            parts=embedded_parts(settings),
            postgres_port=settings.postgres_port,
            valkey_port=settings.valkey_port,
            temporal_port=settings.temporal_port,
            temporal_ui_port=settings.temporal_ui_port,
        )
        self.services: list[ManagedProcess] = []
        self._keepers: list[asyncio.Task[None]] = []
        self._stopping = asyncio.Event()

    async def run(self) -> None:
        """Start everything, keep it running, and return when asked to stop and all has stopped."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, self.stop_soon)
        starting = asyncio.create_task(self._start())
        stopped = asyncio.create_task(self._stopping.wait())
        try:
            await asyncio.wait({starting, stopped}, return_when=asyncio.FIRST_COMPLETED)
            if starting.done():
                starting.result()
                await stopped
        finally:
            starting.cancel()
            stopped.cancel()
            await asyncio.gather(starting, stopped, return_exceptions=True)
            await self._stop()

    def stop_soon(self) -> None:
        """Ask `run` to stop everything and return."""
        self._stopping.set()

    async def _start(self) -> None:
        self.stack.lock()
        write_record(self.settings.home / RECORD, os.getpid())
        for process in self.make_services(self.settings, {}):
            await process.stop_leftovers()
        await self.stack.stop_leftovers()
        check_ports(self.settings)
        if self.stack.servers:
            self.announce("Starting " + ", ".join(server.name for server in self.stack.servers))
        await self.stack.start()
        environment = self._environment()
        self.announce("Preparing the database")
        await asyncio.to_thread(upgrade, environment["DATABASE_URL"], self.settings.events_retain_days)
        save_addresses(self.settings.home, environment)
        self.announce("Starting the API, the worker and the router")
        self.services = list(self.make_services(self.settings, environment))
        await asyncio.gather(*(service.start() for service in self.services))
        self._keepers = [asyncio.create_task(self._keep(process)) for process in [*self.stack.servers, *self.services]]
        await self._welcome(environment)

    async def _keep(self, process: ManagedProcess) -> None:
        """Start a process again whenever it ends, soon at first and more slowly while it keeps failing."""
        loop = asyncio.get_running_loop()
        delay = FIRST_DELAY_SECONDS
        while True:
            since = loop.time()
            reason = f"ended with status {await process.wait()}"
            steady = loop.time() - since > STEADY_SECONDS
            delay = FIRST_DELAY_SECONDS if steady else min(delay * 2, LONGEST_DELAY_SECONDS)
            self.announce(f"{process.name} {reason}: starting it again (its log: {process.log})")
            await asyncio.sleep(delay)
            await self._start_until_it_serves(process)

    async def _start_until_it_serves(self, process: ManagedProcess) -> None:
        delay = FIRST_DELAY_SECONDS
        while True:
            try:
                return await process.start()
            except (ProcessFailed, OSError) as error:
                delay = min(delay * 2, LONGEST_DELAY_SECONDS)
                self.announce(f"{process.name} does not start, next try in {delay:.0f} s: {str(error).splitlines()[0]}")
                await asyncio.sleep(delay)

    async def _stop(self) -> None:
        """Stop our own processes first, then Temporal, Valkey and Postgres."""
        for keeper in self._keepers:
            keeper.cancel()
        await asyncio.gather(*self._keepers, return_exceptions=True)
        await asyncio.gather(*(service.stop() for service in self.services))
        if self.stack.locked:
            forget_addresses(self.settings.home)
            (self.settings.home / RECORD).unlink(missing_ok=True)
        await self.stack.stop()

    def _environment(self) -> dict[str, str]:
        """Return the settings that lead our processes to the servers."""
        settings, stack = self.settings, self.stack
        return {
            "SOJOURN_HOME": str(settings.home),
            "SOJOURN_PORT": str(settings.port),
            "DATABASE_URL": settings.database_url or stack.database_url,
            "REDIS_URL": settings.redis_url or stack.redis_url,
            "TEMPORAL_ADDRESS": settings.temporal_address or stack.temporal_address,
            "TEMPORAL_UI_URL": settings.temporal_ui_url or ("" if settings.temporal_address else stack.temporal_ui_url),
        }

    async def _welcome(self, environment: dict[str, str]) -> None:
        """Say where everything is, and how the first owner signs in."""
        url = self.settings.public_url
        self.announce(f"\nSojourn runs.\n\n  App          {url}\n  API docs     {url}/docs")
        if environment["TEMPORAL_UI_URL"]:
            self.announce(f"  Temporal UI  {environment['TEMPORAL_UI_URL']}")
        note = self.settings.home / FIRST_SIGN_IN
        database = Database(environment["DATABASE_URL"], pool_size=1)
        try:
            link = await first_owner_link(database, url)
        finally:
            await database.close()
        if link:
            write_secret(note, link)
            self.announce(f"\n  Make the first owner with this link, which works once:\n  {link}")
        else:
            note.unlink(missing_ok=True)
        self.announce(f"\n  Logs are in {self.settings.home / 'logs'}. Ctrl-C or `make down` stops it all.\n")


def embedded_parts(settings: Settings) -> set[Part]:
    """Return the servers to start here: those without an address of their own."""
    addresses: dict[Part, str | None] = {
        "postgres": settings.database_url,
        "valkey": settings.redis_url,
        "temporal": settings.temporal_address,
    }
    return {part for part, address in addresses.items() if not address}


def check_ports(settings: Settings) -> None:
    """Refuse to start when a port that was asked for belongs to another program."""
    parts = embedded_parts(settings)
    wanted = [
        (settings.port, "the app", "SOJOURN_PORT", True),
        (settings.postgres_port, "Postgres", "SOJOURN_PG_PORT", "postgres" in parts),
        (settings.valkey_port, "Valkey", "SOJOURN_VALKEY_PORT", "valkey" in parts),
        (settings.temporal_port, "Temporal", "SOJOURN_TEMPORAL_PORT", "temporal" in parts),
        (settings.temporal_ui_port, "the Temporal UI", "SOJOURN_TEMPORAL_UI_PORT", "temporal" in parts),
    ]
    for port, purpose, setting, needed in wanted:
        if needed and port and not is_free(port):
            raise PortTaken(port, purpose, setting)


async def stop_running(settings: Settings) -> bool:
    """Stop the Sojourn of this home, or what a killed one left behind; answer whether there was one."""
    home = settings.home.absolute()
    supervisor = read_record(home / RECORD)
    await end(supervisor, signal.SIGTERM, STOP_SECONDS)
    stack = EmbeddedStack(home)
    left: list[ManagedProcess] = [*services(settings.model_copy(update={"home": home}), {}), *stack.servers]
    orphans = [process for process in left if read_record(process.record)]
    if orphans:
        stack.lock()
        for process in orphans:
            await process.stop_leftovers()
        await stack.stop()
    return supervisor is not None or bool(orphans)
