"""Shapes: segments."""

from datetime import datetime
from typing import Any
from uuid import UUID

from api.schemas.base import Name, Schema
from api.schemas.contacts import ContactRead


class SegmentCreate(Schema):
    """A segment to make: a name and a rule."""

    name: Name
    rule: dict[str, Any]


class SegmentUpdate(Schema):
    """What to change; a changed rule finds its members again."""

    name: Name | None = None
    rule: dict[str, Any] | None = None


class SegmentRead(Schema):
    """A segment, and how many are in it; while `built_at` is null its members are being found.

    With an error that failed; after some attempts it is given up, and `failed` is true.
    """

    id: UUID
    name: str
    rule: dict[str, Any]
    count: int
    built_at: datetime | None
    error: str | None
    failed: bool
    created_at: datetime
    updated_at: datetime


class RuleToTry(Schema):
    """A rule to try."""

    rule: dict[str, Any]


class RuleToExplain(RuleToTry):
    """A rule, and the contact to try it on."""

    contact_id: UUID


class SegmentPreview(Schema):
    """How many contacts match, and some of them."""

    count: int
    sample: list[ContactRead]


class OverlapRead(Schema):
    """How many contacts are in each of two segments, and in both."""

    a: int
    b: int
    both: int


class Verdict(Schema):
    """Whether a clause holds for a contact, where it stands in the rule, why, and the clauses it is made of."""

    matched: bool
    path: str
    why: str
    parts: list["Verdict"]
