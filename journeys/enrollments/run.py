"""Walk the tokens of a run: each due one is a stage, whose answer are the tokens that follow. No rule of a journey lives here.

The same class runs in Temporal and, on a virtual clock, in a simulation; so it sleeps, and reads the time, by its seam only.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import islice
from typing import Protocol
from uuid import UUID

from journeys.contracts import MAX_TOKENS, Nudge, RunInput, StageOrder, StageResult, Token

MAX_IN_FLIGHT = 50


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

    @property
    def is_idle(self) -> bool:
        """Say whether no stage is on its way."""
        return not self._in_flight

    def carried(self) -> RunInput:
        """Return the state for the next execution of this run."""
        return self.state.model_copy(update={"tokens": list(self.tokens.values())})

    def _launch_due(self) -> None:
        now, free = self._seam.now(), MAX_IN_FLIGHT - len(self._in_flight)
        due = list(islice((token for token in self.tokens.values() if self._is_due(token, now)), free))
        if not due:
            return
        room = max(MAX_TOKENS - len(self.tokens), 0) // (len(self._in_flight) + len(due))
        for token in due:
            self._in_flight[token.batch_id] = asyncio.create_task(self._walk(token, room))

    def _is_due(self, token: Token, now: datetime) -> bool:
        awake = token.wake_at is None or token.wake_at <= now
        return awake and token.parked is None and token.batch_id not in self._in_flight

    async def _walk(self, token: Token, room: int) -> None:
        """Run one stage for a batch; what it answers are the next tokens, each with its wake time."""
        state = self.state
        order = StageOrder(
            run_id=state.run_id,
            workspace_id=state.workspace_id,
            journey_id=state.journey_id,
            version_id=state.version_id,
            token=token,
            room=room,
            bulk=state.bulk,
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
