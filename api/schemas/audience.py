"""Shapes: searching contacts, saved views, one action for many."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from api.schemas.base import Name, Schema
from journeys.enrollments.bulk import BulkAction
from journeys.segments.sorting import NEWEST, Sort

Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]
Column = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class ContactFilter(Schema):
    """Which contacts: what is left out does not narrow."""

    q: Words | None = Field(None, description="Part of an address, a name or an external id.")
    rule: dict[str, Any] | None = None
    segment_id: UUID | None = None
    tag: Words | None = None


class ContactSearch(ContactFilter):
    """Which contacts, and in what order."""

    sort: Sort = Field(NEWEST, description="By what; `-` turns the order round.")


class BulkAudience(ContactFilter):
    """Whom an action is for: these contacts, or all that a search finds."""

    contact_ids: list[UUID] | None = Field(None, max_length=10_000)


class BulkCreate(Schema):
    """An action for many contacts."""

    audience: BulkAudience
    action: BulkAction


class BulkRead(Schema):
    """A job over many contacts, and how far it is. `total` is unknown until it begins."""

    id: UUID
    type: Literal["tag", "enroll", "suppress", "export"]
    state: Literal["queued", "running", "completed", "failed"]
    total: int | None
    done: int
    refused: int
    error: str | None
    file_url: str | None
    created_at: datetime
    finished_at: datetime | None


class ViewCreate(Schema):
    """A search to save under a name, with the columns to show."""

    name: Name
    search: ContactSearch
    columns: list[Column] = Field(default_factory=list, max_length=30)


class ViewRead(Schema):
    """A saved view."""

    id: UUID
    name: str
    search: ContactSearch
    columns: list[str]
    created_by: str | None
    created_at: datetime
