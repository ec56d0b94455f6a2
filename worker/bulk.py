"""What is done to many contacts at a time, beside the stages of broadcasts: loops that give way to what events set off."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from journeys.contacts.importing import next_import, run_import
from journeys.contacts.models import ImportJob
from journeys.db.patience import put_off
from journeys.db.retention import forget_old_files, forget_old_rows
from journeys.enrollments.bulk import advance_bulk_job, take_bulk_job
from journeys.enrollments.intake import advance_intake, take_intake
from journeys.enrollments.moving import advance_move, take_move
from journeys.errors import first_line
from journeys.segments.building import build_taken, take_owed
from worker.bells import Bells
from worker.resources import Resources
from worker.turns import Turns

log = structlog.get_logger()

RETENTION_SECONDS = 3_600.0
PAUSE_SECONDS = 1.0
"""How long a loop rests after something failed, or after a full batch while others should go first."""
IDLE_SECONDS = 1.0
"""How long a loop sleeps that has nothing to do, unless it is woken by an insert into its queue."""


def bulk_loops(resources: Resources, bells: Bells, turns: Turns) -> list[Coroutine[Any, Any, None]]:
    """Return the loops; any number of processes may run them."""
    return [
        bells.run(),
        run_intakes(resources, bells, turns),
        run_imports(resources, bells),
        run_moves(resources, bells),
        run_bulk_jobs(resources, bells),
        run_segment_builds(resources),
        run_retention(resources),
    ]


async def run_retention(resources: Resources) -> None:
    """Forget what is older than it is kept."""
    while True:
        try:
            forgotten = await forget_old_rows(resources.database, resources.settings)
            files = await asyncio.to_thread(forget_old_files, resources.settings)
            log.info("retention.done", files=files, **forgotten)
        except Exception:
            log.exception("retention.failed")
        await asyncio.sleep(RETENTION_SECONDS)


Take = Callable[[AsyncSession], Awaitable[Any]]
Advance = Callable[[AsyncSession, Any], Awaitable[object]]


async def attempt(resources: Resources, table: str, take: Take, advance: Advance) -> bool:
    """Take one piece of work and advance it in one transaction; put off what fails. Return whether there was any."""
    work_id: UUID | None = None
    try:
        async with resources.database.engine() as session:
            if work := await take(session):
                work_id = work.id
                await advance(session, work)
            return work is not None
    except Exception as error:
        log.exception("work.failed", table=table, id=str(work_id))
        await _put_off(resources, table, work_id, error)
        return True


async def _put_off(resources: Resources, table: str, work_id: UUID | None, error: Exception) -> None:
    """Let others go before what failed; when the database itself is away, wait for it."""
    try:
        if work_id is not None:
            async with resources.database.engine() as session:
                if not await put_off(session, table, work_id, first_line(error)):
                    log.error("work.given_up", table=table, id=str(work_id))
    except Exception:
        log.exception("work.not_put_off", table=table)
    await asyncio.sleep(PAUSE_SECONDS)


async def run_intakes(resources: Resources, bells: Bells, turns: Turns) -> None:
    """Take segments and lists into journeys, one full batch after the other."""
    let_in, batch_size = 0, resources.settings.batch_size

    async def advance(session: AsyncSession, intake: Row[Any]) -> None:
        nonlocal let_in
        let_in = await advance_intake(session, intake, batch_size)
        if let_in:
            resources.live.changed(intake.workspace_id, intake.journey_id)

    while True:
        let_in = 0
        if not await attempt(resources, "intakes", take_intake, advance):
            await bells.wait("intakes", IDLE_SECONDS)
        elif turns.has_company():  # to enter long before anything else is done gains nobody anything
            await asyncio.sleep(PAUSE_SECONDS * let_in / batch_size)


async def run_bulk_jobs(resources: Resources, bells: Bells) -> None:
    """Act on many contacts, one chunk of one job after the other."""
    while True:
        if not await attempt(resources, "bulk_jobs", take_bulk_job, advance_bulk_job):
            await bells.wait("bulk_jobs", IDLE_SECONDS)


async def run_moves(resources: Resources, bells: Bells) -> None:
    """Move people to newer versions of their journeys."""

    async def advance(session: AsyncSession, move: Row[Any]) -> None:
        await advance_move(session, move)
        resources.live.changed(move.workspace_id, move.journey_id)

    while True:
        if not await attempt(resources, "moves", take_move, advance):
            await bells.wait("moves", IDLE_SECONDS)


async def run_segment_builds(resources: Resources) -> None:
    """Find the members of segments that took too long for a request."""
    while True:
        if not await attempt(resources, "segments", take_owed, build_taken):
            await asyncio.sleep(IDLE_SECONDS)


async def run_imports(resources: Resources, bells: Bells) -> None:
    """Work through uploads of contacts, each in many transactions."""
    while True:
        job: ImportJob | None = None
        try:
            async with resources.database.engine() as session:
                job = await next_import(session)
            if job is not None:
                await run_import(resources.database, job, resources.live.redis)
                continue
        except Exception as error:
            log.exception("import.failed")
            if job is not None:
                await _put_off(resources, "import_jobs", job.id, error)
                continue
        await bells.wait("import_jobs", IDLE_SECONDS)
