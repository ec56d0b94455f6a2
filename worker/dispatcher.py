"""Carry dispatches to Temporal: start runs and nudge them, until each is acknowledged."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog
from temporalio.client import Client

from journeys.contracts import Nudge, RunInput
from journeys.db.session import Database
from journeys.enrollments.dispatches import acknowledge, postpone, take_dispatches
from journeys.temporal import nudge_run, start_run
from worker.bells import Bells

log = structlog.get_logger()

AT_ONCE = 20
"""How many calls to Temporal are under way; more would starve the runs that are in progress."""

IDLE_SECONDS = 1.0


class Dispatcher:
    """One loop over the dispatches; any number of them may run."""

    def __init__(self, database: Database, client: Client, bells: Bells) -> None:
        self._database, self._client, self._bells = database, client, bells

    async def run(self) -> None:
        """Dispatch for ever."""
        while True:
            try:
                sent = await self.dispatch()
            except Exception:  # the database may be away for a while; nothing is lost meanwhile
                log.exception("dispatch.failed")
                await asyncio.sleep(1)
                continue
            if not sent:
                await self._bells.wait("dispatches", IDLE_SECONDS)

    async def dispatch(self) -> int:
        """Carry what is due; return how many were taken."""
        async with self._database.engine() as session:
            due = await take_dispatches(session, AT_ONCE)
        if not due:
            return 0
        results = await asyncio.gather(*(self._carry(row) for row in due))
        async with self._database.engine() as session:
            await acknowledge(session, [row.seq for row, error in zip(due, results, strict=True) if error is None])
            for row, error in zip(due, results, strict=True):
                if error is not None:
                    await postpone(session, row.seq, error, timedelta(seconds=min(2**row.attempts, 60)))
        return len(due)

    async def _carry(self, row: Any) -> str | None:
        """Make one call; return what went wrong, if anything."""
        try:
            if row.kind == "start_run":
                if row.ended_at is None:
                    await self._start(row.payload)
            else:
                await nudge_run(self._client, row.workflow_id, Nudge.model_validate(row.payload))
        except Exception as error:  # one that cannot be carried keeps no other from it
            log.warning("dispatch.postponed", run_id=str(row.run_id), kind=row.kind, error=str(error)[:200])
            return str(error) or type(error).__name__
        return None

    async def _start(self, payload: dict[str, Any]) -> None:
        contact_id = payload.get("contact_id")
        await start_run(
            self._client,
            payload["workflow_id"],
            payload["slug"],
            RunInput.model_validate(payload["run"]),
            UUID(contact_id) if contact_id else None,
        )
