"""Shapes: contacts, with what the product knows around them."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from api.schemas.base import Schema
from api.schemas.messages import MessageRead

Text = Annotated[str, StringConstraints(max_length=1_000)]
Tag = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class ContactFields(Schema):
    """The fields of a contact that have a name of their own; every other one goes into `attributes`."""

    email: Text | None = None
    external_id: Text | None = None
    phone: Text | None = None
    first_name: Text | None = None
    last_name: Text | None = None
    country: Text | None = None
    city: Text | None = None
    time_zone: Text | None = None
    language: Text | None = None
    lifecycle: Text | None = None
    attributes: dict[str, Any] = Field(default_factory=dict)


class ContactCreate(ContactFields):
    """A contact to make, or to update when its external_id or address is known."""

    tags: list[Tag] = Field(default_factory=list, max_length=100)


class ContactUpdate(ContactFields):
    """What to change: null clears a field or removes an attribute; what is left out stays."""

    add_tags: list[Tag] = Field(default_factory=list, max_length=100)
    remove_tags: list[Tag] = Field(default_factory=list, max_length=100)


class ContactRead(Schema):
    """A contact."""

    id: UUID
    email: str | None
    external_id: str | None
    phone: str | None
    first_name: str | None
    last_name: str | None
    country: str | None
    city: str | None
    time_zone: str | None
    language: str | None
    lifecycle: str | None
    tags: list[str]
    attributes: dict[str, Any]
    created_at: datetime
    updated_at: datetime


class ScoreOf(Schema):
    """A contact's score in a model; `given` of it came from journeys, the rest from the model's rules."""

    model: str
    name: str
    value: float
    given: float
    updated_at: datetime


class SegmentOf(Schema):
    """A segment that a contact is in."""

    id: UUID
    name: str
    entered_at: datetime


class EnrollmentOf(Schema):
    """A passage through a journey; `node_id` says where it is now, while it is active."""

    id: UUID
    journey_id: UUID
    journey_name: str | None
    contact_id: UUID
    version: int | None
    state: str
    node_id: str | None
    wake_at: datetime | None
    entered_at: datetime
    ended_at: datetime | None
    reason: str | None
    goal_at: datetime | None
    key: str | None


class ConsentRead(Schema):
    """What a contact last said about a topic."""

    topic: str
    channel: str
    state: Literal["subscribed", "unsubscribed"]
    source: str
    at: datetime


class ConsentUpdate(Schema):
    """What a contact says about a topic."""

    state: Literal["subscribed", "unsubscribed"]


class SuppressionRead(Schema):
    """An address that gets nothing (`all`) or no marketing, and why."""

    address: str
    channel: str
    scope: Literal["all", "marketing"]
    reason: str
    source: str
    created_at: datetime


class ContactDetail(ContactRead):
    """A contact with all around it."""

    consents: list[ConsentRead]
    suppression: SuppressionRead | None
    segments: list[SegmentOf]
    scores: list[ScoreOf]
    enrollments: list[EnrollmentOf]
    messages: list[MessageRead]


class TimelineEvent(Schema):
    """Something that a contact did."""

    id: UUID
    type: str
    name: str
    occurred_at: datetime
    received_at: datetime
    value: float | None
    message_id: UUID | None
    journey_id: UUID | None
    node_id: str | None
    properties: dict[str, Any] | None


class Erase(Schema):
    """How to erase: with `keep_out` the address alone is kept, so that it cannot come back in."""

    keep_out: bool = True


class SuppressContact(Schema):
    """Why a contact should get no more mail, and whether that means all mail or marketing."""

    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)] = "manual"
    scope: Literal["all", "marketing"] = "all"


class SuppressionCreate(SuppressContact):
    """Addresses to suppress."""

    addresses: list[Annotated[str, StringConstraints(max_length=320)]] = Field(min_length=1, max_length=1_000)


class TopicRead(Schema):
    """Something a contact may hear about."""

    id: UUID
    key: str
    name: str
    policy: Literal["opt_in", "opt_out"]


class TopicCreate(Schema):
    """A topic to make."""

    key: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,59}$")]
    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
    policy: Literal["opt_in", "opt_out"] = "opt_out"


class TopicUpdate(Schema):
    """What to change of a topic."""

    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)] | None = None
    policy: Literal["opt_in", "opt_out"] | None = None
