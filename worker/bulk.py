"""What is done to many contacts at a time, beside the stages of broadcasts: loops that give way to what events set off."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import structlog
from sqlalchemy import Row

from journeys.contacts.importing import next_import, run_import
from journeys.db.retention import forget_old_files, forget_old_rows
from journeys.enrollments.bulk import advance_bulk_job, take_bulk_job
from journeys.enrollments.intake import advance_intake, put_off_intake, take_intake
from journeys.enrollments.moving import advance_move, take_move
from journeys.errors import first_line
from journeys.segments.building import build_owed
from worker.bells import Bells
from worker.resources import Resources

log = structlog.get_logger()

RETENTION_SECONDS = 3_600.0
IDLE_SECONDS = 1.0
"""How long a loop sleeps that has nothing to do, unless it is woken by an insert into its queue."""


def bulk_loops(resources: Resources) -> list[Coroutine[Any, Any, None]]:
    """Return the loops; any number of processes may run them."""
    bells = Bells(resources.database.url)
    return [
        bells.run(),
        run_intakes(resources, bells),
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


async def run_intakes(resources: Resources, bells: Bells) -> None:
    """Take segments and lists into journeys, one full batch after the other."""
    while True:
        intake = None
        try:
            async with resources.database.engine() as session:
                intake = await take_intake(session)
                taken = await advance_intake(session, intake, resources.settings.batch_size) if intake else 0
        except Exception as error:
            log.exception("intake.failed")
            await _put_off(resources, intake, error)
            continue
        if intake is None:
            await bells.wait("intakes", IDLE_SECONDS)
        if taken and intake:
            resources.live.changed(intake.workspace_id, intake.journey_id)


async def _put_off(resources: Resources, intake: Row[Any] | None, error: Exception) -> None:
    """Let other intakes go before one that failed; when the database itself is away, wait for it."""
    try:
        if intake is not None:
            async with resources.database.engine() as session:
                if not await put_off_intake(session, intake.id, first_line(error)):
                    log.error("intake.given_up", intake_id=str(intake.id))
    except Exception:
        log.exception("intake.not_put_off")
    await asyncio.sleep(1)


async def run_bulk_jobs(resources: Resources, bells: Bells) -> None:
    """Act on many contacts, one chunk of one job after the other."""
    while True:
        try:
            async with resources.database.engine() as session:
                job = await take_bulk_job(session)
                if job is not None:
                    await advance_bulk_job(session, job)
        except Exception:
            log.exception("bulk.failed")
            await asyncio.sleep(1)
            continue
        if job is None:
            await bells.wait("bulk_jobs", IDLE_SECONDS)


async def run_moves(resources: Resources, bells: Bells) -> None:
    """Move people to newer versions of their journeys."""
    while True:
        try:
            async with resources.database.engine() as session:
                if move := await take_move(session):
                    await advance_move(session, move)
                    resources.live.changed(move.workspace_id, move.journey_id)
                    continue
        except Exception:
            log.exception("move.failed")
            await asyncio.sleep(1)
        await bells.wait("moves", IDLE_SECONDS)


async def run_segment_builds(resources: Resources) -> None:
    """Find the members of segments that took too long for a request."""
    while True:
        try:
            async with resources.database.engine() as session:
                built = await build_owed(session)
            if built is not None:
                continue
        except Exception:
            log.exception("segment.failed")
        await asyncio.sleep(IDLE_SECONDS)


async def run_imports(resources: Resources, bells: Bells) -> None:
    """Work through uploads of contacts."""
    while True:
        try:
            async with resources.database.engine() as session:
                job = await next_import(session)
            if job is not None:
                await run_import(resources.database, job, resources.live.redis)
                continue
        except Exception:
            log.exception("import.failed")
        await bells.wait("import_jobs", IDLE_SECONDS)
