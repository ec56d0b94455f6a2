"""Shapes of `/v1`: what clients that speak the Segment spec are answered. What they send is in journeys/events."""

from api.schemas.base import FieldProblem, Schema


class RefusedEvent(Schema):
    """An event of a batch that was not stored, and why; the others were."""

    index: int
    message_id: str | None
    reason: str
    errors: list[FieldProblem]


class Accepted(Schema):
    """Everything but the refused events is on disk."""

    success: bool = True
    refused: list[RefusedEvent] | None = None
