"""What contacts leave behind: history in Temporal, rows and bytes in Postgres."""

import random
from uuid import UUID

from sqlalchemy import text
from temporalio.client import Client

from tests.bench.results import Footprint
from tests.bench.world import World

HISTORIES_SAMPLED = 50


async def expect_sent(world: World, version_id: UUID, contacts: int) -> None:
    """Make sure that nothing was left out: two mails for everyone."""
    sent = await world.scalar(
        "SELECT count(*) FROM messages WHERE version_id = :version_id AND state = 'sent'", version_id=version_id
    )
    if sent != 2 * contacts:
        raise RuntimeError(f"{sent:,} mails were sent to {contacts:,} contacts, not two each")


async def bytes_used(world: World) -> tuple[int, int]:
    """Return the size of the database and of Temporal's file."""
    return await world.scalar("SELECT pg_database_size(current_database())"), world.temporal_bytes


async def measure_footprint(
    world: World, version_id: UUID, contacts: int, workflow_ids: list[str], before: tuple[int, int]
) -> Footprint:
    """Return what each contact of a version left, since the bytes were looked at before."""
    after = await bytes_used(world)
    events, history_bytes = await _sum_histories(world, workflow_ids)
    return Footprint(
        history_events=events / contacts,
        history_bytes=history_bytes / contacts,
        temporal_file_bytes=(after[1] - before[1]) / contacts,
        rows=await world.scalar(_ROWS, version_id=version_id) / contacts,
        postgres_bytes=(after[0] - before[0]) / contacts,
    )


_ROWS = """
    SELECT (SELECT count(*) FROM enrollments WHERE version_id = :version_id)
         + (SELECT count(*) FROM entries n JOIN journey_versions v ON v.journey_id = n.journey_id WHERE v.id = :version_id)
         + (SELECT count(*) FROM steps s JOIN enrollments e ON e.id = s.enrollment_id WHERE e.version_id = :version_id)
         + (SELECT count(*) FROM messages WHERE version_id = :version_id)
         + (SELECT count(*) FROM batches WHERE version_id = :version_id)
         + (SELECT count(*) FROM runs WHERE version_id = :version_id)
         + (SELECT count(*) FROM node_counts WHERE version_id = :version_id)
"""


async def list_runs(world: World, version_id: UUID) -> list[str]:
    """Return the workflow ids of the engine's runs of a version."""
    async with world.database.engine() as session:
        query = text("SELECT workflow_id FROM runs WHERE version_id = :id")
        return list(await session.scalars(query, {"id": version_id}))


async def list_enrollments(world: World, version_id: UUID) -> list[str]:
    """Return the ids of a version's enrollments, which the peers' pattern names its workflows by."""
    async with world.database.engine() as session:
        query = text("SELECT id::text FROM enrollments WHERE version_id = :id")
        return list(await session.scalars(query, {"id": version_id}))


async def _sum_histories(world: World, workflow_ids: list[str]) -> tuple[float, float]:
    """Return the events and bytes of these workflows' histories; of many, a sample is asked."""
    if not workflow_ids:
        return 0, 0
    client = await Client.connect(world.stack.temporal_address)
    sample = random.sample(workflow_ids, min(len(workflow_ids), HISTORIES_SAMPLED))
    told = [(await client.get_workflow_handle(each).describe()).raw_description for each in sample]
    infos = [each.workflow_execution_info for each in told]
    share = len(workflow_ids) / len(sample)
    return sum(i.history_length for i in infos) * share, sum(i.history_size_bytes for i in infos) * share
