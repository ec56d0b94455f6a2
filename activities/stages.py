"""The one activity of a run: a stage of its plan. Its Activity Type is the node's title."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import httpx
from temporalio import activity
from temporalio.common import RawValue

from activities.boundary import translate
from activities.slots import Slots
from journeys.contracts import StageOrder, StageResult, Token
from journeys.db.session import Database
from journeys.enrollments.custom import ActivityRunner, NoActivities
from journeys.enrollments.running import StageRunner
from journeys.enrollments.sending import Mailroom
from journeys.enrollments.stages import park

HEARTBEAT_SECONDS = 2.0
UNBOUNDED = 1_000_000

Notify = Callable[[StageOrder], Awaitable[None]]


class StageActivities:
    """Stages, with the resources that the worker opened once."""

    def __init__(
        self,
        database: Database,
        mailroom: Mailroom,
        http: httpx.AsyncClient,
        notify: Notify,
        activities: ActivityRunner | None = None,
        slots: Slots | None = None,
    ) -> None:
        self._database, self._notify, self._slots = database, notify, slots or Slots(UNBOUNDED)
        self._runner = StageRunner(database, mailroom, http, activities or NoActivities())

    @activity.defn(dynamic=True)
    async def run_stage(self, args: Sequence[RawValue]) -> StageResult:
        """Carry a batch to its next wait or effect; return the tokens that follow."""
        order: StageOrder = activity.payload_converter().from_payload(args[0].payload, StageOrder)
        try:
            async with _heartbeats():
                tokens = await self._run(order)
        except Exception as error:
            translated = translate(error)
            if getattr(translated, "non_retryable", False):
                await park(self._database, order, str(error))
            if translated is error:
                raise
            raise translated from error
        await self._notify(order)
        return StageResult(tokens=tokens)

    async def _run(self, order: StageOrder) -> list[Token]:
        way = await self._runner.find_way(order)
        if way is None:
            return await self._runner.run(order, activity.is_worker_shutdown)
        async with self._slots.hold(way):
            return await self._runner.run(order, activity.is_worker_shutdown)


@asynccontextmanager
async def _heartbeats() -> AsyncIterator[None]:
    """Tell Temporal every few seconds that this attempt is alive; a short one needs no such call."""

    async def beat() -> None:
        while True:
            await asyncio.sleep(HEARTBEAT_SECONDS)
            if not activity.info().is_local:  # the run itself waits for a local one
                activity.heartbeat()

    beating: asyncio.Task[Any] = asyncio.create_task(beat())
    try:
        yield
    finally:
        beating.cancel()
