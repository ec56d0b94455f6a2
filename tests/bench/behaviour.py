"""What contacts who wait feel: from an event to the next step it leads to, and from an exit event to the end."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

from sqlalchemy import text

from journeys.auth.keys import create_key
from journeys.enrollments.intake import create_intake
from journeys.graph.loading import LoadedPlan
from journeys.nodes.ops import Trigger
from tests.api.plain_http import PlainClient
from tests.bench.engine import running
from tests.bench.latency import Latency, send_events, until_it_serves
from tests.bench.processes import program, read_line
from tests.bench.world import World

STEP, EXIT = "Order Completed", "Subscription Cancelled"


async def measure_behaviour(world: World, waiting: int, events: int, per_second: float) -> list[Latency]:
    """Let contacts wait for an event, send it of some of them at a steady rate, then an exit event of others."""
    await world.clear()
    segment_id = await world.make_segment(waiting)
    key = await create_key(world.database, "write", None, "bench", world.workspace_id)
    plan = await world.publish_wait(Trigger(source="segment", segment_id=segment_id), event=STEP, exit_on=EXIT)
    async with running(world), serve_api(world, key) as address:
        await _let_in(world, plan, segment_id, waiting)
        async with PlainClient(address, key) as client:
            await send_events(client, STEP, range(events), per_second, 20)
        await world.until(_RELEASED, events, id=plan.version_id)
        found = [
            await _read(world, _STEPS, plan, f"next step, {waiting:,} waiting, {per_second:,.0f} events/s", events)
        ]
        leaving = range(events, events + events // 4)
        async with PlainClient(address, key) as client:
            await send_events(client, EXIT, leaving, per_second, 20)
        await world.until(_EXITED, len(leaving), id=plan.version_id)
        found.append(
            await _read(world, _EXITS, plan, f"exit, {waiting:,} waiting, {per_second:,.0f} events/s", len(leaving))
        )
    return found


@asynccontextmanager
async def serve_api(world: World, key: str) -> AsyncIterator[str]:
    """Take events over HTTP in a process of its own; give the address."""
    async with program("tests.api.ingest_server", world.stack.database_url, env=world.env, talks=True) as api:
        yield await until_it_serves(f"http://127.0.0.1:{await read_line(api)}", key)


async def _let_in(world: World, plan: LoadedPlan, segment_id: UUID, contacts: int) -> None:
    async with world.database.engine() as session:
        await create_intake(session, plan, "start", segment_id=segment_id)
    await world.until("SELECT count(*) FROM waits", contacts)


_RELEASED = "SELECT count(*) FROM enrollments WHERE version_id = :id AND state = 'completed'"
_EXITED = "SELECT count(*) FROM enrollments WHERE version_id = :id AND state = 'exited'"


async def _read(world: World, seconds: str, plan: LoadedPlan, name: str, events: int) -> Latency:
    query = f"""
        SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY s), percentile_cont(0.95) WITHIN GROUP (ORDER BY s),
               percentile_cont(0.99) WITHIN GROUP (ORDER BY s), max(s) FROM ({seconds}) each(s)
    """
    async with world.database.engine() as session:
        row = (await session.execute(text(query), {"id": plan.version_id, "step": STEP, "exit": EXIT})).one()
    return Latency(name, events, *row)


_STEPS = """
    SELECT extract(epoch FROM s.at - v.received_at)::float8 FROM enrollments e
    JOIN steps s ON s.enrollment_id = e.id AND s.node_id = 'next'
    JOIN events v ON v.contact_id = e.contact_id AND v.name = :step WHERE e.version_id = :id
"""
_EXITS = """
    SELECT extract(epoch FROM e.ended_at - v.received_at)::float8 FROM enrollments e
    JOIN events v ON v.contact_id = e.contact_id AND v.name = :exit WHERE e.version_id = :id AND e.state = 'exited'
"""
