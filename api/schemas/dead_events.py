"""Shapes: events that could not be routed."""

from datetime import datetime
from uuid import UUID

from api.schemas.base import Schema


class DeadEventRead(Schema):
    """An event that is in its contact's history but moved nobody, and why."""

    event_id: UUID
    contact_id: UUID
    type: str
    name: str
    occurred_at: datetime
    received_at: datetime
    error: str
    died_at: datetime


class DeadEventCount(Schema):
    """How many are routed again, or dismissed."""

    events: int
