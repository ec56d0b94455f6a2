"""Where the time goes between an event and its mail: each mail's way, from Postgres' rows and Temporal's history."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from temporalio.api.enums.v1 import EventType
from temporalio.client import Client

from journeys.graph.loading import LoadedPlan
from tests.bench.world import World

STAGES = ("routed", "started", "planned", "taken", "claimed", "sent")
"""The router began its window; Temporal has the run; the run asked for its stage; a worker took that; rows; the answer."""

HISTORIES_AT_ONCE = 10


@dataclass(frozen=True)
class Mailed:
    """When each stage of one mail was over, in seconds since the receipt of its event."""

    times: Mapping[str, float]

    @property
    def seconds(self) -> float:
        """Return how long all of it took."""
        return self.times["sent"]

    def took(self, stage: str) -> float:
        """Return how long one stage took, counted from the one before."""
        place = STAGES.index(stage)
        return self.times[stage] - (self.times[STAGES[place - 1]] if place else 0.0)


async def list_mailed(world: World, plan: LoadedPlan, after: int) -> list[Mailed]:
    """Return the ways of a journey's first mails, without those of the first contacts."""
    async with world.database.engine() as session:
        rows = (await session.execute(_ROWS, {"id": plan.version_id, "after": after})).all()
    client = await Client.connect(world.stack.temporal_address)
    gate = asyncio.Semaphore(HISTORIES_AT_ONCE)
    return await asyncio.gather(*(_follow(client, row, gate) for row in rows))


_ROWS = text("""
    SELECT e.since_at, e.entered_at, m.queued_at, m.sent_at, r.workflow_id
    FROM enrollments e JOIN messages m ON m.enrollment_id = e.id AND m.node_id = 'first'
    JOIN LATERAL (SELECT run_id FROM batches WHERE version_id = :id AND created_at = e.entered_at LIMIT 1) b ON true
    JOIN runs r ON r.id = b.run_id
    WHERE e.version_id = :id ORDER BY e.id OFFSET :after
""")


async def _follow(client: Client, row: Any, gate: asyncio.Semaphore) -> Mailed:
    async with gate:
        history = await client.get_workflow_handle(row.workflow_id).fetch_history()
    when: dict[int, datetime] = {}
    for event in history.events:
        when.setdefault(event.event_type, event.event_time.ToDatetime(tzinfo=row.since_at.tzinfo))
    times = {
        "routed": row.entered_at,
        "started": when[EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED],
        "planned": when[EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED],
        "taken": when[EventType.EVENT_TYPE_ACTIVITY_TASK_STARTED],
        "claimed": row.queued_at,
        "sent": row.sent_at,
    }
    return Mailed({stage: (at - row.since_at).total_seconds() for stage, at in times.items()})


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value below which this share of them lies."""
    ordered = sorted(values)
    return ordered[min(round(share * (len(ordered) - 1)), len(ordered) - 1)]


def show_stages(groups: Mapping[str, Sequence[Mailed]]) -> str:
    """Return a line for each group: the median and the 95th percentile of each stage, in milliseconds."""
    lines = []
    for name, mailed in groups.items():
        took = {stage: [each.took(stage) for each in mailed] for stage in STAGES}
        parts = (
            f"{stage} {percentile(each, 0.5) * 1e3:,.0f}/{percentile(each, 0.95) * 1e3:,.0f}"
            for stage, each in took.items()
        )
        lines.append(f"{name:>10}, p50/p95 ms:  {'  '.join(parts)}")
    return "\n".join(lines)
