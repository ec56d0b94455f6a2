"""The process that an activity runs in (`python -m journeys.sdk.process`): reads requests, writes replies, and may die.

It has no address of any database. It ends when its input does, also while the activity blocks it.
"""

import asyncio
import logging
import os
import resource
import sys
import threading
from typing import Any, BinaryIO

import orjson

from journeys.sdk.discovery import Installed, find_activities
from journeys.sdk.invoke import Invoker, request_of
from journeys.sdk.wire import Facts, Reply


class ActivityProcess:
    """Answers requests side by side, each as soon as it can."""

    def __init__(self, installed: Installed, out: BinaryIO) -> None:
        self._installed, self._out = installed, out
        self._invokers: dict[str, Invoker] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def serve(self, requests: BinaryIO) -> None:
        """Say what is installed, then answer until the input ends, which ends the process."""
        facts = [Facts.of(each) for each in self._installed.activities.values()]
        self._write({"facts": facts, "faults": self._installed.faults})
        loop = asyncio.get_running_loop()
        threading.Thread(target=self._read, args=(requests, loop), daemon=True).start()
        await asyncio.Event().wait()

    def _read(self, requests: BinaryIO, loop: asyncio.AbstractEventLoop) -> None:
        for line in requests:
            loop.call_soon_threadsafe(self._take, orjson.loads(line))
        os._exit(0)  # whoever asked is gone; an activity that blocks the loop must not outlive it

    def _take(self, message: dict[str, Any]) -> None:
        task = asyncio.create_task(self._answer(message))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _answer(self, message: dict[str, Any]) -> None:
        request = request_of(message["request"])
        reply = await self._invoker(request.activity)(request)
        self._write({"id": message["id"], "reply": reply})

    def _invoker(self, name: str) -> Invoker:
        if name not in self._invokers:
            self._invokers[name] = Invoker(self._installed.activities[name])
        return self._invokers[name]

    def _write(self, message: dict[str, Facts | Reply | Any]) -> None:
        self._out.write(orjson.dumps(message) + b"\n")
        self._out.flush()


def main() -> None:
    """Serve on stdin and stdout; what an activity prints goes to stderr instead."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s %(message)s")
    out = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    if len(sys.argv) > 1:
        limit = int(sys.argv[1])
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    installed = find_activities(os.environ.get("SOJOURN_ACTIVITIES", ""))
    asyncio.run(ActivityProcess(installed, out).serve(sys.stdin.buffer))


if __name__ == "__main__":
    main()
