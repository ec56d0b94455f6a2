"""Fold a window of events into the roll-up per contact and event name."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from journeys.db.json import to_json


class Occurrence(Protocol):
    """What the roll-up needs of an event; a row of `event_queue` has it."""

    @property
    def workspace_id(self) -> UUID: ...  # noqa: D102
    @property
    def contact_id(self) -> UUID: ...  # noqa: D102
    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def occurred_at(self) -> datetime: ...  # noqa: D102
    @property
    def value(self) -> float | None: ...  # noqa: D102


# Rows are locked in one order, so that two windows never wait for each other in a ring.
_UPDATE = text("""
INSERT INTO contact_event_stats AS s (contact_id, name, workspace_id, n, value_sum, first_at, last_at)
SELECT contact_id, name, workspace_id, n, value_sum, first_at, last_at
FROM jsonb_to_recordset(CAST(:stats AS jsonb)) AS x(
  contact_id uuid, name text, workspace_id uuid, n bigint, value_sum float8, first_at timestamptz, last_at timestamptz)
ORDER BY contact_id, name
ON CONFLICT (contact_id, name) DO UPDATE SET
  n = s.n + excluded.n,
  value_sum = CASE WHEN excluded.value_sum IS NULL THEN s.value_sum
    ELSE coalesce(s.value_sum, 0) + excluded.value_sum END,
  first_at = least(s.first_at, excluded.first_at),
  last_at = greatest(s.last_at, excluded.last_at)
""")


async def update_stats(session: AsyncSession, window: Iterable[Occurrence]) -> None:
    """Add a window of events to the roll-up; each event must be passed once, in the transaction that takes it."""
    folded = fold(window)
    if folded:
        await session.execute(_UPDATE, {"stats": to_json(folded)})


def fold(window: Iterable[Occurrence]) -> list[dict[str, Any]]:
    """Return one row per contact and event name: how often, the sum of values, first and last time."""
    rows: dict[tuple[UUID, str], dict[str, Any]] = {}
    for event in window:
        row = rows.get((event.contact_id, event.name))
        if row is None:
            rows[event.contact_id, event.name] = {
                "contact_id": event.contact_id,
                "name": event.name,
                "workspace_id": event.workspace_id,
                "n": 1,
                "value_sum": event.value,
                "first_at": event.occurred_at,
                "last_at": event.occurred_at,
            }
            continue
        row["n"] += 1
        row["first_at"] = min(row["first_at"], event.occurred_at)
        row["last_at"] = max(row["last_at"], event.occurred_at)
        if event.value is not None:
            row["value_sum"] = (row["value_sum"] or 0.0) + event.value
    return list(rows.values())
