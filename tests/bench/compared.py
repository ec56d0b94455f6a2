"""What the engine is compared with: programs of this folder that carry the same segment on their own."""

from uuid import UUID

from journeys.graph.loading import LoadedPlan
from journeys.nodes.ops import Trigger
from tests.bench.footprint import bytes_used, expect_sent, list_enrollments, measure_footprint
from tests.bench.processes import Meter, program, read_line, say
from tests.bench.results import Measured
from tests.bench.world import World

WARM_UP = 10


async def measure_per_contact(world: World, name: str, contacts: int, variant: str, connection: str) -> Measured:
    """Measure one workflow per contact; `variant` is `plain` or `best`."""
    await world.clear()
    segment_id = await world.make_segment(WARM_UP + contacts)
    plan = await _publish(world, segment_id, connection)
    arguments = (str(plan.version_id), str(segment_id), str(WARM_UP), variant)
    measured = await _measure(world, name, contacts, plan, "tests.bench.per_contact", *arguments)
    await expect_sent(world, plan.version_id, WARM_UP + contacts)
    return measured


async def measure_direct(world: World, name: str, contacts: int, batch_size: int, connection: str) -> Measured:
    """Measure the engine's code with no Temporal under it."""
    await world.clear()
    segment_id = await world.make_segment(contacts)
    plan = await _publish(world, segment_id, connection)
    arguments = (str(plan.version_id), str(segment_id), str(batch_size))
    measured = await _measure(world, name, contacts, plan, "tests.bench.direct", *arguments)
    await expect_sent(world, plan.version_id, contacts)
    return measured


async def measure_statements(world: World, name: str, contacts: int, batch_size: int, connection: str) -> Measured:
    """Measure the bare statements, which no engine can beat with these tables."""
    await world.clear()
    segment_id = await world.make_segment(contacts)
    plan = await _publish(world, segment_id, connection)
    arguments = (str(plan.version_id), str(segment_id), str(batch_size))
    measured = await _measure(world, name, contacts, plan, "tests.bench.statements", *arguments)
    await expect_sent(world, plan.version_id, contacts)
    return measured


async def _publish(world: World, segment_id: UUID, connection: str) -> LoadedPlan:
    return await world.publish(Trigger(source="segment", segment_id=segment_id), connection)


async def _measure(world: World, name: str, contacts: int, plan: LoadedPlan, module: str, *arguments: str) -> Measured:
    """Let a program get ready, and measure from `go` to `done`."""
    async with program(module, *arguments, env=world.env, talks=True) as process:
        await read_line(process)
        before = await bytes_used(world)
        async with Meter({"worker": process.pid, **world.servers}) as meter:
            await say(process, "go")
            await read_line(process)
        workflows = await list_enrollments(world, plan.version_id) if module.endswith("per_contact") else []
        footprint = await measure_footprint(world, plan.version_id, contacts, workflows, before)
        await say(process, "enough")
    return Measured(name, contacts, meter.usage, footprint)
