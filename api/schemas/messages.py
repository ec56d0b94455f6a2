"""Shapes: rows of the send ledger, and the mails of the built-in outbox."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import Field

from api.schemas.base import Schema


class MessageEvent(Schema):
    """Something that happened to a message."""

    name: str
    at: datetime
    detail: dict[str, Any] | None = None


class MessageRead(Schema):
    """A row of the ledger: what was sent, to whom, by whom, and what became of it. A deferred one is tried at `due_at`."""

    id: UUID
    enrollment_id: UUID
    journey_id: UUID | None
    journey_name: str | None
    node_id: str
    visit: int
    contact_id: UUID
    to: str | None
    template_id: UUID | None
    template_name: str | None
    template_version_id: UUID | None
    subject: str | None
    category: str
    topic: str | None
    provider: str
    state: str
    reason: str | None
    provider_message_id: str | None
    queued_at: datetime
    due_at: datetime | None
    sent_at: datetime | None
    opened_at: datetime | None
    clicked_at: datetime | None
    events: list[MessageEvent] = Field(default_factory=list)


class OutboxItem(Schema):
    """A mail in the built-in outbox."""

    id: UUID
    contact_id: UUID
    journey_id: UUID | None
    to: str | None
    subject: str
    sender: str | None = Field(serialization_alias="from")
    sent_at: datetime | None


class OutboxMail(OutboxItem):
    """A mail as it was written: `subject` as rendered, the parts, the headers, and the bytes as text."""

    html: str | None
    text: str | None
    headers: list[tuple[str, str]]
    raw: str
