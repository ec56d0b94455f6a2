"""A journey of two hundred nodes: how long it takes to compile, and what each step of a contact through it costs."""

import time
from dataclasses import dataclass
from itertools import pairwise
from typing import Any
from uuid import UUID

from journeys.enrollments.intake import create_intake
from journeys.graph.catalogue import Catalogue
from journeys.graph.compiler import compile_graph
from journeys.graph.drawn import Graph
from journeys.graph.settings import JourneySettings
from tests.bench.engine import running
from tests.bench.processes import Meter, Usage, show_memory
from tests.bench.world import World
from tests.factories.drawn_journeys import drawn
from tests.factories.journeys import publish_plan

NODES = 200
WAIT_EVERY = 50


@dataclass(frozen=True)
class Wide:
    """So many contacts through a journey of so many nodes."""

    nodes: int
    contacts: int
    steps: int
    compile_seconds: float
    usage: Usage

    def __str__(self) -> str:
        an_hour = self.steps / self.usage.seconds * 3_600
        cpu = sum(self.usage.cpu.values()) / self.steps * 1e6
        return (
            f"{self.nodes} nodes compiled in {self.compile_seconds * 1e3:,.0f} ms; {self.contacts:,} contacts took "
            f"{self.steps:,} steps in {self.usage.seconds:,.0f} s: {an_hour:,.0f} an hour, {cpu:,.0f} us of CPU each\n"
            f"{show_memory(self.usage)}"
        )


async def measure_wide(world: World, contacts: int) -> Wide:
    """Take a segment through branches, splits, changes and waits, one after the other."""
    await world.clear()
    segment_id = await world.make_segment(contacts)
    graph, started = draw(segment_id), time.perf_counter()
    catalogue = Catalogue(world.workspace_id, segment_id, segments=frozenset({segment_id}))
    plan = compile_graph(graph, JourneySettings(), catalogue)
    took = time.perf_counter() - started
    loaded = await publish_plan(world.database, world.workspace_id, list(plan.nodes.values()))
    async with running(world) as processes, Meter(processes) as meter:
        async with world.database.engine() as session:
            await create_intake(session, loaded, "start", segment_id=segment_id)
        over = "SELECT count(*) FROM enrollments WHERE version_id = :id AND state = 'completed'"
        await world.until(over, contacts, id=loaded.version_id)
    steps = await world.scalar("SELECT count(*) FROM trace")
    return Wide(len(plan.nodes), contacts, steps, took, meter.usage)


def draw(segment_id: UUID) -> Graph:
    """Return a row of nodes in which branches and splits come together again at the next one; batches stay parted."""
    pro = {"attribute": "plan", "op": "eq", "value": "pro"}
    kinds: list[tuple[str, dict[str, Any], tuple[str, ...]]] = [
        ("tag", {"add": ["seen"]}, ("next",)),
        ("branch", {"paths": [{"id": "pro", "rule": pro}]}, ("pro", "else")),
        ("update_contact", {"set": {"level": 2}}, ("next",)),
    ]
    row = {f"n{n}": kinds[n % len(kinds)] for n in range(1, NODES - 1)}
    halves = [{"id": "a", "weight": 50}, {"id": "b", "weight": 50}]
    for n in range(WAIT_EVERY, NODES - 1, WAIT_EVERY):
        row[f"n{n - 1}"] = ("split", {"variants": halves}, ("a", "b"))
        row[f"n{n}"] = ("wait", {"seconds": 1}, ("next",))
    trigger = ("segment_trigger", {"segment_id": str(segment_id)}, ("next",))
    nodes = {"start": trigger, **row, "end": ("exit", {}, ())}
    edges = [(here, outlet, there) for here, there in pairwise(nodes) for outlet in nodes[here][2]]
    return drawn({name: (kind, config) for name, (kind, config, _) in nodes.items()}, list(edges))
