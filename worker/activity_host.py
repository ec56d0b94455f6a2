"""Run custom activities in processes of their own: started when wanted, watched, killed when they misbehave, replaced.

An activity shares its process with nothing but itself. This host never imports it, so nothing that it does can hurt a mail.
"""

import asyncio
import os
import signal
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import orjson
import psutil
import structlog
from dotenv import dotenv_values
from sqlalchemy.exc import SQLAlchemyError

from journeys.db.session import Database
from journeys.enrollments.custom import PARKED, ActivityMissing, ActivityUnfit
from journeys.enrollments.pausing import retry_parked_for
from journeys.errors import Unavailable
from journeys.sdk.context import SECRET_PREFIX
from journeys.sdk.wire import ActivityDied, Answer, Facts, Reply, Request
from journeys.settings import Settings
from worker.services import PROJECT

log = structlog.get_logger()

START_SECONDS = 60.0
GRACE_SECONDS = 2.0
"""How long after its time-out an activity may answer that it timed out; then its process is blocked."""

WATCH_SECONDS = 0.25
IDLE_SECONDS = 300.0
RETRY_PARKED_SECONDS = 300.0
ALONE_AT_ONCE = 2
ADDRESS_SPACE_FACTOR = 8
"""The hard limit on address space, as a multiple of the memory that may be used: a backstop for sudden growth."""

LINE_BYTES = 64_000_000
OWN_SETTINGS = ("SOJOURN_", "DATABASE_", "REDIS_", "TEMPORAL_")


class ActivityHost:
    """Keeps a process for each activity that is in use; implements journeys.enrollments.custom.ActivityRunner."""

    def __init__(self, settings: Settings) -> None:
        self._command = _command(settings)
        self._environment = _environment(settings)
        self._limit_bytes = settings.activity_memory_mb * 1_000_000
        self._kept: dict[str, ActivityProcess] = {}
        self._leaving: set[ActivityProcess] = set()
        self._lone: set[ActivityProcess] = set()
        self._locks: dict[str, asyncio.Lock] = {}
        self._alone = asyncio.Semaphore(ALONE_AT_ONCE)
        self._paces: dict[str, Pace] = {}
        self._watching: asyncio.Task[None] | None = None

    async def prepare(self, request: Request) -> Facts:
        """See ActivityRunner."""
        try:
            process = await self._process(request.activity)
        except ActivityDied as death:
            raise ActivityUnfit(f"{PARKED}'{request.activity}' does not start: {death}") from death
        facts = process.facts.get(request.activity)
        if facts is None:
            raise ActivityMissing(_missing(request.activity, process))
        try:
            reply = await process.ask(request, START_SECONDS)
        except ActivityDied as death:  # of a call of another batch: the next process is a fresh one
            raise Unavailable(f"the process of '{request.activity}' ended: {death}") from death
        if reply.refused:
            raise ActivityUnfit(
                f"{PARKED}'{request.activity}' does not take what was published ({reply.refused}): publish the journey again"
            )
        return facts

    async def call(self, request: Request, *, alone: bool = False) -> Sequence[Answer]:
        """See ActivityRunner."""
        if not alone:
            return await self._call(request, await self._process(request.activity))
        async with self._alone:
            process = await self._start()
            self._lone.add(process)
            try:
                return await self._call(request, process)
            finally:
                self._lone.discard(process)
                await process.kill("its only call is over")

    async def close(self) -> None:
        """End every process."""
        if self._watching:
            self._watching.cancel()
        await self._kill_all("the worker stops")

    @property
    def _processes(self) -> list["ActivityProcess"]:
        return [*self._kept.values(), *self._leaving, *self._lone]

    async def _kill_all(self, reason: str) -> None:
        await asyncio.gather(*(each.kill(reason) for each in self._processes))

    async def _call(self, request: Request, process: "ActivityProcess") -> Sequence[Answer]:
        facts = process.facts.get(request.activity)
        if facts is None:
            raise ActivityMissing(_missing(request.activity, process))
        if facts.per_second:
            await self._paces.setdefault(facts.name, Pace(facts.per_second)).wait()
        reply = await process.ask(request, facts.timeout_seconds + GRACE_SECONDS)
        if reply.refused:
            # What was published fits, or nobody would be asked: what Liquid made of it for this contact does not.
            return [Answer("failed", reason="its config does not fit this contact", error=reply.refused)]
        if reply.stuck:
            self._replace(request.activity, process)
        return reply.answers

    async def _process(self, activity: str) -> "ActivityProcess":
        """Return the process that is kept for an activity; start one where there is none that lives."""
        async with self._locks.setdefault(activity, asyncio.Lock()):
            kept = self._kept.get(activity)
            if kept is None or kept.ended is not None:
                kept = self._kept[activity] = await self._start()
            kept.used_at = time.monotonic()
        return kept

    async def _start(self) -> "ActivityProcess":
        if self._watching is None:
            self._watching = asyncio.create_task(self._keep_watch())
        process = ActivityProcess()
        await process.start(self._command, self._environment)
        return process

    def _replace(self, activity: str, process: "ActivityProcess") -> None:
        """Give a process no more calls; it ends once those in flight are answered."""
        if self._kept.get(activity) is process:
            del self._kept[activity]
            self._leaving.add(process)

    async def _keep_watch(self) -> None:
        """Watch; should that fail, say so and let nothing go on unwatched: the next calls start processes anew."""
        while True:
            try:
                await self._watch()
            except Exception:
                log.exception("activity_host.watch_failed")
                await self._kill_all("it was no longer watched")

    async def _watch(self) -> None:
        """Kill what uses too much memory, and end what is no longer used."""
        while True:
            await asyncio.sleep(WATCH_SECONDS)
            for process in self._processes:
                if process.used_bytes() > self._limit_bytes:
                    log.warning("activity.too_large", activities=list(process.facts), limit_bytes=self._limit_bytes)
                    await process.kill(f"its process used more than {self._limit_bytes // 1_000_000} MB of memory")
            for activity, process in list(self._kept.items()):
                if not process.pending and time.monotonic() - process.used_at > IDLE_SECONDS:
                    self._replace(activity, process)
            for process in [each for each in self._leaving if not each.pending]:
                self._leaving.discard(process)
                await process.kill("it was replaced")


async def retry_after_deploy(database: Database) -> None:
    """Try again, now and every few minutes, what is parked for want of an activity: this worker may have it."""
    while True:
        with suppress(SQLAlchemyError):
            async with database.engine() as session:
                await retry_parked_for(session, PARKED)
        await asyncio.sleep(RETRY_PARKED_SECONDS)


@dataclass(eq=False)
class ActivityProcess:
    """One process: requests go in by number, replies come back in any order."""

    facts: Mapping[str, Facts] = field(default_factory=dict)
    faults: Mapping[str, str] = field(default_factory=dict)
    pending: dict[int, asyncio.Future[Reply]] = field(default_factory=dict)
    ended: str | None = None
    used_at: float = field(default_factory=time.monotonic)
    _asked: int = 0

    async def start(self, command: Sequence[str], environment: Mapping[str, str]) -> None:
        """Start it and learn what is installed.

        Raises:
            ActivityDied: it ended before it could say.
        """
        self._process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env=environment,
            limit=LINE_BYTES,
            start_new_session=True,
        )
        self._usage = psutil.Process(self._process.pid)
        try:
            async with asyncio.timeout(START_SECONDS):
                line = await self._lines.readline()
        except TimeoutError:
            line = b""
        if not line:
            await self.kill("loading the installed activities ended or blocked the process")
            raise ActivityDied(self.ended)
        hello = orjson.loads(line)
        self.facts = {each["name"]: Facts(**each) for each in hello["facts"]}
        self.faults = hello["faults"]
        self._reading = asyncio.create_task(self._read())

    async def ask(self, request: Request, seconds: float) -> Reply:
        """Send a request and return its reply; a process that gives none in time is killed.

        Raises:
            ActivityDied: the process ended first.
        """
        self._asked += 1
        number = self._asked
        future: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        self.pending[number] = future
        self.used_at = time.monotonic()
        try:
            self._send({"id": number, "request": request})
            async with asyncio.timeout(seconds):
                return await future
        except TimeoutError:
            await self.kill(f"it blocked its process for more than {seconds:g} s")
            raise ActivityDied(self.ended) from None
        finally:
            self.pending.pop(number, None)

    def used_bytes(self) -> int:
        """Return how much memory it holds now."""
        try:
            used: int = self._usage.memory_info().rss
        except psutil.Error:
            return 0
        return used

    async def kill(self, reason: str) -> None:
        """End it, whatever it is doing, and tell those who wait for replies why."""
        self.ended = self.ended or reason
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)  # with whatever it has started itself
        await self._process.wait()
        self._tell_all()

    @property
    def _lines(self) -> asyncio.StreamReader:
        assert self._process.stdout
        return self._process.stdout

    def _send(self, message: dict[str, Any]) -> None:
        if self.ended is not None:
            raise ActivityDied(self.ended)
        assert self._process.stdin
        self._process.stdin.write(orjson.dumps(message) + b"\n")

    async def _read(self) -> None:
        """Hand out replies until the process ends; one that writes what cannot be read is ended."""
        try:
            await self._hand_out()
        except Exception as error:
            log.exception("activity.unreadable")
            await self.kill(f"what it wrote could not be read: {error}")
            return
        status = await self._process.wait()
        self.ended = self.ended or f"its process ended with {_words(status)}"
        self._tell_all()

    async def _hand_out(self) -> None:
        while line := await self._lines.readline():
            message = orjson.loads(line)
            reply = message["reply"]
            future = self.pending.get(message["id"])
            if future is not None and not future.done():
                answers = [Answer(**each) for each in reply.pop("answers")]
                future.set_result(Reply(answers=answers, **reply))

    def _tell_all(self) -> None:
        for future in self.pending.values():
            if not future.done():
                future.set_exception(ActivityDied(self.ended))


@dataclass
class Pace:
    """Lets calls through at an even pace, so many a second."""

    per_second: float
    _next: float = 0.0

    async def wait(self) -> None:
        """Return when it is this call's turn."""
        now = time.monotonic()
        turn = max(self._next, now)
        self._next = turn + 1 / self.per_second
        await asyncio.sleep(turn - now)


def _command(settings: Settings) -> list[str]:
    address_space = settings.activity_memory_mb * 1_000_000 * ADDRESS_SPACE_FACTOR
    return [sys.executable, "-m", "journeys.sdk.process", str(address_space)]


def _environment(settings: Settings) -> dict[str, str]:
    """Return what an activity may know: everything but our own settings, and the secrets that are for activities."""
    known = {name: value for name, value in {**dotenv_values(".env"), **os.environ}.items() if value is not None}
    theirs = {
        name: value
        for name, value in known.items()
        if not name.startswith(OWN_SETTINGS) or name.startswith(SECRET_PREFIX)
    }
    path = os.pathsep.join(filter(None, [str(PROJECT), known.get("PYTHONPATH")]))
    return {**theirs, "SOJOURN_ACTIVITIES": settings.activities, "PYTHONPATH": path, "PYTHONUNBUFFERED": "1"}


def _missing(activity: str, process: ActivityProcess) -> str:
    faults = "; ".join(f"{name} could not be loaded: {fault}" for name, fault in process.faults.items())
    return f"{PARKED}'{activity}' is not installed where activities run" + (f" ({faults})" if faults else "")


def _words(status: int) -> str:
    return f"status {status}" if status >= 0 else f"signal {-status}"
