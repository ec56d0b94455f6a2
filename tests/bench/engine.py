"""This engine as it runs in production: router and worker processes, Temporal, Postgres."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from uuid import UUID

from sqlalchemy import text
from temporalio.client import Client

from journeys.enrollments.intake import create_intake
from journeys.graph.loading import LoadedPlan
from journeys.nodes.ops import Trigger
from tests.bench.processes import Meter, program
from tests.bench.results import Footprint, Measured
from tests.bench.world import World

WARM_UP = 10
LOOK_EVERY_SECONDS = 0.05
HISTORIES_SAMPLED = 50


@asynccontextmanager
async def running(world: World, batch_size: int = 5_000) -> AsyncIterator[dict[str, int]]:
    """Run a worker and a router over the world's servers; give all processes by name."""
    env = {**world.env, "SOJOURN_BATCH_SIZE": str(batch_size)}
    async with AsyncExitStack() as stack:
        worker = await stack.enter_async_context(program("tests.bench.worker_process", env=env))
        router = await stack.enter_async_context(program("worker.router", env=env))
        yield {"worker": worker.pid, "router": router.pid, **world.servers}


async def measure_engine(
    world: World, name: str, contacts: int, batch_size: int, connection: str, provider: dict[str, int]
) -> Measured:
    """Take a segment into the journey in batches of a size, and wait until everyone has reached the end."""
    await world.clear()
    segment_id = await world.make_segment(contacts)
    warm_up = await world.make_segment(WARM_UP)
    async with running(world, batch_size) as processes:
        await _take_in(world, await _publish(world, warm_up, connection), warm_up, WARM_UP)
        plan = await _publish(world, segment_id, connection)
        before = await _sizes(world)
        async with Meter({**processes, **provider}) as meter:
            await _take_in(world, plan, segment_id, contacts)
        after = await _sizes(world)
    await expect_sent(world, plan.version_id, contacts)
    footprint = await _footprint(world, plan.version_id, contacts, before, after)
    return Measured(name, contacts, meter.usage, footprint)


async def _publish(world: World, segment_id: UUID, connection: str) -> LoadedPlan:
    return await world.publish(Trigger(source="segment", segment_id=segment_id), connection)


async def _take_in(world: World, plan: LoadedPlan, segment_id: UUID, contacts: int) -> None:
    async with world.database.engine() as session:
        await create_intake(session, plan, "start", segment_id=segment_id)
    await until_completed(world, plan.version_id, contacts)


async def until_completed(world: World, version_id: UUID, contacts: int) -> None:
    """Wait until so many have reached the journey's end."""
    while await world.scalar(_COMPLETED, version_id=version_id) < contacts:
        await asyncio.sleep(LOOK_EVERY_SECONDS)


_COMPLETED = """
    SELECT coalesce(sum(n), 0) FROM node_counts WHERE version_id = :version_id AND node_id = '' AND measure = 'completed'
"""


async def expect_sent(world: World, version_id: UUID, contacts: int) -> None:
    """Make sure that nothing was left out: two mails for everyone."""
    sent = await world.scalar(
        "SELECT count(*) FROM messages WHERE version_id = :version_id AND state = 'sent'", version_id=version_id
    )
    if sent != 2 * contacts:
        raise RuntimeError(f"{sent:,} mails were sent to {contacts:,} contacts, not two each")


async def _sizes(world: World) -> tuple[int, int]:
    return await world.scalar("SELECT pg_database_size(current_database())"), world.temporal_bytes


async def _footprint(
    world: World, version_id: UUID, contacts: int, before: tuple[int, int], after: tuple[int, int]
) -> Footprint:
    events, size = await _histories(world, version_id)
    return Footprint(
        history_events=events / contacts,
        history_bytes=size / contacts,
        temporal_file_bytes=(after[1] - before[1]) / contacts,
        rows=await count_rows(world, version_id) / contacts,
        postgres_bytes=(after[0] - before[0]) / contacts,
    )


async def count_rows(world: World, version_id: UUID) -> int:
    """Return how many rows a version's passages are."""
    return int(await world.scalar(_ROWS, version_id=version_id))


_ROWS = """
    SELECT (SELECT count(*) FROM enrollments WHERE version_id = :version_id)
         + (SELECT count(*) FROM entries n JOIN journey_versions v ON v.journey_id = n.journey_id WHERE v.id = :version_id)
         + (SELECT count(*) FROM steps s JOIN enrollments e ON e.id = s.enrollment_id WHERE e.version_id = :version_id)
         + (SELECT count(*) FROM messages WHERE version_id = :version_id)
         + (SELECT count(*) FROM batches WHERE version_id = :version_id)
         + (SELECT count(*) FROM runs WHERE version_id = :version_id)
         + (SELECT count(*) FROM node_counts WHERE version_id = :version_id)
"""


async def _histories(world: World, version_id: UUID) -> tuple[float, float]:
    """Return the events and bytes of all runs' histories, from a sample of them."""
    async with world.database.engine() as session:
        ids = list(
            await session.scalars(text("SELECT workflow_id FROM runs WHERE version_id = :id"), {"id": version_id})
        )
    client = await Client.connect(world.stack.temporal_address)
    return await sum_histories(client, ids)


async def sum_histories(client: Client, ids: list[str]) -> tuple[float, float]:
    """Return the events and bytes of these workflows' histories; of many, a sample is asked."""
    sample = random.sample(ids, min(len(ids), HISTORIES_SAMPLED))
    told = [(await client.get_workflow_handle(each).describe()).raw_description for each in sample]
    infos = [each.workflow_execution_info for each in told]
    share = len(ids) / len(sample)
    return sum(i.history_length for i in infos) * share, sum(i.history_size_bytes for i in infos) * share
