"""Shapes: a workspace and its settings."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from api.schemas.base import Address, Name, Schema, TimeZone

Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200, pattern=r"^[^\r\n]*$")]


class WorkspaceSettings(Schema):
    """Whom mails come from, and where their links lead."""

    from_name: Line | None = None
    from_address: Address | None = None
    reply_to: Address | None = None
    postal_address: Line | None = None
    tracking_url: Annotated[str, StringConstraints(pattern=r"^https?://[^\s/]+$", max_length=200)] | None = Field(
        None, description="Base of the links in mails, when it is not this installation's own address."
    )


class WorkspaceRead(Schema):
    """The caller's workspace."""

    id: UUID
    name: str
    slug: str
    time_zone: str
    settings: WorkspaceSettings
    created_at: datetime


class WorkspaceCreate(Schema):
    """A workspace to make."""

    name: Name
    time_zone: TimeZone = "UTC"


class WorkspaceUpdate(Schema):
    """What to change; settings that are left out stay."""

    name: Name | None = None
    time_zone: TimeZone | None = None
    settings: WorkspaceSettings | None = None
