"""Keep Postgres and Temporal in step: end runs that are over, start those again that Temporal has lost, fold counts."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from temporalio.client import Client, WorkflowQueryFailedError
from temporalio.service import RPCError

from journeys.auth.housekeeping import forget_expired
from journeys.db import timeseries
from journeys.db.session import Database
from journeys.enrollments.counts import fold_counts
from journeys.enrollments.exits import drop_forgotten
from journeys.enrollments.pausing import unpark_resumed
from journeys.enrollments.recovery import close_runs, list_open_runs, list_over, restart_run
from journeys.enrollments.routing import admit_changes
from journeys.errors import SojournError
from journeys.events.maintenance import forget_seen
from journeys.messaging.ledger import settle_abandoned
from journeys.segments.membership import list_live, sweep
from journeys.settings import Settings
from journeys.temporal import is_running, let_go, list_running

log = structlog.get_logger()

EVERY_SECONDS = 20.0
GRACE = timedelta(seconds=30)
"""How old a run must be before its absence from Temporal means that it was lost."""

SWEEP_SECONDS = 60.0
"""How often contacts are looked for who enter or leave a segment by time alone."""

HOUR_SECONDS = 3_600.0


class Reconciler:
    """A slow loop beside the router; several may run, each step is safe to repeat."""

    def __init__(self, database: Database, client: Client, settings: Settings) -> None:
        self._database, self._client, self._settings = database, client, settings

    async def run(self) -> None:
        """Reconcile for ever."""
        loop = asyncio.get_running_loop()
        next_hourly = next_sweep = 0.0
        while True:
            try:
                await self.reconcile()
                if loop.time() >= next_sweep:
                    await self.sweep_segments()
                    next_sweep = loop.time() + SWEEP_SECONDS
                if loop.time() >= next_hourly:
                    await self._hourly()
                    next_hourly = loop.time() + HOUR_SECONDS
            except Exception:  # a server is away; the next round tries again
                log.exception("reconcile.failed")
            await asyncio.sleep(EVERY_SECONDS)

    async def reconcile(self, grace: timedelta = GRACE) -> list[UUID]:
        """Close what is over, fold counts, and start again what Temporal does not have; return the runs started."""
        async with self._database.engine() as session:
            await close_runs(session)
            await unpark_resumed(session)
            await fold_counts(session)
            open_runs = await list_open_runs(session, grace)
        running = {workflow_id async for workflow_id in list_running(self._client)}
        await self._let_go(running - {run.workflow_id for run in open_runs}, grace)
        lost = [run for run in open_runs if run.workflow_id not in running]
        restarted = []
        for run in lost:
            # Listing lags behind by a moment: ask for this one before anything is started twice.
            if await is_running(self._client, run.workflow_id):
                continue
            try:
                async with self._database.engine() as session:
                    if await restart_run(session, run.id):
                        restarted.append(run.id)
                        log.warning("run.restarted", run_id=str(run.id))
            except SojournError:  # one that cannot be restarted keeps no other from it
                log.exception("run.stuck", run_id=str(run.id))
        return restarted

    async def _let_go(self, others: set[str], grace: timedelta) -> None:
        """End in Temporal what is over in Postgres: the news that a batch is empty may come while its stage is under way."""
        async with self._database.engine() as session:
            over = await list_over(session, others, grace)
        for each in over:
            try:
                await let_go(self._client, each)
            except (RPCError, WorkflowQueryFailedError) as error:  # it has just ended, or its worker is away
                log.warning("run.not_let_go", workflow_id=each, error=str(error))

    async def sweep_segments(self) -> None:
        """Find contacts who enter or leave a segment by time alone, and let them into the journeys it triggers."""
        async with self._database.engine() as session:
            workspace_ids = list(await session.scalars(text("SELECT DISTINCT workspace_id FROM segments WHERE live")))
        for workspace_id in workspace_ids:
            async with self._database.engine() as session:
                segments = [each for each in await list_live(session, workspace_id) if each.lapses]
            for segment in segments:
                try:
                    async with self._database.engine() as session:
                        changes = await sweep(session, segment)
                        await admit_changes(session, workspace_id, changes, f"{datetime.now(UTC):%Y-%m-%dT%H:%M}")
                except SQLAlchemyError:  # one that fails keeps no other from it
                    log.exception("segment.not_swept", segment_id=str(segment.id))

    async def _hourly(self) -> None:
        await forget_seen(self._database)
        async with self._database.engine() as session:
            await forget_expired(session)
            await settle_abandoned(session)
            await drop_forgotten(session)
        await asyncio.to_thread(timeseries.maintain_database, self._database.url, self._settings.events_retain_days)
