"""Many tokens at once: batches that split into hundreds, wait twice and end, in runs that stay small."""

import time
from dataclasses import dataclass
from uuid import UUID

from temporalio.client import Client

from journeys.enrollments.intake import create_intake
from journeys.graph.plan import PlanNode
from journeys.nodes.ops import Hold, Share, Split, Trigger
from tests.bench.engine import running
from tests.bench.processes import Meter, Usage, show_memory
from tests.bench.world import World
from tests.factories.journeys import node, publish_plan

BATCH = 5_000
WAYS = 1_500


@dataclass(frozen=True)
class Tokens:
    """So many batches in flight at once, in so many runs; the longest history; seconds until all waited, and until the end."""

    tokens: int
    contacts: int
    runs: int
    executions: int
    longest_history: int
    until_waiting: float
    until_over: float
    usage: Usage

    def __str__(self) -> str:
        return (
            f"{self.tokens:,} tokens of {self.contacts:,} contacts in {self.runs} runs: all waiting after "
            f"{self.until_waiting:,.0f} s, through a second wait and over {self.until_over:,.0f} s later\n"
            f"longest of {self.executions} histories: {self.longest_history:,} events; {show_memory(self.usage)}"
        )


async def measure_tokens(world: World, batches: int, wait_seconds: int) -> Tokens:
    """Let full batches in that split into many; their first wait is long enough for all of them to be in it at once."""
    await world.clear()
    contacts = batches * BATCH
    segment_id = await world.make_segment(contacts)
    plan = await publish_plan(world.database, world.workspace_id, _journey(segment_id, wait_seconds))
    version = {"id": plan.version_id}
    async with running(world, BATCH) as processes, Meter(processes) as meter:
        started = time.perf_counter()
        async with world.database.engine() as session:
            await create_intake(session, plan, "start", segment_id=segment_id)
        await world.until(_WAITING, contacts, **version)
        tokens = await world.scalar(_TOKENS, **version)
        waiting = time.perf_counter()
        await world.until(_OVER, contacts, **version)
        over = time.perf_counter()
        client = await Client.connect(world.stack.temporal_address)
        histories = [each.history_length async for each in client.list_workflows()]
    runs = await world.scalar("SELECT count(*) FROM runs WHERE version_id = :id", **version)
    return Tokens(
        tokens, contacts, runs, len(histories), max(histories), waiting - started, over - waiting, meter.usage
    )


def _journey(segment_id: UUID, wait_seconds: int) -> list[PlanNode]:
    shares = [Share(outlet=f"way{n}", upto=(n + 1) / WAYS) for n in range(WAYS)]
    return [
        node("start", Trigger(source="segment", segment_id=segment_id), next="ways"),
        node("ways", Split(salt="s", shares=shares), **{share.outlet: "long" for share in shares}),
        node("long", Hold(seconds=wait_seconds), next="short"),
        node("short", Hold(seconds=1), next=None),
    ]


_WAITING = """
    SELECT count(*) FROM enrollments e JOIN batches b ON b.id = e.batch_id
    WHERE b.version_id = :id AND b.active AND b.node_id IN ('long', 'short')
"""
_TOKENS = "SELECT count(*) FROM batches WHERE version_id = :id AND active"
_OVER = "SELECT count(*) FROM enrollments WHERE version_id = :id AND state = 'completed'"
