"""From an event to the first step that it causes, through the real ingest, router and worker processes."""

import asyncio
import time
from dataclasses import dataclass
from random import Random

import orjson
from sqlalchemy import text

from journeys.auth.keys import create_key
from journeys.graph.loading import LoadedPlan
from journeys.nodes.ops import Trigger
from tests.api.plain_http import PlainClient
from tests.bench.engine import running
from tests.bench.processes import program, read_line
from tests.bench.world import World

EVENT = "Signed Up"
WARM_UP = 5


@dataclass(frozen=True)
class Latency:
    """How long it took from the receipt of an event until its contact's first mail was with the provider, in seconds."""

    name: str
    events: int
    p50: float
    p95: float
    p99: float
    most: float

    def __str__(self) -> str:
        return (
            f"{self.name:34} {self.events:9,} events   p50 {self.p50 * 1e3:,.0f}  p95 {self.p95 * 1e3:,.0f}"
            f"  p99 {self.p99 * 1e3:,.0f}  most {self.most * 1e3:,.0f} ms"
        )


async def measure_latency(
    world: World, name: str, *, events: int, per_second: float, per_post: int, connection: str
) -> Latency:
    """Send events of contacts who are new to the journey at a steady rate; each of them lets its contact in."""
    await world.clear()
    await world.grow(WARM_UP + events)
    key = await create_key(world.database, "write", None, "bench", world.workspace_id)
    plan = await world.publish(Trigger(source="event", event=EVENT), connection)
    async with (
        running(world),
        program("tests.api.ingest_server", world.stack.database_url, env=world.env, talks=True) as api,
    ):
        address = f"http://127.0.0.1:{await read_line(api)}"
        async with PlainClient(await until_it_serves(address, key), key) as client:
            await send_events(client, EVENT, range(WARM_UP), 2, 1)
            await until_sent(world, plan, WARM_UP)
            await send_events(client, EVENT, range(WARM_UP, WARM_UP + events), per_second, per_post)
            await until_sent(world, plan, WARM_UP + events)
    return await read_latency(world, plan, name, events, after=WARM_UP)


async def until_it_serves(address: str, key: str) -> str:
    """Return the address once somebody answers there."""
    while True:
        try:
            async with PlainClient(address, key):
                return address
        except OSError:
            await asyncio.sleep(0.05)


async def send_events(
    client: PlainClient, event: str, users: range, per_second: float, per_post: int, off_beat: Random | None = None
) -> None:
    """Post on the beat, or each somewhere within its beat, whatever the answers take.

    The router gathers events for a while: on the beat, all would come at one place of its windows, of any run's choosing.
    """
    started = time.perf_counter()
    for sent in range(0, len(users), per_post):
        at = sent + (off_beat.random() * per_post if off_beat else 0.0)
        await asyncio.sleep(max(started + at / per_second - time.perf_counter(), 0))
        events = [{"type": "track", "userId": f"u{user}", "event": event} for user in users[sent : sent + per_post]]
        status = await client.post("/v1/batch", orjson.dumps({"batch": events}))
        if status != 200:
            raise RuntimeError(f"ingest answered {status}")


async def until_sent(world: World, plan: LoadedPlan, contacts: int) -> None:
    """Wait until so many first mails are with the provider."""
    query = "SELECT count(*) FROM messages WHERE version_id = :id AND node_id = 'first' AND sent_at IS NOT NULL"
    await world.until(query, contacts, id=plan.version_id)


async def read_latency(world: World, plan: LoadedPlan, name: str, events: int, *, after: int) -> Latency:
    """Return how long the first mails took, without those of the first contacts."""
    async with world.database.engine() as session:
        row = (await session.execute(_PERCENTILES, {"id": plan.version_id, "after": after})).one()
    return Latency(name, events, *row)


_PERCENTILES = text("""
    SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds), percentile_cont(0.95) WITHIN GROUP (ORDER BY seconds),
           percentile_cont(0.99) WITHIN GROUP (ORDER BY seconds), max(seconds)
    FROM (SELECT extract(epoch FROM m.sent_at - e.since_at)::float8 AS seconds
          FROM enrollments e JOIN messages m ON m.enrollment_id = e.id AND m.node_id = 'first'
          WHERE e.version_id = :id ORDER BY e.id OFFSET :after) each
""")
