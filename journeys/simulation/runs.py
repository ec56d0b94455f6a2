"""Runs on the virtual clock: the same tokens and stages as in Temporal, walked in this process."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from uuid import UUID

from journeys.contracts import Nudge, RunInput, StageOrder, StageResult
from journeys.enrollments.run import JourneyRun
from journeys.enrollments.running import StageRunner
from journeys.errors import SojournError
from journeys.simulation.clock import VirtualClock


async def _nothing() -> None:
    return


class VirtualSeam:
    """What a run needs of the world, on a virtual clock."""

    def __init__(self, clock: VirtualClock, stages: StageRunner) -> None:
        self._clock, self._stages = clock, stages
        self.stages_run = 0
        self.before_effect: Callable[[], Awaitable[object]] = _nothing
        self.failure: BaseException | None = None
        """What no stage may raise, and so ends the simulation."""

    def now(self) -> datetime:
        """Return the virtual time."""
        return self._clock.now()

    async def sleep_until(self, at: datetime) -> None:
        """Return when the clock has jumped there."""
        await self._clock.sleep_until(at)

    async def run_stage(self, order: StageOrder) -> StageResult:
        """Run a stage against the scratch tables; the router, always quick, has had its turn before anything is sent."""
        self.stages_run += 1
        if order.token.effect:
            await self.before_effect()
        return StageResult(tokens=await self._stages.run(order))

    def parked_reason(self, error: BaseException) -> str:
        """Say why a stage failed for good."""
        if isinstance(error, SojournError):
            return error.detail
        self.failure = self.failure or error
        return f"{type(error).__name__}: {error}"[:500]


class _Run:
    """One run, and whether it waits for the clock or for news."""

    def __init__(self, state: RunInput, seam: VirtualSeam, changed: Callable[[], None]) -> None:
        self.journey = JourneyRun(state, seam)
        self.at_rest = False
        self._changed = changed
        self.task = asyncio.create_task(self._run())

    async def _run(self) -> None:
        try:
            await self.journey.run(lambda: False, self._look)
        finally:
            self.at_rest = True
            self._changed()

    def _look(self) -> None:
        """A run shows itself after each round, before it waits for the next."""
        self.at_rest = self.journey.is_idle
        if self.at_rest:
            self._changed()

    def wakes(self) -> list[datetime]:
        """Return when its tokens go on."""
        return [each.wake_at for each in self.journey.tokens.values() if each.wake_at and not each.parked]


class VirtualRuns:
    """All runs of a simulation."""

    def __init__(self, clock: VirtualClock, stages: StageRunner) -> None:
        self._clock = clock
        self.seam = VirtualSeam(clock, stages)
        self._runs: dict[UUID, _Run] = {}
        self._changed = asyncio.Event()

    def start(self, state: RunInput) -> None:
        """Begin a run."""
        self._runs[state.run_id] = _Run(state, self.seam, self._changed.set)

    def nudge(self, run_id: UUID, nudge: Nudge) -> None:
        """Bring a run news of its batches, if it goes on."""
        if run := self._runs.get(run_id):
            run.at_rest = False
            run.journey.nudge(nudge)

    def next_wake(self) -> datetime | None:
        """Return when the next batch goes on."""
        return min((wake for run in self._runs.values() for wake in run.wakes()), default=None)

    def last_wake(self, until: datetime) -> datetime | None:
        """Return the last time up to another at which a batch goes on."""
        wakes = (wake for run in self._runs.values() for wake in run.wakes() if wake <= until)
        return max(wakes, default=None)

    def advance(self, at: datetime) -> None:
        """Jump to a time; runs with batches due until then set out."""
        self._clock.advance(at)
        for run in self._runs.values():
            if any(wake <= self._clock.now() for wake in run.wakes()):
                run.at_rest = False

    async def rest(self) -> None:
        """Return once every run waits for the clock or for news, or has ended."""
        while not all(run.at_rest for run in self._runs.values()):
            self._changed.clear()
            await self._changed.wait()
        if self.seam.failure is not None:
            raise self.seam.failure
        for run_id, run in list(self._runs.items()):
            if run.task.done():
                del self._runs[run_id]
                run.task.result()

    def standing(self) -> dict[UUID, str]:
        """Return the node that each batch stands at."""
        return {each.batch_id: each.node_id for run in self._runs.values() for each in run.journey.tokens.values()}

    def parked(self) -> dict[str, str]:
        """Return, by node, why batches cannot go on."""
        tokens = [each for run in self._runs.values() for each in run.journey.tokens.values()]
        return {each.node_id: each.parked for each in tokens if each.parked}

    async def close(self) -> None:
        """Stop every run."""
        for run in self._runs.values():
            run.task.cancel()
        await asyncio.gather(*(run.task for run in self._runs.values()), return_exceptions=True)
