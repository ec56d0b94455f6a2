"""What every long-running process does: wait for its servers, run until a signal, stop in order."""

import asyncio
import gc
import signal
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any, TypeVar

import structlog

T = TypeVar("T")
log = structlog.get_logger()

RETRY_SECONDS = 1.0


async def wait_for(name: str, connect: Callable[[], Awaitable[T]]) -> T:
    """Connect, however long the server takes to come up; say so once a minute."""
    attempt = 0
    while True:
        try:
            return await connect()
        except (OSError, RuntimeError) as error:
            if attempt % 60 == 0:
                log.warning("server.awaited", server=name, error=str(error)[:200])
            attempt += 1
            await asyncio.sleep(RETRY_SECONDS)


def spare_collector() -> None:
    """Let the garbage collector pass over what lives as long as the process, and come by less often.

    Rows come and go by the thousand and hold no cycles: looking for some took a quarter of a worker's time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


async def run_until_stopped(
    *jobs: Coroutine[Any, Any, None], stop: Sequence[Callable[[], Awaitable[None]]] = ()
) -> None:
    """Run jobs side by side until SIGTERM, SIGINT or the first failure; then call `stop`, or cancel what has none."""
    spare_collector()
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    tasks: list[asyncio.Task[Any]] = [asyncio.create_task(job) for job in jobs]
    waiting: asyncio.Task[Any] = asyncio.create_task(stopped.wait())
    done, _ = await asyncio.wait([*tasks, waiting], return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    if stop:
        await asyncio.gather(*(each() for each in stop), return_exceptions=True)
    else:
        for task in tasks:
            task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    for task in done - {waiting}:
        if not task.cancelled() and (error := task.exception()):
            raise error
