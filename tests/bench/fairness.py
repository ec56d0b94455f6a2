"""What a broadcast does to others: how long a triggered mail takes alone, and while a segment is being mailed."""

import time
from contextlib import AsyncExitStack
from dataclasses import dataclass

from journeys.auth.keys import create_key
from journeys.enrollments.intake import create_intake
from journeys.graph.loading import LoadedPlan
from journeys.nodes.ops import Trigger
from tests.api.plain_http import PlainClient
from tests.bench.latency import EVENT, WARM_UP, Latency, read_latency, send_events, until_it_serves, until_sent
from tests.bench.processes import program, read_line
from tests.bench.world import World
from worker.main import ROLES


@dataclass(frozen=True)
class Fairness:
    """The same triggered mails alone and beside a broadcast of so many contacts, and how fast that went meanwhile."""

    alone: Latency
    beside: Latency
    broadcast: int
    broadcast_per_second: float

    @property
    def slowdown(self) -> float:
        """Return p95 beside the broadcast over p95 alone."""
        return self.beside.p95 / self.alone.p95

    def __str__(self) -> str:
        return (
            f"{self.alone}\n{self.beside}\nbroadcast of {self.broadcast:,}: {self.broadcast_per_second:,.0f} contacts/s"
            f" meanwhile; p95 x {self.slowdown:.2f}"
        )


async def measure_fairness(world: World, broadcast: int, events: int, per_second: float, connection: str) -> Fairness:
    """Send the same events twice, the second time while a segment goes through the measured journey."""
    await world.clear()
    segment_id = await world.make_segment(broadcast)
    first = world.contacts
    await world.grow(first + 2 * (WARM_UP + events))
    key = await create_key(world.database, "write", None, "bench", world.workspace_id)
    triggered = await world.publish(Trigger(source="event", event=EVENT), connection)
    blast = await world.publish(Trigger(source="segment", segment_id=segment_id), connection)
    async with AsyncExitStack() as stack:
        for role in ROLES:
            await stack.enter_async_context(program("tests.bench.worker_process", role, env=world.env))
        await stack.enter_async_context(program("worker.router", env=world.env))
        api = await stack.enter_async_context(
            program("tests.api.ingest_server", world.stack.database_url, env=world.env, talks=True)
        )
        address = await until_it_serves(f"http://127.0.0.1:{await read_line(api)}", key)

        async def let_in(users: range, rate: float) -> range:
            async with PlainClient(address, key) as client:
                await send_events(client, EVENT, users, rate, 1)
            return users

        users = await let_in(range(first, first + WARM_UP), 2)
        await until_sent(world, triggered, WARM_UP)
        users = await let_in(range(users.stop, users.stop + events), per_second)
        await until_sent(world, triggered, WARM_UP + events)
        alone = await read_latency(world, triggered, "triggered mail alone", events, after=WARM_UP)
        async with world.database.engine() as session:
            await create_intake(session, blast, "start", segment_id=segment_id)
        await until_sent(world, blast, 1)
        sent, started = await _count(world, blast), time.perf_counter()
        await let_in(range(users.stop, users.stop + events), per_second)
        rate = (await _count(world, blast) - sent) / (time.perf_counter() - started)
        await until_sent(world, triggered, WARM_UP + 2 * events)
        beside = await read_latency(world, triggered, "beside a broadcast", events, after=WARM_UP + events)
    return Fairness(alone, beside, broadcast, rate)


async def _count(world: World, plan: LoadedPlan) -> int:
    query = "SELECT count(*) FROM messages WHERE version_id = :id AND sent_at IS NOT NULL"
    found: int = await world.scalar(query, id=plan.version_id)
    return found
