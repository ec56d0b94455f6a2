"""The bare set-based statements of the journey, as the limit: no claim, no rendering, no data out of Postgres.

Run as a program it carries one segment when told to.
"""

import asyncio
import sys
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from journeys.db.ids import new_id, new_ids
from journeys.db.session import Database
from journeys.graph.loading import LoadedPlan, get_plan
from journeys.settings import Settings
from tests.bench.children import say_and_wait

AT_ONCE = 2
"""How many batches are under way; there are no more cores than this on a small machine."""

_ENTER = """
    INSERT INTO entries (journey_id, contact_id, key, workspace_id)
    SELECT :journey_id, contact_id, '', workspace_id FROM segment_members
    WHERE segment_id = :segment_id ORDER BY contact_id OFFSET :first LIMIT :size
"""
_ENROLL = """
    INSERT INTO enrollments (id, workspace_id, journey_id, version_id, contact_id, batch_id, entry_node_id,
        cause)
    SELECT (CAST(:ids AS uuid[]))[row_number() OVER (ORDER BY contact_id)], workspace_id, :journey_id, :version_id,
        contact_id, :batch_id, 'start', 'bench'
    FROM (SELECT * FROM segment_members WHERE segment_id = :segment_id ORDER BY contact_id OFFSET :first LIMIT :size) x
"""
_SEND = """
    INSERT INTO messages (id, enrollment_id, node_id, visit, workspace_id, journey_id, version_id, contact_id,
        template_version_id, category, topic, provider, to_address, state, sent_at)
    SELECT (CAST(:ids AS uuid[]))[row_number() OVER (ORDER BY e.id)], e.id, :node_id, 1, e.workspace_id, e.journey_id,
        e.version_id, e.contact_id, :mail, 'marketing', 'marketing', 'no_op', c.email, 'sent', now()
    FROM enrollments e JOIN contacts c ON c.id = e.contact_id WHERE e.batch_id = :batch_id
"""
_STEPS = """
    INSERT INTO steps (enrollment_id, at, node_id, workspace_id, visit, outlet)
    SELECT e.id, now(), s.node_id, e.workspace_id, 1, s.outlet FROM enrollments e
    CROSS JOIN (VALUES ('pause', 'next'), ('fork', 'pro')) AS s(node_id, outlet)
    WHERE e.batch_id = :batch_id
"""
_END = """
    UPDATE enrollments SET state = 'completed', ended_at = now(), end_node_id = 'end' WHERE batch_id = :batch_id
"""


async def carry_batch(session: AsyncSession, values: dict[str, Any]) -> None:
    """Run the six statements for one batch."""
    for statement in (_ENTER, _ENROLL, _SEND, _SEND, _STEPS, _END):
        values["node_id"] = "second" if values.get("node_id") == "first" else "first"
        values["ids"] = new_ids(values["size"])
        await session.execute(text(statement), values)


async def main(version_id: UUID, segment_id: UUID, batch_size: int) -> None:
    """Carry a segment, a few batches at once, each statement's transaction being its batch's."""
    settings = Settings()
    assert settings.database_url
    database = Database(settings.database_url)
    async with database.engine() as session:
        plan: LoadedPlan = await get_plan(session, version_id)
        query = text("SELECT count(*) FROM segment_members WHERE segment_id = :id")
        contacts: int = (await session.execute(query, {"id": segment_id})).scalar_one()
    gate = asyncio.Semaphore(AT_ONCE)

    async def carry(first: int) -> None:
        values = {
            "journey_id": plan.journey_id,
            "version_id": version_id,
            "segment_id": segment_id,
            "batch_id": new_id(),
            "mail": new_id(),
            "first": first,
            "size": batch_size,
        }
        async with gate, database.engine() as session:
            await carry_batch(session, values)

    await say_and_wait("ready")
    await asyncio.gather(*(carry(first) for first in range(0, contacts, batch_size)))
    await say_and_wait("done")
    await database.close()


if __name__ == "__main__":
    asyncio.run(main(UUID(sys.argv[1]), UUID(sys.argv[2]), int(sys.argv[3])))
