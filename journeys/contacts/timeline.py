"""What a contact did, the newest first."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

_EVENTS = text("""
    SELECT id, type, name, occurred_at, received_at, value, message_id, journey_id, node_id, properties
    FROM events
    WHERE contact_id = :contact_id AND workspace_id = :workspace_id
      AND (CAST(:before AS timestamptz) IS NULL OR (occurred_at, id) < (:before, CAST(:before_id AS uuid)))
    ORDER BY occurred_at DESC, id DESC LIMIT :limit
""")


async def list_events_of(
    session: AsyncSession,
    workspace_id: UUID,
    contact_id: UUID,
    *,
    before: tuple[datetime, UUID] | None = None,
    limit: int = 50,
) -> Sequence[Row[Any]]:
    """Return a contact's events before a moment."""
    parameters = {
        "contact_id": contact_id,
        "workspace_id": workspace_id,
        "before": before[0] if before else None,
        "before_id": before[1] if before else None,
        "limit": limit,
    }
    return (await session.execute(_EVENTS, parameters)).all()
