"""Measure everything side by side, in one run on one machine (`python -m tests.bench`, `make bench`)."""

import asyncio
import signal
from collections.abc import Coroutine
from typing import Any

from rich.console import Console

from tests.bench.engine import measure_engine
from tests.bench.recorders import NO_OP
from tests.bench.world import open_world

console = Console()


async def trial() -> None:
    async with open_world() as world:
        no_op = await world.connect(NO_OP)
        for contacts, size in ((1_000, 500), (10_000, 5_000), (30, 1)):
            console.print(str(await measure_engine(world, f"batches of {size:,}", contacts, size, no_op, {})))


async def until_told(work: Coroutine[Any, Any, None]) -> None:
    """Do the work; when told to stop, stop what was started too."""
    task: asyncio.Task[None] = asyncio.create_task(work)
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    await task


if __name__ == "__main__":
    asyncio.run(until_told(trial()))
