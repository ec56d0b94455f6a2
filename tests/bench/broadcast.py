"""A broadcast through providers that are servers: steps an hour, and the memory of each process."""

from collections.abc import Mapping
from dataclasses import dataclass

from tests.bench.engine import measure_engine
from tests.bench.processes import show_memory
from tests.bench.results import Measured
from tests.bench.world import World


@dataclass(frozen=True)
class Broadcast:
    """Everybody of a segment through the measured journey, whose two mails go to a provider."""

    measured: Measured
    steps: int
    aim: int

    @property
    def steps_an_hour(self) -> float:
        """Return how many steps would be taken in an hour."""
        return self.steps / self.measured.usage.seconds * 3_600

    def __str__(self) -> str:
        name, usage = self.measured.name, self.measured.usage
        return (
            f"{name}: {self.measured.contacts:,} contacts, two mails each, in {usage.seconds:,.0f} s: "
            f"{self.steps_an_hour:,.0f} steps an hour\n{show_memory(usage)}"
        )


async def measure_broadcast(
    world: World, name: str, contacts: int, connection: str, provider: Mapping[str, int], aim: int
) -> Broadcast:
    """Mail a segment in full batches."""
    measured = await measure_engine(world, name, contacts, 5_000, connection, provider)
    steps = await world.scalar("SELECT count(*) FROM trace")
    return Broadcast(measured, steps, aim)
