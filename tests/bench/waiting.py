"""What many waiting contacts cost: the memory of all processes while nothing happens."""

import asyncio
from dataclasses import dataclass

from journeys.enrollments.intake import create_intake
from journeys.nodes.ops import Trigger
from tests.bench.engine import running
from tests.bench.processes import Meter
from tests.bench.world import World

IDLE_SECONDS = 10.0


@dataclass(frozen=True)
class Waiting:
    """Memory by process in bytes, and cores kept busy by process, while so many contacts wait."""

    contacts: int
    memory: dict[str, int]
    cores: dict[str, float]

    @property
    def total_bytes(self) -> int:
        """Return the memory of all processes."""
        return sum(self.memory.values())

    def __str__(self) -> str:
        groups = "  ".join(f"{name} {size / 1e6:,.0f}" for name, size in self.memory.items())
        busy = "  ".join(f"{name} {cores:.3f}" for name, cores in self.cores.items())
        return f"{self.contacts:,} waiting: {self.total_bytes / 1e6:,.0f} MB ({groups}), idle cores: {busy}"


async def measure_waiting(world: World, contacts: int) -> Waiting:
    """Let contacts in who wait a day for an event, on servers freshly started, and look once all is calm."""
    await world.clear()
    segment_id = await world.make_segment(contacts) if contacts else None
    await world.restart()
    async with running(world) as processes:
        if segment_id:
            plan = await world.publish_wait(Trigger(source="segment", segment_id=segment_id))
            async with world.database.engine() as session:
                await create_intake(session, plan, "start", segment_id=segment_id)
            await world.until("SELECT count(*) FROM waits", contacts)
        async with Meter(processes) as meter:
            await asyncio.sleep(IDLE_SECONDS)
            memory = meter.memory_by_group()
    cores = {name: cpu / meter.usage.seconds for name, cpu in meter.usage.cpu.items()}
    return Waiting(contacts, memory, cores)
