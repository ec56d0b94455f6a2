"""The one activity of a run: a stage of its plan. Its Activity Type is the node's title."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import httpx
from temporalio import activity
from temporalio.common import RawValue

from activities.boundary import translate
from journeys.contracts import StageOrder, StageResult, Token
from journeys.db.session import Database
from journeys.enrollments.hooks import HookStage
from journeys.enrollments.sending import Mailroom, SendStage
from journeys.enrollments.stages import find_op, park, run_waiting_or_pure
from journeys.nodes.ops import CallWebhook, SendEmail

HEARTBEAT_SECONDS = 2.0

Notify = Callable[[StageOrder], Awaitable[None]]


class StageActivities:
    """Stages, with the resources that the worker opened once."""

    def __init__(self, database: Database, mailroom: Mailroom, http: httpx.AsyncClient, notify: Notify) -> None:
        self._database, self._mailroom, self._http, self._notify = database, mailroom, http, notify

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
        if not order.token.effect:
            async with self._database.workspace(order.workspace_id) as session:
                return await run_waiting_or_pure(session, order)
        match await find_op(self._database, order):
            case SendEmail():
                return await SendStage(self._database, self._mailroom, order, activity.is_worker_shutdown).run()
            case CallWebhook():
                return await HookStage(self._database, self._http, order, activity.is_worker_shutdown).run()
            case other:
                raise TypeError(f"{order.token.node_id} is no effect: {other}")


@asynccontextmanager
async def _heartbeats() -> AsyncIterator[None]:
    """Tell Temporal every few seconds that this attempt is alive, so that a dead one is noticed soon."""

    async def beat() -> None:
        while True:
            activity.heartbeat()
            await asyncio.sleep(HEARTBEAT_SECONDS)

    beating: asyncio.Task[Any] = asyncio.create_task(beat())
    try:
        yield
    finally:
        beating.cancel()
