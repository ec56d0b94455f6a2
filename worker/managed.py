"""One child process: started, watched, stopped, and found again when we were killed before it."""

import asyncio
import contextlib
import json
import signal
from abc import ABC, abstractmethod
from pathlib import Path
from typing import IO, Any, ClassVar

import psutil

START_SECONDS = 60.0
PROBE_SECONDS = 0.05
LOG_BYTES = 20_000_000

THRIFTY = {"MALLOC_ARENA_MAX": "2", "MALLOC_TRIM_THRESHOLD_": "131072"}
"""Lets the C library give back what a burst of work took; on its own it would keep most of that."""


class ProcessFailed(RuntimeError):
    """A process did not start; the message ends with the last lines of its log."""


class ManagedProcess(ABC):
    """A child with a log, and a record of its pid that survives us."""

    stop_signal: signal.Signals = signal.SIGTERM
    stop_seconds: ClassVar[float] = 20.0

    def __init__(self, name: str, home: Path) -> None:
        self.name = name
        self.record = home / "run" / f"{name}.json"
        self.log = home / "logs" / f"{name}.log"
        self.process: asyncio.subprocess.Process | None = None

    @abstractmethod
    def command(self) -> list[str]:
        """Return the program and its arguments."""

    @abstractmethod
    async def probe(self) -> bool:
        """Answer whether the process does its work; an OSError means not yet."""

    def popen_options(self) -> dict[str, Any]:
        """Return further options for the child."""
        return {}

    async def start(self) -> None:
        """Start the process and return when it does its work."""
        await self.stop_leftovers()
        self.log.parent.mkdir(parents=True, exist_ok=True)
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
        write_record(self.record, self.process.pid)
        await self._wait_until_ready()

    async def wait(self) -> int:
        """Return the exit status once the process has ended."""
        return await self._running().wait()

    async def stop(self) -> None:
        """Stop the process and return when it is gone."""
        if self.process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(self.stop_signal)
        try:
            await asyncio.wait_for(self.process.wait(), self.stop_seconds)
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                self.process.kill()
            await self.process.wait()
        self.process = None
        self.record.unlink(missing_ok=True)

    async def stop_leftovers(self) -> None:
        """Stop what a killed supervisor left behind."""
        await end(read_record(self.record), self.stop_signal, self.stop_seconds)
        self.record.unlink(missing_ok=True)

    def _running(self) -> asyncio.subprocess.Process:
        if self.process is None:
            raise RuntimeError(f"{self.name} is not started")
        return self.process

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
        raise ProcessFailed(f"{self.name} {reason}:\n{tail(self.log)}")


def live_process(pid: int) -> psutil.Process | None:
    """Return the live process with this pid; the dead and zombies are None."""
    try:
        process = psutil.Process(pid)
        return None if process.status() == psutil.STATUS_ZOMBIE else process
    except psutil.NoSuchProcess:
        return None


def write_record(path: Path, pid: int) -> None:
    """Write down a live process so that it can be told from a later one with the same pid."""
    process = live_process(pid)
    if process is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({"pid": pid, "create_time": process.create_time()}))


def read_record(path: Path) -> psutil.Process | None:
    """Return the process that was written down, if it still lives."""
    try:
        record = json.loads(path.read_text())
    except (FileNotFoundError, ValueError):
        return None
    process = live_process(record["pid"])
    return process if process is not None and process.create_time() == record["create_time"] else None


async def end(process: psutil.Process | None, first: signal.Signals, seconds: float) -> None:
    """Ask a process that is not our child to stop, and kill it when it has not stopped in time."""
    for number in (first, signal.SIGKILL):
        if process is None or live_process(process.pid) != process:
            return
        with contextlib.suppress(psutil.NoSuchProcess):
            process.send_signal(number)
        deadline = asyncio.get_running_loop().time() + seconds
        # Another's child has no event to wait for; and psutil's own wait takes a zombie for alive.
        while live_process(process.pid) == process and asyncio.get_running_loop().time() < deadline:  # noqa: ASYNC110
            await asyncio.sleep(PROBE_SECONDS)


def open_log(path: Path) -> IO[bytes]:
    """Open a log for appending; a big one is kept aside under `.1` first."""
    if path.exists() and path.stat().st_size > LOG_BYTES:
        path.replace(path.with_suffix(path.suffix + ".1"))
    return path.open("ab")


def tail(path: Path, characters: int = 2_000) -> str:
    """Return the end of a log."""
    return path.read_text(errors="replace")[-characters:]
