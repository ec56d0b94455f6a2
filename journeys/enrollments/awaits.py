"""Waits for an event: rows that the router looks up, and a look back at what came before the wait was registered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from journeys.db.json import to_json
from journeys.graph.plan import PlanNode
from journeys.nodes.ops import Await
from journeys.rules.where import matches_where, properties_of

CONDITION = ""
"""The event that a wait for a condition names, for no event is called so."""

LOOK_BACK = timedelta(days=8)
"""An event received just now may have occurred this long ago (a phone that was offline); bounds the partitions read."""


@dataclass(frozen=True)
class Early:
    """An enrollment whose event came before its wait was registered, and when it was received."""

    enrollment_id: UUID
    received_at: datetime


async def find_early(session: AsyncSession, batch_id: UUID, op: Await, since_at: datetime | None) -> list[Early]:
    """Return the enrollments of a batch that did already, since `since_at` (None: since each one's own), what is awaited.

    Events that commit after this look are routed after this transaction: the router first locks the batches of its
    contacts, so it sees the wait.
    """
    rows = await session.execute(
        text("""
            SELECT e.id, v.received_at, e.payload, v.properties, v.message_id, v.journey_id, v.node_id
            FROM enrollments e JOIN events v ON v.contact_id = e.contact_id AND v.name = :event
             AND v.workspace_id = e.workspace_id
             AND v.occurred_at > coalesce(CAST(:since_at AS timestamptz), e.since_at) - CAST(:look_back AS interval)
             AND v.received_at > coalesce(CAST(:since_at AS timestamptz), e.since_at)
            WHERE e.batch_id = :batch_id AND e.state = 'active' AND v.occurred_at > now() - interval '400 days'
            ORDER BY v.received_at
        """),
        {"event": op.event, "since_at": since_at, "look_back": LOOK_BACK, "batch_id": batch_id},
    )
    first: dict[UUID, Early] = {}
    for row in rows:
        if row.id not in first and matches_where(op.where, properties_of(row), row.payload):
            first[row.id] = Early(row.id, row.received_at)
    return list(first.values())


async def note_release(session: AsyncSession, released: Sequence[Early]) -> None:
    """Remember by which event enrollments were released, so that the same event does not end their next wait."""
    await session.execute(
        text("""
            UPDATE enrollments e SET since_at = x.received_at
            FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS x(enrollment_id uuid, received_at timestamptz)
            WHERE e.id = x.enrollment_id
        """),
        {"rows": to_json([{"enrollment_id": e.enrollment_id, "received_at": e.received_at} for e in released])},
    )


async def register(
    session: AsyncSession, batch_id: UUID, node: PlanNode, event: str, since_at: datetime | None, deadline_at: datetime
) -> None:
    """Write a wait for every active enrollment of a batch."""
    await session.execute(
        text("""
            INSERT INTO waits (enrollment_id, workspace_id, contact_id, journey_id, version_id, batch_id, node_id, visit,
                               event, since_at, deadline_at)
            SELECT id, workspace_id, contact_id, journey_id, version_id, batch_id, :node_id, visit, :event,
                   coalesce(CAST(:since_at AS timestamptz), since_at), :deadline_at
            FROM enrollments WHERE batch_id = :batch_id AND state = 'active'
            ON CONFLICT (enrollment_id) DO NOTHING
        """),
        {"batch_id": batch_id, "node_id": node.id, "event": event, "since_at": since_at, "deadline_at": deadline_at},
    )


async def drop_waits(session: AsyncSession, batch_id: UUID) -> None:
    """Forget the waits of a batch whose deadline has come."""
    await session.execute(text("DELETE FROM waits WHERE batch_id = :batch_id"), {"batch_id": batch_id})


async def events_pending(session: AsyncSession, workspace_id: UUID, until: datetime) -> bool:
    """Say whether the router still has events of this workspace that were received up to a moment."""
    pending = await session.scalar(
        text("""
            SELECT 1 FROM event_queue WHERE workspace_id = :workspace_id AND received_at <= :until
              AND (not_before IS NULL OR not_before <= now()) LIMIT 1
        """),
        {"workspace_id": workspace_id, "until": until},
    )
    return pending is not None
