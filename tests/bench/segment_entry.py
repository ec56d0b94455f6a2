"""From an event to a segment that it changes, to the entry that this causes, through ingest and router."""

from uuid import UUID

from sqlalchemy import text

from journeys.auth.keys import create_key
from journeys.nodes.ops import Hold, Trigger
from journeys.segments.queries import create_segment
from tests.api.plain_http import PlainClient
from tests.bench.behaviour import serve_api
from tests.bench.engine import running
from tests.bench.latency import WARM_UP, Latency, send_events
from tests.bench.world import World
from tests.factories.journeys import node, publish_plan

EVENT = "Order Completed"


async def measure_segment_entry(world: World, name: str, *, events: int, per_second: float, per_post: int) -> Latency:
    """Send an event of each contact, by which they come into a segment and so into a journey."""
    await world.clear()
    await world.run_sql("DELETE FROM contact_event_stats")
    await world.grow(WARM_UP + events)
    key = await create_key(world.database, "write", None, "bench", world.workspace_id)
    rule = {"event": EVENT, "op": "at_least", "count": 1}
    async with world.database.workspace(world.workspace_id) as session:
        segment_id: UUID = (await create_segment(session, world.workspace_id, name, rule)).id
    trigger = Trigger(source="segment", segment_id=segment_id, on="entered")
    plan = await publish_plan(
        world.database,
        world.workspace_id,
        [node("start", trigger, next="pause"), node("pause", Hold(seconds=86_400), next=None)],
    )
    entered = "SELECT count(*) FROM enrollments WHERE version_id = :id"
    async with running(world), serve_api(world, key) as address, PlainClient(address, key) as client:
        await send_events(client, EVENT, range(WARM_UP), 2, 1)
        await world.until(entered, WARM_UP, id=plan.version_id)
        await send_events(client, EVENT, range(WARM_UP, WARM_UP + events), per_second, per_post)
        await world.until(entered, WARM_UP + events, id=plan.version_id)
    async with world.database.engine() as session:
        row = (await session.execute(_PERCENTILES, {"id": plan.version_id, "event": EVENT, "after": WARM_UP})).one()
        await session.execute(text("DELETE FROM segments WHERE id = :id"), {"id": segment_id})
    return Latency(name, events, *row)


_PERCENTILES = text("""
    SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY s), percentile_cont(0.95) WITHIN GROUP (ORDER BY s),
           percentile_cont(0.99) WITHIN GROUP (ORDER BY s), max(s)
    FROM (SELECT extract(epoch FROM t.at - v.received_at)::float8 AS s FROM enrollments e
          JOIN trace t ON t.enrollment_id = e.id AND t.node_id = 'start'
          JOIN events v ON v.contact_id = e.contact_id AND v.name = :event
          WHERE e.version_id = :id ORDER BY e.id OFFSET :after) each
""")
