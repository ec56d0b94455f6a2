"""The worker process: runs journeys and their stages (`python -m worker.main`).

Told `triggered` or `bulk` it takes all but the stages of broadcasts, or these alone, with intakes, imports and other work
on many contacts. In a process of their own, they take neither slots nor the event loop from contacts whom an event let in.
"""

import asyncio
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from datetime import timedelta
from typing import Any

from temporalio.client import Client
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from activities.slots import Slots
from activities.stages import StageActivities
from journeys.contracts import ACTIVITY_QUEUE, BULK_QUEUE, EFFECT_QUEUE, RUN_QUEUE
from journeys.db.session import Turn
from journeys.settings import Settings, get_settings
from journeys.temporal import connect, ensure_search_attributes
from worker.activity_host import retry_after_deploy
from worker.bells import Bells
from worker.bulk import bulk_loops
from worker.logs import configure_logs
from worker.niceness import stand_back
from worker.process import run_until_stopped, wait_for
from worker.resources import Resources, open_resources
from worker.turns import Turns
from worker.versions import deployment_of, promote, versioned_build
from workflows.journey import JourneyWorkflow

CACHED_RUNS = 500
SLOTS_PER_STAGE = 4
"""How many slots what calls the outside has for each stage that may be at work: most only wait for an answer.

How many are at work is bounded by the connections to the database, which no stage holds while it waits.
"""
CUSTOM_SLOTS = 50
"""Custom stages wait for processes of their own most of the time."""

FINISH_WITHIN = timedelta(seconds=60)
"""How long a worker that is told to stop has for its stages; a send stops between two chunks."""


TRIGGERED, BULK = "triggered", "bulk"
ROLES = (TRIGGERED, BULK)


def make_workers(
    client: Client, resources: Resources, roles: Sequence[str] = ROLES, build_id: str | None = None
) -> list[Worker]:
    """Return the workers of the queues of some roles. What calls the outside, or is custom, has slots of its own.

    With a build id, the runs are versioned. What is called outside is not: a mended stage serves runs of every version.
    """
    settings = resources.settings

    def worker(queue: str, slots: int, **options: Any) -> Worker:
        stages = StageActivities(
            resources.database,
            resources.mailroom,
            resources.http,
            resources.live.stage_done,
            resources.activities,
            Slots(slots),
        )
        return Worker(
            client,
            task_queue=queue,
            activities=[stages.run_stage],
            max_concurrent_activities=slots,
            graceful_shutdown_timeout=FINISH_WITHIN,
            **options,
        )

    workers = []
    if TRIGGERED in roles:
        runs = worker(
            RUN_QUEUE,
            settings.concurrent_stages,
            workflows=[JourneyWorkflow],
            workflow_runner=UnsandboxedWorkflowRunner(),
            max_cached_workflows=CACHED_RUNS,
            max_concurrent_workflow_tasks=10,
            max_concurrent_local_activities=settings.concurrent_stages,  # more would wait for the pool, and time out
            workflow_task_executor=ThreadPoolExecutor(4),
            deployment_config=deployment_of(build_id) if build_id else None,
        )
        effects = worker(EFFECT_QUEUE, SLOTS_PER_STAGE * settings.concurrent_stages)
        workers += [runs, effects, worker(ACTIVITY_QUEUE, CUSTOM_SLOTS)]
    if BULK in roles:
        workers.append(worker(BULK_QUEUE, SLOTS_PER_STAGE * settings.concurrent_bulk_stages))
    return workers


async def run_worker(settings: Settings, roles: Sequence[str] = ROLES) -> None:
    """Run until told to stop; stages in flight are finished first."""
    client = await wait_for("Temporal", lambda: connect(settings))
    await ensure_search_attributes(client)
    at_work = settings.concurrent_stages if TRIGGERED in roles else settings.concurrent_bulk_stages
    bells = Bells(settings.database_url or "")
    turns = Turns(bells)
    gives_way = roles == [BULK] and settings.bulk_niceness > 0
    lower = stand_back(settings.database_url or "", settings.bulk_niceness) if gives_way else None
    turn: Turn = turns.take if gives_way else nullcontext
    async with open_resources(settings, pool_size=at_work * 2, on_connect=lower, turn=turn) as resources:
        build_id = await versioned_build(client, settings)
        workers = make_workers(client, resources, roles, build_id)
        beside = [asyncio.create_task(retry_after_deploy(resources.database))]
        if settings.promote and TRIGGERED in roles:
            beside.append(asyncio.create_task(promote(client, build_id)))
        if BULK in roles:
            beside += [asyncio.create_task(loop) for loop in bulk_loops(resources, bells, turns)]
        if gives_way:
            beside.append(asyncio.create_task(turns.run()))
        await run_until_stopped(*(worker.run() for worker in workers), stop=[worker.shutdown for worker in workers])
        for task in beside:
            task.cancel()


def main() -> None:
    """Start the process."""
    settings = get_settings()
    configure_logs(settings.log_level)
    roles = [role for role in ROLES if role in sys.argv[1:]] or ROLES
    asyncio.run(run_worker(settings, roles))


if __name__ == "__main__":
    main()
