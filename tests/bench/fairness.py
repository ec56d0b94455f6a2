"""What a broadcast does to others: how long triggered mails take alone and beside one, by turns, and where the time goes."""

import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from random import Random

from journeys.auth.keys import create_key
from journeys.enrollments.intake import create_intake
from journeys.graph.loading import LoadedPlan
from journeys.nodes.ops import Trigger
from tests.api.plain_http import PlainClient
from tests.bench.latency import EVENT, WARM_UP, Latency, send_events, until_it_serves, until_sent
from tests.bench.processes import program, read_line
from tests.bench.stages import Mailed, list_mailed, percentile, show_stages
from tests.bench.world import World
from worker.main import ROLES


@dataclass(frozen=True)
class Fairness:
    """The same triggered mails alone and beside broadcasts of so many contacts, and how fast these went meanwhile."""

    alone: Latency
    beside: Latency
    broadcast: int
    broadcast_per_second: float
    stages: str
    """How long each stage of a mail's way took, alone and beside."""

    @property
    def slowdown(self) -> float:
        """Return p95 beside the broadcast over p95 alone."""
        return self.beside.p95 / self.alone.p95

    def __str__(self) -> str:
        return (
            f"{self.alone}\n{self.beside}\n{self.stages}\nbroadcast of {self.broadcast:,}: "
            f"{self.broadcast_per_second:,.0f} contacts/s meanwhile; p95 x {self.slowdown:.2f}"
        )


async def measure_fairness(
    world: World, broadcast: int, events: int, rounds: int, per_second: float, connection: str
) -> Fairness:
    """Send as many events alone as beside a broadcast, in turns, so that what else the machine does strikes both."""
    await world.clear()
    segment_id = await world.make_segment(broadcast)
    first = world.contacts
    await world.grow(first + WARM_UP + 2 * rounds * events)
    key = await create_key(world.database, "write", None, "bench", world.workspace_id)
    triggered = await world.publish(Trigger(source="event", event=EVENT), connection)
    alone: list[Mailed] = []
    beside: list[Mailed] = []
    speeds: list[float] = []
    async with AsyncExitStack() as stack:
        for role in ROLES:
            await stack.enter_async_context(program("tests.bench.worker_process", role, env=world.env))
        await stack.enter_async_context(program("worker.router", env=world.env))
        api = await stack.enter_async_context(
            program("tests.api.ingest_server", world.stack.database_url, env=world.env, talks=True)
        )
        address = await until_it_serves(f"http://127.0.0.1:{await read_line(api)}", key)
        sent = 0

        chance = Random(1)

        async def let_in(n: int, rate: float) -> None:
            nonlocal sent
            async with PlainClient(address, key) as client:
                await send_events(client, EVENT, range(first + sent, first + sent + n), rate, 1, chance)
            sent += n

        async def measure() -> list[Mailed]:
            before = sent
            await let_in(events, per_second)
            await until_sent(world, triggered, sent)
            return await list_mailed(world, triggered, before)

        await let_in(WARM_UP, 2)
        await until_sent(world, triggered, WARM_UP)
        for _ in range(rounds):
            alone += await measure()
            blast = await world.publish(Trigger(source="segment", segment_id=segment_id), connection)
            async with world.database.engine() as session:
                await create_intake(session, blast, "start", segment_id=segment_id)
            await until_sent(world, blast, 1)
            mailed, started = await _count(world, blast), time.perf_counter()
            beside += await measure()
            speeds.append((await _count(world, blast) - mailed) / (time.perf_counter() - started))
            await _end(world, blast)
    return Fairness(
        _latency("triggered mail alone", alone),
        _latency("beside a broadcast", beside),
        broadcast,
        sum(speeds) / rounds,
        show_stages({"alone": alone, "beside": beside}),
    )


def _latency(name: str, mailed: Sequence[Mailed]) -> Latency:
    seconds = [each.seconds for each in mailed]
    return Latency(name, len(seconds), *(percentile(seconds, share) for share in (0.5, 0.95, 0.99, 1.0)))


async def _end(world: World, plan: LoadedPlan) -> None:
    """Stop what is left of a broadcast, and let the servers tidy up before the next mails go alone."""
    await world.run_sql("UPDATE journeys SET state = 'archived' WHERE id = :id", id=plan.journey_id)
    query = "SELECT CASE WHEN EXISTS (SELECT FROM batches WHERE version_id = :id AND active) THEN 0 ELSE 1 END"
    await world.until(query, 1, id=plan.version_id)
    await world.tidy()


async def _count(world: World, plan: LoadedPlan) -> int:
    query = "SELECT count(*) FROM messages WHERE version_id = :id AND sent_at IS NOT NULL"
    found: int = await world.scalar(query, id=plan.version_id)
    return found
