"""Append events: to the time series, and to the router's queue, in one statement of the caller's transaction."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from journeys.db.ids import new_id
from journeys.db.json import to_json
from journeys.events.queue import partition_sql

Json = dict[str, Any] | orjson.Fragment
"""An object, or the bytes of one that is serialised already."""


@dataclass(frozen=True, slots=True)
class NewEvent:
    """An event of a known contact that is about to be stored; no `occurred_at` means now, by the database's clock."""

    workspace_id: UUID
    contact_id: UUID
    name: str
    type: str = "track"
    occurred_at: datetime | None = None
    properties: Json | None = None
    context: Json | None = None
    value: float | None = None
    message_id: UUID | None = None
    journey_id: UUID | None = None
    node_id: str | None = None
    id: UUID = field(default_factory=new_id)


_RECORD = text(f"""
WITH input AS MATERIALIZED (
  SELECT row_number() OVER () AS place, clock_timestamp() AS received_at, x.*
  FROM jsonb_to_recordset(CAST(:events AS jsonb)) AS x(
    id uuid, workspace_id uuid, contact_id uuid, type text, name text, occurred_at timestamptz, value float8,
    message_id uuid, journey_id uuid, node_id text, properties jsonb, context jsonb)
), stored AS (
  INSERT INTO events (id, occurred_at, workspace_id, contact_id, type, name, received_at, value, message_id,
    journey_id, node_id, properties, context)
  SELECT id, coalesce(occurred_at, received_at), workspace_id, contact_id, type, name, received_at, value, message_id,
    journey_id, node_id, properties, context
  FROM input
)
INSERT INTO event_queue (partition, event_id, workspace_id, contact_id, type, name, occurred_at, received_at, value,
  message_id, journey_id, node_id, properties)
SELECT {partition_sql("contact_id")}, id, workspace_id, contact_id, type, name, coalesce(occurred_at, received_at),
  received_at, value, message_id, journey_id, node_id, properties
FROM input ORDER BY place
""")


async def record_events(session: AsyncSession, events: Sequence[NewEvent]) -> None:
    """Append events in this order; they are on disk, and due at the router, once the caller's transaction commits."""
    if events:
        await session.execute(_RECORD, {"events": to_json(events)})
