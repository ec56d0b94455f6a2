"""The run of a journey in Temporal: tokens, one timer, stages as activities. No rule of a journey lives here."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from temporalio import workflow
from temporalio.common import RawValue, RetryPolicy
from temporalio.exceptions import ActivityError, is_cancelled_exception

with workflow.unsafe.imports_passed_through():
    from journeys.contracts import EFFECT_QUEUE, NUDGE, Nudge, RunInput, StageOrder, StageResult, Token

MAX_IN_FLIGHT = 50
DETAILS_SHOWN = 50
SUMMARY_LENGTH = 200

STAGE_RETRY = RetryPolicy(initial_interval=timedelta(milliseconds=500), maximum_interval=timedelta(minutes=1))
STAGE_TIMEOUT = timedelta(hours=1)
HEARTBEAT_TIMEOUT = timedelta(seconds=10)


class Seam(Protocol):
    """What a run needs of the world; Temporal gives it in production, a virtual clock in simulation."""

    def now(self) -> datetime:
        """Return the time."""
        ...

    async def sleep_until(self, at: datetime) -> None:
        """Return at a time, at the earliest."""
        ...

    async def run_stage(self, order: StageOrder) -> StageResult:
        """Run a stage to its end."""
        ...

    def parked_reason(self, error: BaseException) -> str:
        """Say why a stage failed for good, or raise what is no failure of the stage."""
        ...


class JourneyRun:
    """Walk every token of a run through its plan until no batch is left."""

    def __init__(self, state: RunInput, seam: Seam) -> None:
        self.state = state
        self.tokens = {token.batch_id: token for token in state.tokens}
        self._seam = seam
        self._in_flight: dict[UUID, asyncio.Task[None]] = {}
        self._retry_soon: dict[UUID, None] = {}
        self._changed = asyncio.Event()
        self._alarm: asyncio.Task[None] | None = None
        self._alarm_at: datetime | None = None

    async def run(self, wants_to_continue: Callable[[], bool], show: Callable[[], None]) -> bool:
        """Run until no token is left (True) or until it should continue as new and nothing is in flight (False)."""
        while self.tokens:
            draining = wants_to_continue()
            if draining and not self._in_flight:
                self._stop_alarm()
                return False
            if not draining:
                self._launch_due()
            self._set_alarm()
            show()
            self._changed.clear()
            await self._changed.wait()
        self._stop_alarm()
        return True

    def nudge(self, nudge: Nudge) -> None:
        """Forget batches that hold nobody, and try parked tokens again."""
        for batch_id in nudge.empty:
            if batch_id not in self._in_flight:
                self.tokens.pop(batch_id, None)
        for batch_id in nudge.retry:
            if batch_id in self._in_flight:
                self._retry_soon[batch_id] = None
            elif token := self.tokens.get(batch_id):
                self.tokens[batch_id] = token.model_copy(update={"parked": None})
        self._changed.set()

    def carried(self) -> RunInput:
        """Return the state for the next execution of this run."""
        return self.state.model_copy(update={"tokens": list(self.tokens.values())})

    def _launch_due(self) -> None:
        now = self._seam.now()
        for token in list(self.tokens.values()):
            if len(self._in_flight) >= MAX_IN_FLIGHT:
                return
            due = token.parked is None and (token.wake_at is None or token.wake_at <= now)
            if due and token.batch_id not in self._in_flight:
                self._in_flight[token.batch_id] = asyncio.create_task(self._walk(token))

    async def _walk(self, token: Token) -> None:
        """Run one stage for a batch; what it answers are the next tokens, each with its wake time."""
        state = self.state
        order = StageOrder(
            run_id=state.run_id,
            workspace_id=state.workspace_id,
            journey_id=state.journey_id,
            version_id=state.version_id,
            token=token,
        )
        try:
            result = await self._seam.run_stage(order)
        except Exception as error:  # the seam says which are failures of the stage
            self.tokens[token.batch_id] = token.model_copy(update={"parked": self._seam.parked_reason(error)})
        else:
            self.tokens.pop(token.batch_id, None)
            self.tokens.update({each.batch_id: self._not_at_once(token, each) for each in result.tokens})
            state.stages_done += 1
        finally:
            self._in_flight.pop(token.batch_id, None)
            if token.batch_id in self._retry_soon:
                # News that this batch may go on came while its stage was on its way to say that it may not.
                del self._retry_soon[token.batch_id]
                self.nudge(Nudge(retry=[token.batch_id]))
            self._changed.set()

    def _not_at_once(self, before: Token, after: Token) -> Token:
        """Hold a token back a moment that was sent back as not due yet: Postgres keeps a clock of its own."""
        soon = self._seam.now() + timedelta(seconds=1)
        same = (after.batch_id, after.hop) == (before.batch_id, before.hop)
        early = same and after.parked is None and after.wake_at is not None and after.wake_at < soon
        return after.model_copy(update={"wake_at": soon}) if early else after

    def _set_alarm(self) -> None:
        """Keep one timer for the earliest wake time; set it anew only when an earlier one appears."""
        wakes = [
            token.wake_at
            for token in self.tokens.values()
            if token.wake_at and not token.parked and token.batch_id not in self._in_flight
        ]
        if not wakes:
            return
        earliest = min(wakes)
        if self._alarm and not self._alarm.done() and self._alarm_at and self._alarm_at <= earliest:
            return
        self._stop_alarm()
        self._alarm_at = earliest
        self._alarm = asyncio.create_task(self._ring_at(earliest))

    async def _ring_at(self, at: datetime) -> None:
        await self._seam.sleep_until(at)
        self._changed.set()

    def _stop_alarm(self) -> None:
        if self._alarm and not self._alarm.done():
            self._alarm.cancel()
        self._alarm = None


@workflow.defn(dynamic=True)
class JourneyWorkflow:
    """A journey's run. Its Workflow Type is the journey's name, so that Temporal UI reads like the journey."""

    @workflow.init
    def __init__(self, args: Sequence[RawValue]) -> None:
        state = workflow.payload_converter().from_payload(args[0].payload, RunInput)
        self._journey = JourneyRun(state, _TemporalSeam())

    @workflow.run
    async def run(self, args: Sequence[RawValue]) -> int:
        """Walk all tokens to their end; return how many stages were run."""
        ended = await self._journey.run(_should_continue, self._show)
        await workflow.wait_condition(workflow.all_handlers_finished)
        if not ended:
            workflow.continue_as_new(self._journey.carried())
        return self._journey.state.stages_done

    @workflow.signal(name=NUDGE, description="Batches that hold nobody any more, or parked tokens to try again")
    def nudge(self, nudge: Nudge) -> None:
        """Take news about batches."""
        self._journey.nudge(nudge)

    @workflow.query(description="Where the tokens are")
    def tokens(self) -> list[Token]:
        """Return every token."""
        return list(self._journey.tokens.values())

    @workflow.update(description="Try what is parked again; returns how many tokens that was")
    def retry_parked(self) -> int:
        """Unpark every token."""
        parked = [token.batch_id for token in self._journey.tokens.values() if token.parked]
        self._journey.nudge(Nudge(retry=parked))
        return len(parked)

    def _show(self) -> None:
        """Say in words where the run stands; read by Temporal UI at query time, so it costs no history."""
        state = self._journey.state
        shown = list(self._journey.tokens.values())[:DETAILS_SHOWN]
        rows = [f"| {token.title} | {token.size} | {_until(token)} |" for token in shown]
        head = f"**{state.journey}**, version {state.version}: {len(self._journey.tokens)} batches"
        workflow.set_current_details("\n".join([head, "", "| step | contacts | until |", "|---|---|---|", *rows]))


class _TemporalSeam:
    """Temporal's clock, timers and activities."""

    def now(self) -> datetime:
        return workflow.now()

    async def sleep_until(self, at: datetime) -> None:
        delay = max(at - workflow.now(), timedelta(milliseconds=1))
        await workflow.sleep(delay, summary=f"Until {at:%Y-%m-%d %H:%M:%S} UTC")

    async def run_stage(self, order: StageOrder) -> StageResult:
        token = order.token
        people = "contact" if token.size == 1 else "contacts"
        result: Awaitable[StageResult] = workflow.execute_activity(
            token.title,
            order,
            result_type=StageResult,
            task_queue=EFFECT_QUEUE if token.effect else None,
            summary=f"{token.title}, {token.size:,} {people}"[:SUMMARY_LENGTH],
            start_to_close_timeout=STAGE_TIMEOUT,
            heartbeat_timeout=HEARTBEAT_TIMEOUT,
            retry_policy=STAGE_RETRY,
        )
        return await result

    def parked_reason(self, error: BaseException) -> str:
        if not isinstance(error, ActivityError) or is_cancelled_exception(error):
            raise error
        return str(error.cause or error)[:500]


def _until(token: Token) -> str:
    if token.parked:
        return token.parked
    return f"{token.wake_at:%Y-%m-%d %H:%M} UTC" if token.wake_at else "now"


def _should_continue() -> bool:
    info = workflow.info()
    return info.is_continue_as_new_suggested() or info.is_target_worker_deployment_version_changed()
