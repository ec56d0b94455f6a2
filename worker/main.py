"""The worker process: runs journeys and their stages (`python -m worker.main`)."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from temporalio.client import Client
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from activities.stages import StageActivities
from journeys.contracts import ACTIVITY_QUEUE, EFFECT_QUEUE, RUN_QUEUE
from journeys.settings import Settings, get_settings
from journeys.temporal import connect, ensure_search_attributes
from worker.activity_host import retry_after_deploy
from worker.logs import configure_logs
from worker.process import run_until_stopped, wait_for
from worker.resources import Resources, open_resources
from workflows.journey import JourneyWorkflow

CACHED_RUNS = 500
CUSTOM_SLOTS = 50
"""Custom stages wait for processes of their own most of the time."""

FINISH_WITHIN = timedelta(seconds=60)
"""How long a worker that is told to stop has for its stages; a send stops between two chunks."""


def make_workers(client: Client, resources: Resources) -> list[Worker]:
    """Return the workers of all queues. Stages that call the outside, and custom ones, have slots of their own."""
    stages = StageActivities(
        resources.database, resources.mailroom, resources.http, resources.live.stage_done, resources.activities
    )
    slots = resources.settings.concurrent_stages
    runs = Worker(
        client,
        task_queue=RUN_QUEUE,
        workflows=[JourneyWorkflow],
        activities=[stages.run_stage],
        workflow_runner=UnsandboxedWorkflowRunner(),
        max_cached_workflows=CACHED_RUNS,
        max_concurrent_workflow_tasks=10,
        max_concurrent_activities=slots,
        workflow_task_executor=ThreadPoolExecutor(4),
        graceful_shutdown_timeout=FINISH_WITHIN,
    )
    effects = Worker(
        client,
        task_queue=EFFECT_QUEUE,
        activities=[stages.run_stage],
        max_concurrent_activities=slots,
        graceful_shutdown_timeout=FINISH_WITHIN,
    )
    custom = Worker(
        client,
        task_queue=ACTIVITY_QUEUE,
        activities=[stages.run_stage],
        max_concurrent_activities=CUSTOM_SLOTS,
        graceful_shutdown_timeout=FINISH_WITHIN,
    )
    return [runs, effects, custom]


async def run_worker(settings: Settings) -> None:
    """Run until told to stop; stages in flight are finished first."""
    client = await wait_for("Temporal", lambda: connect(settings))
    await ensure_search_attributes(client)
    async with open_resources(settings, pool_size=settings.concurrent_stages * 2) as resources:
        workers = make_workers(client, resources)
        retrying = asyncio.create_task(retry_after_deploy(resources.database))
        await run_until_stopped(*(worker.run() for worker in workers), stop=[worker.shutdown for worker in workers])
        retrying.cancel()


def main() -> None:
    """Start the process."""
    settings = get_settings()
    configure_logs(settings.log_level)
    asyncio.run(run_worker(settings))


if __name__ == "__main__":
    main()
