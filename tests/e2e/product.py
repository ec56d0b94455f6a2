"""A whole Sojourn of a test's own: `sojourn up` in a home of its own, whose processes may be killed."""

import asyncio
import json
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import psutil

from tests.until import until
from worker.embedded.ports import find_free_port
from worker.managed import live_process, read_record

SOJOURN = Path(sys.executable).with_name("sojourn")
SERVERS = ("DATABASE_URL", "REDIS_URL", "TEMPORAL_ADDRESS", "TEMPORAL_UI_URL", "SOJOURN_BASE_URL")


class Product:
    """What `make up` starts, in processes of its own."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.lines: list[str] = []
        self.url = f"http://127.0.0.1:{(port := find_free_port())}"
        own = {
            "SOJOURN_HOME": str(home),
            "SOJOURN_PORT": str(port),
            "SOJOURN_TEMPORAL_UI_PORT": str(find_free_port()),
            # Other tests keep every core busy: at the lowest priority, broadcasts would wait for them.
            "SOJOURN_BULK_NICENESS": os.environ.get("SOJOURN_BULK_NICENESS", "10"),
        }
        self._environment = {name: value for name, value in os.environ.items() if name not in SERVERS} | own
        self._process: asyncio.subprocess.Process | None = None
        self._reading: asyncio.Task[None] | None = None

    @property
    def addresses(self) -> Mapping[str, str]:
        """Where the servers are, by the name of the setting."""
        found: dict[str, str] = json.loads((self.home / "addresses.json").read_text())
        return found

    async def up(self) -> None:
        """Start it as a person would, and return when it says that it runs."""
        self.lines.clear()
        self._process = await asyncio.create_subprocess_exec(
            SOJOURN, "up", env=self._environment, cwd=self.home.parent, stdout=asyncio.subprocess.PIPE
        )
        self._reading = asyncio.create_task(self._read(self._process))
        await until(self._runs, 120)

    async def down(self) -> None:
        """Stop it as a person would."""
        stopping = await asyncio.create_subprocess_exec(SOJOURN, "down", env=self._environment, cwd=self.home.parent)
        assert await stopping.wait() == 0
        if self._process and self._reading:
            await self._process.wait()
            await self._reading

    async def interrupt(self) -> None:
        """Stop it as Ctrl-C does, which takes no further process; stop by command what has lost its supervisor."""
        if self._process is None or self._process.returncode is not None:
            await self.down()
            return
        self._process.send_signal(signal.SIGINT)
        await self._process.wait()
        if self._reading:
            await self._reading

    async def kill(self, name: str) -> None:
        """Kill a process, as soon as there is one, without a word of warning."""
        process = await self._find(name)
        with suppress(psutil.NoSuchProcess):  # something else was quicker
            process.kill()

    @asynccontextmanager
    async def frozen(self, name: str) -> AsyncIterator[None]:
        """Stop a process, and those that it started, in the middle of whatever they do, as on a machine that hangs."""
        family = await self._find_family(name)
        for each in family:
            with suppress(psutil.NoSuchProcess):
                each.suspend()
        try:
            yield
        finally:
            for each in family:
                with suppress(psutil.NoSuchProcess):
                    each.resume()

    async def _find_family(self, name: str) -> list[psutil.Process]:
        """Return a process that lives, and those that it started, as soon as there is one."""
        while True:
            process = await self._find(name)
            with suppress(psutil.NoSuchProcess):
                return [process, *process.children(recursive=True)]

    async def _find(self, name: str) -> psutil.Process:
        """Return a process as soon as there is one."""
        found: list[psutil.Process] = []

        async def lives() -> bool:
            process = read_record(self.home / "run" / f"{name}.json")
            found.extend([process] if process else [])
            return bool(found)

        await until(lives, 60, every=0.01)
        return found[0]

    async def kill_everything(self) -> None:
        """Kill the supervisor first, so that it starts nothing again, and then all that it had started."""
        assert self._process
        started = psutil.Process(self._process.pid).children(recursive=True)
        self._process.kill()
        await self._process.wait()
        for each in started:
            if live_process(each.pid) == each:
                each.kill()

    async def _runs(self) -> bool:
        assert self._process
        assert self._process.returncode is None, "\n".join(self.lines)
        return any("Ctrl-C" in line for line in self.lines)

    async def _read(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout
        async for line in process.stdout:
            self.lines.append(line.decode().rstrip())


@asynccontextmanager
async def running_product(prefix: str) -> AsyncIterator[Product]:
    """Start a product in a folder that the servers' account can enter, also when we are root; stop and remove it."""
    folder = tempfile.mkdtemp(prefix=prefix)
    os.chmod(folder, 0o755)
    product = Product(Path(folder) / "home")
    try:
        await product.up()
        yield product
    finally:
        await product.interrupt()
        shutil.rmtree(folder, ignore_errors=True)
