"""Shapes: scoring models, and how a score came about."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import StringConstraints

from api.schemas.base import Name, Schema

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,59}$")]


class ScoringModelCreate(Schema):
    """A model to make. Each rule is `{"rule": ..., "points": n, "label": text?}`."""

    slug: Slug
    name: Name
    rules: list[dict[str, Any]]


class ScoringModelUpdate(Schema):
    """What to change; changed rules score every contact again."""

    name: Name | None = None
    rules: list[dict[str, Any]] | None = None


class ScoringModelRead(Schema):
    """A scoring model."""

    id: UUID
    slug: str
    name: str
    rules: list[dict[str, Any]]
    created_at: datetime
    updated_at: datetime


class ScoreChangeRead(Schema):
    """A change of a contact's score, and what made it."""

    at: datetime
    before: float
    after: float
    reason: str
