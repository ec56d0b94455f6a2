"""The router process: events in, contacts on their way (`python -m worker.router`). Any number may run."""

import asyncio
import time

import structlog

from journeys.db.ids import new_id
from journeys.enrollments.routing import Lease, LeaseLost, Routed, put_off_first, route_window
from journeys.errors import first_line
from journeys.settings import Settings, get_settings
from journeys.temporal import connect, ensure_search_attributes
from worker.bells import Bells
from worker.dispatcher import Dispatcher
from worker.leases import claim_partitions, release_partitions
from worker.logs import configure_logs
from worker.process import run_until_stopped, wait_for
from worker.reconciler import Reconciler
from worker.resources import Resources, open_resources
from worker.scheduler import Scheduler

log = structlog.get_logger()

WINDOW_EVENTS = 2_000
BUSY_EVENTS = 20
CROWD = 100

IDLE_SECONDS = 1.0
"""How long a loop sleeps that has nothing to do, unless it is woken by an insert into its queue."""

LEASE_SECONDS = 3.0


class Router:
    """The loop that routes the partitions it holds."""

    def __init__(self, resources: Resources, bells: Bells) -> None:
        self._resources, self._bells = resources, bells
        self._owner = new_id()
        self._lease = Lease(self._owner, {})

    async def run(self) -> None:
        """Route for ever; give the partitions back at the end."""
        keeping = asyncio.create_task(self._keep_lease())
        try:
            while True:
                await self._turn()
        finally:
            keeping.cancel()
            async with self._resources.database.engine() as session:
                await release_partitions(session, self._owner)

    async def _turn(self) -> None:
        started = time.monotonic()
        try:
            routed = await self.route(WINDOW_EVENTS)
        except LeaseLost:
            await self._claim()
            return
        except Exception:  # one event must not stop the others: find it and put it off
            log.exception("window.failed")
            await self._route_one_by_one()
            return
        if windows := windows_to_gather(routed):
            rest = windows * self._resources.settings.router_window_seconds - (time.monotonic() - started)
            await asyncio.sleep(max(rest, 0))
        elif not routed.taken:
            await self._bells.wait("event_queue", IDLE_SECONDS)

    async def route(self, size: int) -> Routed:
        """Route one window and pass on what came of it."""
        if not self._lease.fences:
            await self._claim()
            if not self._lease.fences:
                await asyncio.sleep(LEASE_SECONDS / 3)
                return Routed()
        async with self._resources.database.engine() as session:
            routed = await route_window(session, self._lease, size)
        for workspace_id, journey_ids in routed.journeys.items():
            for journey_id in journey_ids:
                self._resources.live.changed(workspace_id, journey_id)
        return routed

    async def _route_one_by_one(self) -> None:
        """After a window failed: route events singly, and put off the one that fails."""
        for _ in range(WINDOW_EVENTS):
            try:
                if not (await self.route(1)).taken:
                    return
            except LeaseLost:
                return
            except Exception as error:
                try:
                    async with self._resources.database.engine() as session:
                        put_off = await put_off_first(session, self._lease, first_line(error))
                except Exception:  # the database itself is away
                    await asyncio.sleep(1)
                    return
                if put_off:
                    outcome = "event.dead" if put_off.dead else "event.postponed"
                    log.error(outcome, event_id=str(put_off.event_id), error=first_line(error))

    async def _claim(self) -> None:
        async with self._resources.database.engine() as session:
            self._lease = await claim_partitions(session, self._owner)

    async def _keep_lease(self) -> None:
        while True:
            await asyncio.sleep(LEASE_SECONDS)
            try:
                await self._claim()
            except Exception:
                log.exception("lease.lost")
                self._lease = Lease(self._owner, {})


def windows_to_gather(routed: Routed) -> int:
    """Return for how many windows events may gather before the next turn.

    A run costs Temporal the same whomever it carries, so one who comes alone is not kept waiting, and many share theirs.
    """
    if routed.moved > CROWD:
        return 2
    return 1 if routed.moved or routed.taken > BUSY_EVENTS else 0


async def run_router(settings: Settings) -> None:
    """Run until told to stop."""
    client = await wait_for("Temporal", lambda: connect(settings))
    await ensure_search_attributes(client)
    async with open_resources(settings, pool_size=6) as resources:
        bells = Bells(resources.database.url)
        await run_until_stopped(
            bells.run(),
            Router(resources, bells).run(),
            Dispatcher(resources.database, client, bells).run(),
            Scheduler(resources).run(),
            Reconciler(resources.database, client, settings).run(),
        )


def main() -> None:
    """Start the process."""
    settings = get_settings()
    configure_logs(settings.log_level)
    asyncio.run(run_router(settings))


if __name__ == "__main__":
    main()
