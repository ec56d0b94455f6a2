"""The send ledger, read: a page of messages with what is around them."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

from journeys.errors import NotFound

_MESSAGES = text("""
    SELECT m.id, m.enrollment_id, m.journey_id, j.name AS journey_name, m.node_id, m.visit, m.contact_id,
           m.to_address AS "to", v.template_id, t.name AS template_name, m.template_version_id, v.subject, m.category,
           m.topic, m.provider, m.state, m.reason, m.provider_message_id, m.queued_at, m.due_at, m.sent_at,
           m.opened_at, m.clicked_at
    FROM messages m
    LEFT JOIN journeys j ON j.id = m.journey_id
    LEFT JOIN template_versions v ON v.id = m.template_version_id
    LEFT JOIN templates t ON t.id = v.template_id
    WHERE m.workspace_id = :workspace_id
      AND (CAST(:contact_id AS uuid) IS NULL OR m.contact_id = :contact_id)
      AND (CAST(:journey_id AS uuid) IS NULL OR m.journey_id = :journey_id)
      AND (CAST(:enrollment_id AS uuid) IS NULL OR m.enrollment_id = :enrollment_id)
      AND (CAST(:message_id AS uuid) IS NULL OR m.id = :message_id)
      AND (CAST(:state AS text) IS NULL OR m.state = :state)
      AND (CAST(:provider AS text) IS NULL OR m.provider = :provider)
      AND (CAST(:node_id AS text) IS NULL OR m.node_id = :node_id)
      AND (CAST(:before AS uuid) IS NULL OR m.id < :before)
    ORDER BY m.id DESC LIMIT :limit
""")

_FILTERS = ("contact_id", "journey_id", "enrollment_id", "message_id", "state", "provider", "node_id")

_EVENTS = text("""
    SELECT name, occurred_at AS at, properties AS detail FROM events
    WHERE contact_id = :contact_id AND message_id = :message_id ORDER BY occurred_at, id LIMIT 100
""")


async def list_messages(
    session: AsyncSession, workspace_id: UUID, *, before: UUID | None = None, limit: int = 50, **filters: Any
) -> Sequence[Row[Any]]:
    """Return messages, the newest first; filters are columns of the ledger."""
    parameters = {name: filters.get(name) for name in _FILTERS}
    parameters |= {"workspace_id": workspace_id, "before": before, "limit": limit}
    return (await session.execute(_MESSAGES, parameters)).all()


async def get_message(session: AsyncSession, workspace_id: UUID, message_id: UUID) -> Row[Any]:
    """Return one message."""
    found = await list_messages(session, workspace_id, message_id=message_id, limit=1)
    if not found:
        raise NotFound("There is no such message.")
    return found[0]


async def list_events_about(session: AsyncSession, contact_id: UUID, message_id: UUID) -> Sequence[Row[Any]]:
    """Return what happened to a message: opens, clicks, bounces."""
    return (await session.execute(_EVENTS, {"contact_id": contact_id, "message_id": message_id})).all()


async def list_message_ids(session: AsyncSession, contact_id: UUID) -> list[UUID]:
    """Return the ids of every message to a contact."""
    return list(await session.scalars(text("SELECT id FROM messages WHERE contact_id = :id"), {"id": contact_id}))
