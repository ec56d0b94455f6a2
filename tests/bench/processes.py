"""Child processes and what they cost: CPU by group, memory, and how busy strangers kept the machine."""

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import psutil

MEMORY_EVERY_SECONDS = 1.0
MEMORY_SHARE = 0.01
"""How much of one core the looks at memory may take: Linux walks all pages of a process for each."""


@asynccontextmanager
async def program(
    module: str, *arguments: str, env: Mapping[str, str], talks: bool = False
) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run a module of Python while the block runs, in a session of its own, as the supervisor starts its children.

    With one that talks, `say` and `read_line` speak.
    """
    pipe = asyncio.subprocess.PIPE if talks else None
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", module, *arguments),
        stdin=pipe,
        stdout=pipe,
        env={**os.environ, **env},
        start_new_session=True,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


async def read_line(process: asyncio.subprocess.Process) -> str:
    """Return what the child says next."""
    assert process.stdout is not None
    line = (await process.stdout.readline()).decode().strip()
    if not line:
        raise RuntimeError("a child process ended early")
    return line


async def say(process: asyncio.subprocess.Process, line: str) -> None:
    """Tell the child to go on."""
    assert process.stdin is not None
    process.stdin.write(f"{line}\n".encode())
    await process.stdin.drain()


def family(root: psutil.Process) -> list[psutil.Process]:
    """Return a process and all that it started and that live."""
    return [root, *root.children(recursive=True)]


def cpu_seconds(root: psutil.Process) -> float:
    """Return the CPU time of a process, its living family, and its children that have ended."""
    times = root.cpu_times()
    total: float = times.children_user + times.children_system
    for process in family(root):
        try:
            own = process.cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += own.user + own.system
    return total


def memory_bytes(root: psutil.Process) -> int:
    """Return the memory of a process and its family; what several share counts once."""
    total = 0
    for process in family(root):
        try:
            total += process.memory_full_info().pss
        except psutil.NoSuchProcess:
            continue
    return total


@dataclass(frozen=True)
class Usage:
    """What a stretch of work took: seconds of wall time, and by group of CPU; bytes of memory at its peak."""

    seconds: float
    cpu: dict[str, float]
    peak_bytes: int
    strangers: float
    """How many cores processes that are not ours kept busy meanwhile."""
    peaks: Mapping[str, int] = field(default_factory=dict)
    """Bytes of memory of each group at its own peak."""


def show_memory(usage: Usage) -> str:
    """Say in a line how much memory each group took at its peak."""
    return "peak memory: " + "  ".join(f"{name} {size / 1e6:,.0f} MB" for name, size in usage.peaks.items())


class Meter:
    """Measures groups of processes, each named by its root, while the block runs."""

    def __init__(self, groups: Mapping[str, int]) -> None:
        self._roots = {name: psutil.Process(pid) for name, pid in groups.items()}
        self._self = psutil.Process()
        self._peak = 0
        self._peaks = dict.fromkeys(groups, 0)

    async def __aenter__(self) -> "Meter":
        self._watching = asyncio.create_task(self._watch_memory())
        self._started, self._before = time.perf_counter(), self._cpu()
        self._busy = _machine_busy() - self._own()
        return self

    async def __aexit__(self, *_: object) -> None:
        seconds = time.perf_counter() - self._started
        cpu = {name: after - self._before[name] for name, after in self._cpu().items()}
        busy = _machine_busy() - self._own() - self._busy
        self._watching.cancel()
        self._note_memory()
        strangers = max(busy - sum(cpu.values()), 0) / seconds
        self.usage = Usage(seconds, cpu, self._peak, strangers, self._peaks)

    def memory_by_group(self) -> dict[str, int]:
        """Return the memory of each group now."""
        return {name: memory_bytes(root) for name, root in self._roots.items()}

    def _cpu(self) -> dict[str, float]:
        return {name: cpu_seconds(root) for name, root in self._roots.items()}

    def _own(self) -> float:
        times = self._self.cpu_times()
        return float(times.user + times.system)

    async def _watch_memory(self) -> None:
        took = 0.0
        while True:
            await asyncio.sleep(max(MEMORY_EVERY_SECONDS, took / MEMORY_SHARE))
            began = time.perf_counter()
            await asyncio.to_thread(self._note_memory)
            took = time.perf_counter() - began

    def _note_memory(self) -> None:
        now = self.memory_by_group()
        self._peak = max(self._peak, sum(now.values()))
        self._peaks = {name: max(self._peaks[name], size) for name, size in now.items()}


def _machine_busy() -> float:
    times = psutil.cpu_times()
    return float(times.user + times.system + times.nice + times.irq + times.softirq)
