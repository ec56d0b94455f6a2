"""Run a custom activity for each enrollment of a batch: claim a chunk, call it in its own process, record each outcome.

What the activity does is somebody else's code. It may fail for one contact, for all, or end its process; whichever it
is, only the contacts it happened to feel it, and what is recorded is never done again.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy.exc import SQLAlchemyError

from journeys.contracts import StageOrder, Token
from journeys.db.ids import new_id
from journeys.db.session import Database
from journeys.enrollments import changes, effects
from journeys.enrollments.hooks import flat_contact, parse_texts, render_texts
from journeys.enrollments.sending import LeaseHeld, WorkerStopping
from journeys.enrollments.stages import Answered, Ledger, find_stop, finish_effect, open_stage
from journeys.errors import InvalidInput, NotFound
from journeys.messaging.liquid import RenderError
from journeys.nodes.ops import CallActivity
from journeys.sdk.definition import BATCH_SIZE
from journeys.sdk.wire import ActivityDied, Answer, Call, Facts, Request

OUTLET_SQL = """
    CASE m.state WHEN 'done' THEN m.outcome ->> 'outlet' WHEN 'failed' THEN 'failed' WHEN 'unknown' THEN 'failed'
                 ELSE 'retry' END
"""
DETAIL_SQL = "nullif(jsonb_strip_nulls(m.outcome - 'outlet' - 'attributes'), '{}')"
CHUNK, AT_ONCE = 200, 20
LEASE, RENEW_SECONDS = timedelta(seconds=30), 10.0
FIRST_WAIT_SECONDS, LONGEST_WAIT_SECONDS = 30.0, 3_600.0
SOONEST = timedelta(seconds=1)
HAND_BACK_SECONDS = 600.0
"""How long one attempt goes on; a long batch comes back in a moment, within the time that a stage may take."""

UNKNOWN = "an earlier attempt died before it answered; it may have been done"
PARKED = "custom activity "
"""How the reason begins when a batch waits for a deploy or an operator."""


class ActivityMissing(NotFound):
    """No worker that runs custom activities has this one."""

    title = "Activity not installed"


class ActivityUnfit(InvalidInput):
    """The activity that is installed does not fit what was published, or is not set up."""

    title = "Activity does not fit"


class ActivityRunner(Protocol):
    """Runs activities in processes of their own."""

    async def prepare(self, request: Request) -> Facts:
        """Return what is to be known of an activity, and check that it takes the config.

        Raises:
            ActivityMissing: it is not installed.
            ActivityUnfit: it is, but does not take the config.
        """
        ...

    async def call(self, request: Request, *, alone: bool = False) -> Sequence[Answer]:
        """Run it; `alone` in a fresh process that is shared with no other call.

        Raises:
            ActivityDied: its process ended meanwhile, or had to be ended.
        """
        ...


class NoActivities:
    """The runner of a process that runs none."""

    async def prepare(self, request: Request) -> Facts:
        """Refuse."""
        raise ActivityMissing(f"{PARKED}'{request.activity}' cannot be run by this process")

    async def call(self, request: Request, *, alone: bool = False) -> Sequence[Answer]:
        """Refuse."""
        raise ActivityMissing(f"{PARKED}'{request.activity}' cannot be run by this process")


@dataclass(frozen=True)
class Claimed:
    """One claimed call."""

    enrollment_id: UUID
    contact_id: UUID
    visit: int
    call: Call


@dataclass
class ActivityStage:
    """One attempt at one stage of a custom activity."""

    database: Database
    runner: ActivityRunner
    order: StageOrder
    stopping: Callable[[], bool] = lambda: False

    async def run(self) -> list[Token]:
        """Call the activity for everyone in the batch, then move the batch on."""
        async with self.database.workspace(self.order.workspace_id) as session:
            opened = await open_stage(session, self.order)
        if isinstance(opened, Answered):
            return opened.tokens
        op = opened.node.op
        assert isinstance(op, CallActivity)
        self._op, self._opened, self._claim_id = op, opened, new_id()
        self._facts = await self._prepare()
        self._config = None if self._facts.batch else parse_texts(op.config)
        if stop := await self._call_everyone():
            return stop.tokens
        async with self.database.workspace(self.order.workspace_id) as session:
            if seconds := await effects.find_alive(session, opened):
                raise LeaseHeld(max(seconds, 1.0))
            due = await effects.find_next_due(session, opened)
            retry_in = max(due, SOONEST) if due else SOONEST
            ledger = Ledger("effects", OUTLET_SQL, op.outlets, DETAIL_SQL)
            return await finish_effect(session, self.order, ledger, retry_in)

    async def _prepare(self) -> Facts:
        facts = await self.runner.prepare(self._request(()))
        if new := set(facts.outlets) - set(self._op.outlets):
            names = ", ".join(f"'{name}'" for name in sorted(new))
            raise ActivityUnfit(f"{PARKED}'{self._op.activity}' has new outlets ({names}): publish the journey again")
        return facts

    async def _call_everyone(self) -> Answered | None:
        """Work through the batch; return what to answer when it stops before the end."""
        until = time.monotonic() + HAND_BACK_SECONDS
        while chunk := await self._claim():
            async with self._keep_claims():
                answers = await self._answers(chunk)
            await self._record(chunk, answers)
            if misconfigured := next((each for each in answers if each.ending == "misconfigured"), None):
                raise ActivityUnfit(f"{PARKED}'{self._op.activity}': {misconfigured.reason}")
            if self.stopping():
                raise WorkerStopping
            async with self.database.workspace(self.order.workspace_id) as session:
                if stop := await find_stop(session, self.order):
                    return stop
            if time.monotonic() > until:
                return Answered([self.order.token.model_copy(update={"wake_at": self._opened.place.now})])
        return None

    async def _claim(self) -> list[Claimed]:
        """Claim a chunk. What a dead attempt left is called again under its key, or given up where that is not safe."""
        while True:
            async with self.database.workspace(self.order.workspace_id) as session:
                rows = await effects.claim(session, self._opened, self._claim_id, "activity", LEASE, CHUNK)
            claimed = [self._claimed(row) for row in rows]
            if self._facts.idempotent:
                return claimed
            lost = [each for each, row in zip(claimed, rows, strict=True) if row.was == "calling"]
            await self._record(lost, [Answer("unknown", reason=UNKNOWN)] * len(lost))
            claimed = [each for each in claimed if each not in lost]
            if claimed or not lost:
                return claimed

    def _claimed(self, row: Any) -> Claimed:
        key = f"{row.id}:{self._opened.node.id}:{row.visit}"
        contact = {**(row.contact or {}), "id": row.contact_id}
        return Claimed(row.id, row.contact_id, row.visit, Call(key, row.attempts, contact, row.payload or {}))

    @asynccontextmanager
    async def _keep_claims(self) -> AsyncIterator[None]:
        """Renew the lease of this chunk, so that a dead attempt is noticed soon and a slow one is left alone."""

        async def renew() -> None:
            while True:
                await asyncio.sleep(RENEW_SECONDS)
                with suppress(
                    SQLAlchemyError
                ):  # a database that is away for a moment: the next turn is within the lease
                    async with self.database.workspace(self.order.workspace_id) as session:
                        await effects.renew(session, self._opened, self._claim_id, LEASE)

        renewing = asyncio.create_task(renew())
        try:
            yield
        finally:
            renewing.cancel()

    async def _answers(self, chunk: Sequence[Claimed]) -> list[Answer]:
        """Call the activity for a chunk, one by one or in groups; return the answers in order."""
        size = BATCH_SIZE if self._facts.batch else 1
        groups = [chunk[start : start + size] for start in range(0, len(chunk), size)]
        gate = asyncio.Semaphore(AT_ONCE)

        async def answer(group: Sequence[Claimed]) -> Sequence[Answer]:
            async with gate:
                return await self._answer(group)

        return [answer for answers in await asyncio.gather(*map(answer, groups)) for answer in answers]

    async def _answer(self, group: Sequence[Claimed]) -> Sequence[Answer]:
        """Call once. Where the process died, or a whole group keeps failing, find whose fault it is, if that is safe."""
        try:
            answers = await self.runner.call(self._request(group))
        except RenderError as error:
            return [Answer("failed", reason="its config cannot be rendered", error=error.detail)] * len(group)
        except ActivityDied as death:
            return await self._each_alone(group) if self._facts.idempotent else self._unknown(group, death)
        last = max(each.call.attempt for each in group) >= self._facts.max_attempts
        if len(group) > 1 and last and all(each.ending == "later" for each in answers):
            return [answer for each in group for answer in await self._answer([each])]
        return answers

    async def _each_alone(self, group: Sequence[Claimed]) -> list[Answer]:
        answers: list[Answer] = []
        for each in group:
            try:
                answers += await self.runner.call(self._request([each]), alone=True)
            except ActivityDied as death:
                answers.append(Answer("later", reason=str(death)))
        return answers

    def _unknown(self, group: Sequence[Claimed], death: ActivityDied) -> list[Answer]:
        return [Answer("unknown", reason=f"{death}; it may have been done")] * len(group)

    def _request(self, group: Sequence[Claimed]) -> Request:
        return Request(
            activity=self._op.activity,
            config=self._config_for(group),
            workspace_id=self.order.workspace_id,
            journey_id=self.order.journey_id,
            node_id=self._opened.node.id,
            calls=[each.call for each in group],
        )

    def _config_for(self, group: Sequence[Claimed]) -> dict[str, Any]:
        """Return the config with its Liquid rendered for the one contact that is asked about; a batch gets it as it is."""
        if not group or self._facts.batch:
            return self._op.config
        [call] = [each.call for each in group]
        context = {"contact": flat_contact(call.contact), "event": call.event}
        rendered: dict[str, Any] = render_texts(self._config, context)
        return rendered

    async def _record(self, chunk: Sequence[Claimed], answers: Sequence[Answer]) -> None:
        """Write how each call ended and, in the same transaction, what it tells of its contact."""
        if not chunk:
            return
        pairs = list(zip(chunk, answers, strict=True))
        async with self.database.workspace(self.order.workspace_id) as session:
            rows = [self._row(claimed, answer) for claimed, answer in pairs]
            ours = set(await effects.record(session, self._opened, self._claim_id, rows))
            told = [
                (claimed.contact_id, answer.attributes)
                for claimed, answer in pairs
                if answer.attributes and claimed.enrollment_id in ours
            ]
            if told:
                await changes.write(session, self._opened.batch.id, told)

    def _row(self, claimed: Claimed, answer: Answer) -> dict[str, Any]:
        """Return the ledger's row of an answer; one that may be repeated is, until its attempts are used up."""
        state, wait = answer.ending, None
        if answer.ending == "misconfigured":
            state, wait = "later", 0.0
        elif answer.ending == "later":
            if claimed.call.attempt >= self._facts.max_attempts:
                state = "failed"
            else:
                wait = answer.after_seconds
                wait = FIRST_WAIT_SECONDS * 2 ** (claimed.call.attempt - 1) if wait is None else wait
        return {
            "id": claimed.enrollment_id,
            "visit": claimed.visit,
            "state": "deferred" if state == "later" else state,
            "reason": answer.reason,
            "outcome": {
                "outlet": answer.outlet,
                "detail": answer.detail,
                "error": answer.error,
                "attributes": answer.attributes or None,
            },
            "free": answer.ending == "misconfigured",
            "wait_seconds": None if wait is None else max(0.0, min(wait, LONGEST_WAIT_SECONDS)),
        }
