"""This engine as it runs in production: router and worker processes over Temporal and Postgres."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from uuid import UUID

from journeys.enrollments.intake import create_intake
from journeys.graph.loading import LoadedPlan
from journeys.nodes.ops import Trigger
from tests.bench.footprint import bytes_used, expect_sent, list_runs, measure_footprint
from tests.bench.processes import Meter, program
from tests.bench.results import Measured
from tests.bench.world import World

WARM_UP = 10


@asynccontextmanager
async def running(world: World, batch_size: int = 5_000) -> AsyncIterator[dict[str, int]]:
    """Run a worker and a router over the world's servers; give all processes by name."""
    env = {**world.env, "SOJOURN_BATCH_SIZE": str(batch_size)}
    async with AsyncExitStack() as stack:
        worker = await stack.enter_async_context(program("tests.bench.worker_process", env=env))
        router = await stack.enter_async_context(program("worker.router", env=env))
        yield {"worker": worker.pid, "router": router.pid, **world.servers}


async def measure_engine(
    world: World, name: str, contacts: int, batch_size: int, connection: str, provider: Mapping[str, int]
) -> Measured:
    """Take a segment into the journey in batches of a size, and wait until everyone has reached the end."""
    await world.clear()
    segment_id, warm_up = await world.make_segment(contacts), await world.make_segment(WARM_UP)
    async with running(world, batch_size) as processes:
        await _take_in(world, await _publish(world, warm_up, connection), warm_up, WARM_UP)
        plan = await _publish(world, segment_id, connection)
        before = await bytes_used(world)
        async with Meter({**processes, **provider}) as meter:
            await _take_in(world, plan, segment_id, contacts)
    await expect_sent(world, plan.version_id, contacts)
    runs = await list_runs(world, plan.version_id)
    footprint = await measure_footprint(world, plan.version_id, contacts, runs, before)
    return Measured(name, contacts, meter.usage, footprint)


async def _publish(world: World, segment_id: UUID, connection: str) -> LoadedPlan:
    return await world.publish(Trigger(source="segment", segment_id=segment_id), connection)


async def _take_in(world: World, plan: LoadedPlan, segment_id: UUID, contacts: int) -> None:
    async with world.database.engine() as session:
        await create_intake(session, plan, "start", segment_id=segment_id)
    await world.until(_COMPLETED, contacts, version_id=plan.version_id)


_COMPLETED = """
    SELECT coalesce(sum(n), 0) FROM node_counts WHERE version_id = :version_id AND node_id = '' AND measure = 'completed'
"""
