"""The run of a journey in Temporal: one timer, stages as activities. No rule of a journey lives here."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from temporalio import workflow
from temporalio.common import RawValue, RetryPolicy
from temporalio.exceptions import ActivityError, RetryState, is_cancelled_exception

with workflow.unsafe.imports_passed_through():
    from journeys.contracts import (
        ACTIVITY_QUEUE,
        BULK_QUEUE,
        EFFECT_QUEUE,
        NUDGE,
        RUN_QUEUE,
        SMALL_BATCH,
        TOKENS,
        Nudge,
        RunInput,
        StageOrder,
        StageResult,
        Token,
    )
    from journeys.enrollments.run import JourneyRun

HISTORY_EVENTS = 3_500
"""After how many events a run goes on in a new history; what is in flight by then adds some hundred."""

DETAILS_SHOWN = 50
SUMMARY_LENGTH = 200

STAGE_RETRY = RetryPolicy(
    initial_interval=timedelta(milliseconds=500), maximum_interval=timedelta(minutes=1), maximum_attempts=12
)
COME_BACK_AFTER = timedelta(minutes=2)
"""When a stage that failed at every attempt, for some five minutes, is tried again."""

STAGE_TIMEOUT = timedelta(hours=1)
HEARTBEAT_TIMEOUT = timedelta(seconds=10)
LOCAL_TIMEOUT = timedelta(seconds=30)


@workflow.defn(dynamic=True)
class JourneyWorkflow:
    """A journey's run. Its Workflow Type is the journey's name, so that Temporal UI reads like the journey."""

    @workflow.init
    def __init__(self, args: Sequence[RawValue]) -> None:
        state = workflow.payload_converter().from_payload(args[0].payload, RunInput)
        self._journey = JourneyRun(state, _TemporalSeam(state.bulk))

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

    @workflow.query(name=TOKENS, description="Where the tokens are")
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

    def __init__(self, bulk: bool) -> None:
        self._bulk = bulk

    def now(self) -> datetime:
        return workflow.now()

    async def sleep_until(self, at: datetime) -> None:
        delay = max(at - workflow.now(), timedelta(milliseconds=1))
        await workflow.sleep(delay, summary=f"Until {at:%Y-%m-%d %H:%M:%S} UTC")

    async def run_stage(self, order: StageOrder) -> StageResult:
        try:
            return await self._execute(order)
        except ActivityError as error:
            if not _may_pass(error):
                raise
            # An attempt without end would keep the run from continuing as new: come back later instead.
            return StageResult(tokens=[order.token.model_copy(update={"wake_at": self.now() + COME_BACK_AFTER})])

    async def _execute(self, order: StageOrder) -> StageResult:
        token = order.token
        people = "contact" if token.size == 1 else "contacts"
        summary = f"{token.title}, {token.size:,} {people}"[:SUMMARY_LENGTH]
        done: StageResult
        if not token.effect and token.size <= SMALL_BATCH:
            # A task of its own would cost Temporal several times what the stage costs Postgres.
            done = await workflow.execute_local_activity(
                token.title,
                order,
                result_type=StageResult,
                summary=summary,
                start_to_close_timeout=LOCAL_TIMEOUT,
                retry_policy=STAGE_RETRY,
            )
        else:
            done = await workflow.execute_activity(
                token.title,
                order,
                result_type=StageResult,
                task_queue=_queue_of(token, self._bulk),
                summary=summary,
                start_to_close_timeout=STAGE_TIMEOUT,
                heartbeat_timeout=HEARTBEAT_TIMEOUT,
                retry_policy=STAGE_RETRY,
            )
        return done

    def parked_reason(self, error: BaseException) -> str:
        if not isinstance(error, ActivityError) or is_cancelled_exception(error):
            raise error
        return str(error.cause or error)[:500]


def _queue_of(token: Token, bulk: bool) -> str:
    """Return the task queue of a stage: what is slow or large waits for nobody else's slot."""
    if token.custom:
        return ACTIVITY_QUEUE
    if bulk and token.size > SMALL_BATCH:
        return BULK_QUEUE
    return EFFECT_QUEUE if token.effect else RUN_QUEUE


def _may_pass(error: ActivityError) -> bool:
    """Say whether what stopped a stage may go away by itself, as a server's absence does."""
    return error.retry_state in (RetryState.MAXIMUM_ATTEMPTS_REACHED, RetryState.TIMEOUT)


def _until(token: Token) -> str:
    if token.parked:
        return token.parked
    return f"{token.wake_at:%Y-%m-%d %H:%M} UTC" if token.wake_at else "now"


def _should_continue() -> bool:
    info = workflow.info()
    return (
        info.get_current_history_length() >= HISTORY_EVENTS
        or info.is_continue_as_new_suggested()
        or info.is_target_worker_deployment_version_changed()
    )
