"""How a measured child process speaks with its parent."""

import asyncio
import sys


async def say_and_wait(line: str) -> None:
    """Tell the parent, and go on when it answers."""
    print(line, flush=True)  # noqa: T201 - the parent reads it
    await asyncio.to_thread(sys.stdin.readline)
