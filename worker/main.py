"""The worker process: runs journeys and their stages (`python -m worker.main`)."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from temporalio.client import Client
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from activities.stages import StageActivities
from journeys.contracts import EFFECT_QUEUE, RUN_QUEUE
from journeys.settings import Settings, get_settings
from journeys.temporal import connect, ensure_search_attributes
from worker.logs import configure_logs
from worker.process import run_until_stopped, wait_for
from worker.resources import Resources, open_resources
from workflows.journey import JourneyWorkflow

CACHED_RUNS = 500

FINISH_WITHIN = timedelta(seconds=60)
"""How long a worker that is told to stop has for its stages; a send stops between two chunks."""


def make_workers(client: Client, resources: Resources) -> list[Worker]:
    """Return the workers of both queues. Stages that call the outside have a queue, and slots, of their own."""
    stages = StageActivities(resources.database, resources.mailroom, resources.http, resources.live.stage_done)
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
    return [runs, effects]


async def run_worker(settings: Settings) -> None:
    """Run until told to stop; stages in flight are finished first."""
    client = await wait_for("Temporal", lambda: connect(settings))
    await ensure_search_attributes(client)
    async with open_resources(settings, pool_size=settings.concurrent_stages * 2) as resources:
        workers = make_workers(client, resources)
        await run_until_stopped(*(worker.run() for worker in workers), stop=[worker.shutdown for worker in workers])


def main() -> None:
    """Start the process."""
    settings = get_settings()
    configure_logs(settings.log_level)
    asyncio.run(run_worker(settings))


if __name__ == "__main__":
    main()
