"""What a simulation takes: made-up contacts through thirty days and twenty nodes, in scratch tables."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime

from journeys.db.ids import new_id
from journeys.simulation.assumptions import Assumptions, EventAssumption, SimulationRequest, SyntheticContact
from journeys.simulation.copying import Draft
from journeys.simulation.simulate import simulate
from tests.bench.world import World
from tests.factories.drawn_journeys import thirty_days

ZONES = ("Asia/Tokyo", "Europe/Berlin", "America/New_York", "America/Los_Angeles")
AIM_SECONDS = 10.0


@dataclass(frozen=True)
class Simulated:
    """One simulation: how long it took on the clock, and how much of that this process worked."""

    contacts: int
    nodes: int
    mails: int
    seconds: float
    cpu_seconds: float

    def __str__(self) -> str:
        return (
            f"simulation of {self.contacts:,} contacts through {self.nodes} nodes: {self.seconds:.1f} s "
            f"(CPU of Python {self.cpu_seconds:.1f} s), {self.mails:,} mails"
        )


async def measure_simulation(world: World, contacts: int) -> Simulated:
    """Simulate a crowd from four time zones that reads, clicks and buys."""
    graph, settings = thirty_days()
    request = SimulationRequest(
        synthetic=[SyntheticContact(count=contacts // len(ZONES), time_zone=zone, country=zone[:2]) for zone in ZONES],
        start_at=datetime(2027, 1, 4, 9, tzinfo=UTC),
        assumptions=Assumptions(events=[EventAssumption(event="Order Completed", rate=0.1, after="clicked")]),
    )
    draft = Draft(new_id(), "Thirty days", "thirty-days", graph, settings)
    began, worked = time.perf_counter(), time.process_time()
    result = await simulate(world.database.url, world.workspace_id, draft, request)
    seconds, cpu_seconds = time.perf_counter() - began, time.process_time() - worked
    return Simulated(result.counts.contacts, len(graph.nodes), result.counts.sent, seconds, cpu_seconds)
