"""The sections of a run: what is measured, at which sizes, in the full run and in the quick one."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from tests.bench.behaviour import measure_behaviour
from tests.bench.broadcast import Broadcast, measure_broadcast
from tests.bench.compared import measure_direct, measure_per_contact, measure_statements
from tests.bench.engine import measure_engine
from tests.bench.fairness import Fairness, measure_fairness
from tests.bench.ingest import IngestResult, run_ingest
from tests.bench.latency import Latency, measure_latency
from tests.bench.processes import program, read_line
from tests.bench.recorders import NO_OP
from tests.bench.results import Measured
from tests.bench.segment_entry import measure_segment_entry
from tests.bench.simulate import Simulated, measure_simulation
from tests.bench.tokens import Tokens, measure_tokens
from tests.bench.waiting import Waiting, measure_waiting
from tests.bench.wide import Wide, measure_wide
from tests.bench.world import World

HTTP_AIM, SMTP_AIM = 20_000_000, 2_000_000
"""Steps an hour."""

TURNS = 3

Say = Callable[[object], None]


@dataclass
class Findings:
    """Everything that a run found, by section; a section that was not run is empty."""

    engine: list[Measured] = field(default_factory=list)
    providers: list[Measured] = field(default_factory=list)
    per_contact: list[Measured] = field(default_factory=list)
    best: list[Measured] = field(default_factory=list)
    direct: list[Measured] = field(default_factory=list)
    statements: list[Measured] = field(default_factory=list)
    flat: list[Measured] = field(default_factory=list)
    latency: list[Latency] = field(default_factory=list)
    behaviour: list[Latency] = field(default_factory=list)
    fairness: list[Fairness] = field(default_factory=list)
    waiting: list[Waiting] = field(default_factory=list)
    ingest: list[IngestResult] = field(default_factory=list)
    simulate: list[Simulated] = field(default_factory=list)
    tokens: list[Tokens] = field(default_factory=list)
    wide: list[Wide] = field(default_factory=list)
    broadcast: list[Broadcast] = field(default_factory=list)
    segment_entry: list[Latency] = field(default_factory=list)

    def add(self, section: str, finding: object, say: Say) -> None:
        """Keep a finding and show it."""
        getattr(self, section).append(finding)
        say(finding)


@dataclass(frozen=True)
class Bench:
    """One run: its servers, whether it is the quick one, and where findings go."""

    world: World
    quick: bool
    findings: Findings
    say: Say

    def keep(self, section: str, finding: object) -> None:
        """Keep a finding and show it."""
        self.findings.add(section, finding, self.say)


async def engine(bench: Bench) -> None:
    """This engine, from batches of one to full ones, by turns with what each is compared to.

    Machines waver from minute to minute, by more than what Temporal costs: of each, the turn in the middle counts.
    """
    world, quick = bench.world, bench.quick
    no_op = await world.connect(NO_OP)
    ones, many, crowd = (50, 5_000, 20_000) if quick else (500, 20_000, 300_000)
    await _by_turns(
        bench,
        engine=lambda: measure_engine(world, "engine, batches of 1", ones, 1, no_op, {}),
        per_contact=lambda: measure_per_contact(world, "one workflow per contact", ones, "plain", no_op),
        best=lambda: measure_per_contact(world, "the same, local activities, eager start", ones, "best", no_op),
    )
    bench.keep("engine", await measure_engine(world, "engine, batches of 500", many, 500, no_op, {}))
    await _by_turns(
        bench,
        engine=lambda: measure_engine(world, "engine, batches of 5,000", crowd, 5_000, no_op, {}),
        direct=lambda: measure_direct(world, "same code, no Temporal, no wait", crowd, 5_000, no_op),
        statements=lambda: measure_statements(world, "bare statements", crowd, 5_000, no_op),
    )


async def _by_turns(bench: Bench, **measures: Callable[[], Awaitable[Measured]]) -> None:
    """Measure by turns what is compared, and keep of each, in the section of its name, the turn in the middle."""
    turns: dict[str, list[Measured]] = {section: [] for section in measures}
    for _ in range(1 if bench.quick else TURNS):
        for section, measure in measures.items():
            turns[section].append(await measure())
            bench.say(turns[section][-1])
    for section, found in turns.items():
        bench.keep(section, sorted(found, key=lambda each: each.per_second)[len(found) // 2])


async def providers(bench: Bench) -> None:
    """This engine with providers that are servers of their own."""
    world, contacts = bench.world, 2_000 if bench.quick else 10_000
    async with recorder(world, "http") as (port, pid):
        connection = await world.connect("http_mail", url=f"http://127.0.0.1:{port}/")
        found = await measure_engine(world, "HTTP, 1,000 per request", contacts, 5_000, connection, pid)
        bench.keep("providers", found)
    async with recorder(world, "smtp") as (port, pid):
        connection = await world.connect("smtp", host="127.0.0.1", port=port, security="none")
        bench.keep("providers", await measure_engine(world, "SMTP, 4 connections", contacts, 5_000, connection, pid))


@asynccontextmanager
async def recorder(world: World, kind: str) -> AsyncIterator[tuple[int, Mapping[str, int]]]:
    """Run a recorder; give its port, and its process by name."""
    async with program("tests.bench.recorders", kind, env=world.env, talks=True) as process:
        yield int(await read_line(process)), {"provider": process.pid}


async def flat(bench: Bench) -> None:
    """Whether a contact costs the same in a crowd."""
    no_op = await bench.world.connect(NO_OP)
    for contacts in (5_000, 25_000) if bench.quick else (10_000, 100_000, 1_000_000):
        found = await measure_engine(bench.world, f"engine, {contacts:,} contacts", contacts, 5_000, no_op, {})
        bench.keep("flat", found)


async def latency(bench: Bench) -> None:
    """From an event to the first mail."""
    no_op, world = await bench.world.connect(NO_OP), bench.world
    idle, busy = (30, 3_000) if bench.quick else (120, 20_000)
    found = await measure_latency(world, "idle", events=idle, per_second=3, per_post=1, connection=no_op)
    bench.keep("latency", found)
    found = await measure_latency(world, "1,000 events/s", events=busy, per_second=1_000, per_post=20, connection=no_op)
    bench.keep("latency", found)


async def behaviour(bench: Bench) -> None:
    """From an event to the next step of contacts who wait, and to their exit."""
    waiting, events = (10_000, 2_000) if bench.quick else (100_000, 20_000)
    for found in await measure_behaviour(bench.world, waiting, events, 1_000):
        bench.keep("behaviour", found)


async def fairness(bench: Bench) -> None:
    """What a broadcast does to triggered mail, scores and webhooks."""
    no_op = await bench.world.connect(NO_OP)
    broadcast, events, rounds = (100_000, 20, 2) if bench.quick else (1_000_000, 100, 4)
    async with recorder(bench.world, "http") as (port, _):
        webhook = f"http://127.0.0.1:{port}/"
        bench.keep("fairness", await measure_fairness(bench.world, broadcast, events, rounds, 4, no_op, webhook))


async def waiting(bench: Bench) -> None:
    """What contacts cost while they wait."""
    for contacts in (0, 10_000 if bench.quick else 100_000):
        bench.keep("waiting", await measure_waiting(bench.world, contacts))


async def ingest(bench: Bench) -> None:
    """Events in over HTTP."""
    for found in await run_ingest(bench.world.stack.database_url, 1.0 if bench.quick else 5.0):
        bench.keep("ingest", found)


async def tokens(bench: Bench) -> None:
    """Ten thousand tokens in flight."""
    bench.keep("tokens", await measure_tokens(bench.world, *((1, 15) if bench.quick else (7, 120))))


async def wide(bench: Bench) -> None:
    """A journey of two hundred nodes."""
    bench.keep("wide", await measure_wide(bench.world, 500 if bench.quick else 5_000))


async def broadcast(bench: Bench) -> None:
    """Everybody at once through HTTP and SMTP."""
    world = bench.world
    async with recorder(world, "http") as (port, pid):
        connection = await world.connect("http_mail", url=f"http://127.0.0.1:{port}/")
        contacts = 20_000 if bench.quick else 1_000_000
        bench.keep("broadcast", await measure_broadcast(world, "bulk HTTP", contacts, connection, pid, HTTP_AIM))
    async with recorder(world, "smtp") as (port, pid):
        connection = await world.connect("smtp", host="127.0.0.1", port=port, security="none")
        contacts = 5_000 if bench.quick else 500_000  # a million mails
        bench.keep("broadcast", await measure_broadcast(world, "SMTP", contacts, connection, pid, SMTP_AIM))


async def segment_entry(bench: Bench) -> None:
    """From an event, by a segment, into a journey."""
    idle, busy = (20, 2_000) if bench.quick else (120, 20_000)
    for name, events, per_second, per_post in (("idle", idle, 3, 1), ("1,000 events/s", busy, 1_000, 20)):
        found = await measure_segment_entry(bench.world, name, events=events, per_second=per_second, per_post=per_post)
        bench.keep("segment_entry", found)


async def simulate(bench: Bench) -> None:
    """A month of a journey in seconds."""
    for contacts in (100,) if bench.quick else (100, 1_000):
        bench.keep("simulate", await measure_simulation(bench.world, contacts))


SECTIONS: dict[str, Callable[[Bench], Awaitable[None]]] = {
    each.__name__: each
    for each in (
        engine,
        flat,
        providers,
        latency,
        behaviour,
        segment_entry,
        broadcast,
        tokens,
        wide,
        fairness,
        ingest,
        simulate,
        waiting,
    )
}
