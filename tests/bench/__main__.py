"""Measure everything side by side, in one run on one machine (`python -m tests.bench`, `make bench`)."""

import asyncio
import signal
from collections.abc import Coroutine
from typing import Any

from rich.console import Console

from tests.bench.compared import measure_direct, measure_per_contact, measure_statements
from tests.bench.recorders import NO_OP
from tests.bench.world import open_world

console = Console(width=400)


async def trial() -> None:
    async with open_world() as world:
        no_op = await world.connect(NO_OP)
        console.print(str(await measure_statements(world, "statements", 20_000, 5_000, no_op)))
        console.print(str(await measure_direct(world, "direct", 20_000, 5_000, no_op)))
        console.print(str(await measure_per_contact(world, "per contact", 50, "plain", no_op)))
        console.print(str(await measure_per_contact(world, "per contact best", 50, "best", no_op)))


async def until_told(work: Coroutine[Any, Any, None]) -> None:
    """Do the work; when told to stop, stop what was started too."""
    task: asyncio.Task[None] = asyncio.create_task(work)
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    await task


if __name__ == "__main__":
    asyncio.run(until_told(trial()))
