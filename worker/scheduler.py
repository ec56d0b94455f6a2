"""The scheduler: lets contacts in by the clock, and looks at what time alone brings about. Beside every router.

Any number may run: each moment is taken by whoever writes its row first, and a look that is made twice finds nothing new.
"""

import asyncio
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy.engine import Row

from journeys.enrollments.conditions import queue_met_by_time
from journeys.enrollments.firing import fire_journey, forget_firings, list_clocked
from worker.resources import Resources

log = structlog.get_logger()

TICK_SECONDS = 1.0
CONDITIONS_SECONDS = 30.0
"""How often it is looked at which conditions, exits and goals time alone has brought about."""

HOUR_SECONDS = 3_600.0
OVERLAP = timedelta(minutes=5)
"""How far back dates are looked at again, for a version that was published while this process looked."""


class Scheduler:
    """A loop that ticks every second."""

    def __init__(self, resources: Resources) -> None:
        self._resources = resources
        self._looked: dict[UUID, datetime] = {}
        """Up to when this process has looked at the dates of each version."""

    async def run(self) -> None:
        """Tick for ever."""
        loop = asyncio.get_running_loop()
        next_look = next_hourly = 0.0
        while True:
            try:
                await self.tick()
                if loop.time() >= next_look:
                    next_look = loop.time() + CONDITIONS_SECONDS
                    await self._look_at_conditions()
                if loop.time() >= next_hourly:
                    next_hourly = loop.time() + HOUR_SECONDS
                    await self._tidy()
            except Exception:  # the database is away; the next tick makes up for this one
                log.exception("tick.failed")
            await asyncio.sleep(TICK_SECONDS)

    async def tick(self) -> int:
        """Fire what is due, each journey in a transaction of its own; return how many intakes are owed for it."""
        async with self._resources.database.engine() as session:
            journeys = await list_clocked(session)
        owed = 0
        for row in journeys:
            try:
                owed += await self._fire(row)
            except Exception:  # one journey must not stop the others
                log.exception("journey.not_fired", journey_id=str(row.journey_id))
        return owed

    async def _fire(self, row: Row[Any]) -> int:
        async with self._resources.database.engine() as session:
            owed = await fire_journey(session, row, self._looked.get(row.version_id))
        self._looked[row.version_id] = row.now - OVERLAP
        if owed:
            log.info("journey.fired", journey_id=str(row.journey_id), intakes=owed)
            self._resources.live.changed(row.workspace_id, row.journey_id)
        return owed

    async def _look_at_conditions(self) -> None:
        async with self._resources.database.engine() as session:
            await queue_met_by_time(session)

    async def _tidy(self) -> None:
        async with self._resources.database.engine() as session:
            await forget_firings(session)
