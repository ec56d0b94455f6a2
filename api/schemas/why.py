"""Shapes: why a contact did not enter a journey."""

from datetime import datetime
from typing import Any

from api.schemas.base import Schema


class TriggerSaw(Schema):
    """What a trigger saw of the contact; `clause` points at the failing clause of a segment's rule."""

    node_id: str
    title: str
    source: str
    matched: bool
    why: str
    at: datetime | None
    clause: str | None


class Refusal(Schema):
    """A time at which the journey turned the contact away."""

    at: datetime
    reason: str
    detail: dict[str, Any] | None


class WhyNot(Schema):
    """Why a contact did not enter, in one sentence and in detail; `notes` say what keeps mail from them."""

    entered: bool
    summary: str
    journey_state: str
    live_since: datetime | None
    last_entered_at: datetime | None
    triggers: list[TriggerSaw]
    refusals: list[Refusal]
    notes: list[str]
