"""What a broadcast does to others: how long triggered mails, scores and webhooks take alone and beside one, by turns."""

import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from random import Random

from sqlalchemy import text

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

SCORED = "Looked"
OTHERS_PER_SECOND = 2


@dataclass(frozen=True)
class Fairness:
    """The same triggered mails alone and beside broadcasts of so many contacts, and how fast these went meanwhile."""

    alone: Latency
    beside: Latency
    others: Sequence[Latency]
    """Scores that rose and webhooks that were called, alone and beside."""
    broadcast: int
    broadcast_per_second: float
    stages: str
    """How long each stage of a mail's way took, alone and beside."""

    @property
    def slowdown(self) -> float:
        """Return p95 beside the broadcast over p95 alone."""
        return self.beside.p95 / self.alone.p95

    def __str__(self) -> str:
        rows = "\n".join(map(str, (self.alone, self.beside, *self.others)))
        return (
            f"{rows}\n{self.stages}\nbroadcast of {self.broadcast:,}: "
            f"{self.broadcast_per_second:,.0f} contacts/s meanwhile; p95 x {self.slowdown:.2f}"
        )


@dataclass
class _Found:
    """What was found in one kind of turn."""

    mails: list[Mailed] = field(default_factory=list)
    scores: list[float] = field(default_factory=list)
    webhooks: list[float] = field(default_factory=list)
    """Seconds since the receipt of the event."""


async def measure_fairness(
    world: World, broadcast: int, events: int, rounds: int, per_second: float, connection: str, webhook: str
) -> Fairness:
    """Send as many events alone as beside a broadcast, in turns, so that what else the machine does strikes both.

    After the mails of a turn, a fifth as many events let contacts into a journey that scores them and calls a webhook.
    """
    await world.clear()
    segment_id = await world.make_segment(broadcast)
    first, others = world.contacts, events // 5
    await world.grow(first + WARM_UP + 2 * rounds * (events + others))
    key = await create_key(world.database, "write", None, "bench", world.workspace_id)
    triggered = await world.publish(Trigger(source="event", event=EVENT), connection)
    scoring = await world.publish_score(Trigger(source="event", event=SCORED), webhook)
    alone, beside = _Found(), _Found()
    speeds: list[float] = []
    async with AsyncExitStack() as stack:
        for role in ROLES:
            await stack.enter_async_context(program("tests.bench.worker_process", role, env=world.env))
        await stack.enter_async_context(program("worker.router", env=world.env))
        api = await stack.enter_async_context(
            program("tests.api.ingest_server", world.stack.database_url, env=world.env, talks=True)
        )
        address = await until_it_serves(f"http://127.0.0.1:{await read_line(api)}", key)
        chance = Random(1)
        sent = 0

        async def let_in(event: str, n: int, rate: float) -> None:
            nonlocal sent
            async with PlainClient(address, key) as client:
                await send_events(client, event, range(first + sent, first + sent + n), rate, 1, chance)
            sent += n

        async def measure(found: _Found) -> None:
            before = len(alone.mails) + len(beside.mails) + WARM_UP
            await let_in(EVENT, events, per_second)
            await until_sent(world, triggered, before + events)
            found.mails += await list_mailed(world, triggered, before)
            before = len(alone.webhooks) + len(beside.webhooks)
            await let_in(SCORED, others, OTHERS_PER_SECOND)
            await world.until(_CALLED, before + others, id=scoring.version_id)
            async with world.database.engine() as session:
                rows = (await session.execute(text(_OTHERS), {"id": scoring.version_id, "after": before})).all()
            if len(rows) != others:
                raise RuntimeError(f"{others} contacts were to be scored and their webhook called, {len(rows)} were")
            found.scores += [row.scored for row in rows]
            found.webhooks += [row.called for row in rows]

        await let_in(EVENT, WARM_UP, 2)
        await until_sent(world, triggered, WARM_UP)
        for _ in range(rounds):
            await measure(alone)
            blast = await world.publish(Trigger(source="segment", segment_id=segment_id), connection)
            async with world.database.engine() as session:
                await create_intake(session, blast, "start", segment_id=segment_id)
            await until_sent(world, blast, 1)
            mailed, started = await _count(world, blast), time.perf_counter()
            await measure(beside)
            speeds.append((await _count(world, blast) - mailed) / (time.perf_counter() - started))
            await _end(world, blast)
    return Fairness(
        _latency("triggered mail alone", [each.seconds for each in alone.mails]),
        _latency("beside a broadcast", [each.seconds for each in beside.mails]),
        [
            _latency("score alone", alone.scores),
            _latency("score beside a broadcast", beside.scores),
            _latency("webhook alone", alone.webhooks),
            _latency("webhook beside a broadcast", beside.webhooks),
        ],
        broadcast,
        sum(speeds) / rounds,
        show_stages({"alone": alone.mails, "beside": beside.mails}),
    )


_CALLED = """
    SELECT count(*) FROM effects f JOIN enrollments e ON e.id = f.enrollment_id
    WHERE e.version_id = :id AND f.done_at IS NOT NULL
"""

_OTHERS = """
    SELECT CAST(extract(epoch FROM s.at - e.since_at) AS float8) AS scored,
           CAST(extract(epoch FROM f.done_at - e.since_at) AS float8) AS called
    FROM enrollments e JOIN effects f ON f.enrollment_id = e.id JOIN score_changes s ON s.contact_id = e.contact_id
    WHERE e.version_id = :id AND f.state = 'done' ORDER BY e.id OFFSET :after
"""


def _latency(name: str, seconds: Sequence[float]) -> Latency:
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
