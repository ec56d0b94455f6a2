"""The engine on a real Temporal server that skips time: real runs, workers and dispatches, on a clock that jumps ahead."""

import asyncio
import contextlib
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from sqlalchemy import text
from temporalio.client import Client
from temporalio.testing import TimeSkipper, TimeSkippingConfig

from journeys import clock
from tests.fakes.earnest import HOOKS, Earnest
from tests.workflows.test_journey import running
from worker.embedded.temporal import EmbeddedTemporal

PATIENCE_SECONDS = 60
LOOK_EVERY_SECONDS = 0.02
WINDING_SECONDS = 10
TOGETHER = timedelta(seconds=30)
"""What is due within this span is done at one moment: much is due at almost the same time."""


class SkippingTemporal(EmbeddedTemporal):
    """A Temporal server whose runs may skip time."""

    def command(self) -> list[str]:
        """Return the program and its arguments."""
        settings = ("frontend.WorkflowTimeSkippingEnabled=true", 'history.timerProcessorMaxTimeShift="1ms"')
        return [*super().command(), *(each for value in settings for each in ("--dynamic-config-value", value))]


@dataclass(kw_only=True)
class EarnestOnTemporal(Earnest):
    """Postgres' clock is set ahead, and each run that has something to do by then is wound forward to it."""

    client: Client
    _ahead_of: defaultdict[str, timedelta] = field(default_factory=lambda: defaultdict(timedelta))
    _skipper: TimeSkipper = field(init=False)

    async def live(self, until: datetime) -> None:
        """Let time pass up to a moment."""
        clock.CLOCK.set(self.now)
        self._skipper = TimeSkipper(self.client, config=TimeSkippingConfig(enabled=False))
        async with running(self._skipper.client, self.database, self.provider, sandbox=False, hooks=HOOKS):
            await self._pass_time(until)

    async def _wakes(self) -> list[datetime]:
        async with self.database.engine() as session:
            times = list(await session.scalars(text("SELECT wake_at FROM batches WHERE active ORDER BY 1")))
        awaited = [at for at in times if at]
        return [max(at for at in awaited if at <= awaited[0] + TOGETHER)] if awaited else []

    async def _settle(self) -> None:
        """Wait until all that is due is done, as long as something moves."""
        loop = asyncio.get_running_loop()
        steps = -1
        try:
            async with asyncio.timeout(PATIENCE_SECONDS) as patience:
                while True:
                    moved = await self._route_events()
                    await self._wind_forward()
                    await self._read_mails()
                    async with self.database.engine() as session:
                        busy, done = (await session.execute(text(_STATE))).one()
                    if not (moved or busy):
                        return
                    if moved or done != steps:
                        steps = done
                        patience.reschedule(loop.time() + PATIENCE_SECONDS)
                    await asyncio.sleep(LOOK_EVERY_SECONDS)
        except TimeoutError as error:
            async with self.database.engine() as session:
                standing = (await session.execute(text(_STANDING))).all()
            raise AssertionError(f"nothing moved for {PATIENCE_SECONDS} s: {standing}") from error

    async def _wind_forward(self) -> None:
        """Bring each run that sleeps although something is due to the time that it is."""
        async with self.database.engine() as session:
            due = (await session.execute(text(_DUE))).all()
        now = datetime.now(UTC)
        asleep = [workflow_id for workflow_id, wake_at in due if now + self._ahead_of[workflow_id] < wake_at]
        await asyncio.gather(*map(self._wind, asleep))

    async def _wind(self, workflow_id: str) -> None:
        run = self.client.get_workflow_handle(workflow_id)
        target = self.now() + timedelta(seconds=1)
        lacking = target - (datetime.now(UTC) + self._ahead_of[workflow_id])
        with contextlib.suppress(TimeoutError):  # a server stops to skip where much comes in between
            await asyncio.wait_for(self._skipper.fast_forward(run, lacking), WINDING_SECONDS)
        self._ahead_of[workflow_id] = await self._skipper.get_current_time(run) - datetime.now(UTC)


_DUE = """
    SELECT r.workflow_id, max(b.wake_at) FROM batches b JOIN runs r ON r.id = b.run_id
    WHERE b.active AND b.wake_at <= now() AND r.ended_at IS NULL
      AND NOT EXISTS (SELECT 1 FROM dispatches d WHERE d.run_id = r.id)
    GROUP BY r.id
"""
_STATE = """
    SELECT EXISTS (SELECT 1 FROM dispatches) OR EXISTS (SELECT 1 FROM event_queue)
        OR EXISTS (SELECT 1 FROM batches WHERE active AND coalesce(wake_at, now()) <= now()),
        (SELECT count(*) FROM trace)
"""
_STANDING = """
    SELECT 'batch', r.workflow_id, b.node_id, b.wake_at::text FROM batches b LEFT JOIN runs r ON r.id = b.run_id
    WHERE b.active AND coalesce(b.wake_at, now()) <= now()
    UNION ALL SELECT kind, run_id::text, last_error, not_before::text FROM dispatches
    UNION ALL SELECT type, contact_id::text, name, not_before::text FROM event_queue
"""
