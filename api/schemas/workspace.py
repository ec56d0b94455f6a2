"""Shapes: a workspace and its settings."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from api.schemas.base import Address, Name, Schema, TimeZone
from journeys.messaging.brand import Brand
from journeys.messaging.limits import Cap, Percent, QuietHours

Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200, pattern=r"^[^\r\n]*$")]


class WorkspaceSettings(Schema):
    """Whom mails come from, where their links lead, and what holds marketing mail back."""

    from_name: Line | None = None
    from_address: Address | None = None
    reply_to: Address | None = None
    postal_address: Line | None = None
    tracking_url: Annotated[str, StringConstraints(pattern=r"^https?://[^\s/]+$", max_length=200)] | None = Field(
        None, description="Base of the links in mails, when it is not this installation's own address."
    )
    brand: Brand = Field(default_factory=Brand, description="What templates may use as `workspace.color` and the like.")
    quiet_hours: QuietHours | None = Field(
        None,
        description="When no marketing mail is sent, in the contact's own time; what falls due is held until the end.",
    )
    caps: list[Cap] = Field(
        default_factory=list, max_length=10, description="How many marketing mails a contact may get per day or week."
    )
    holdout_percent: Percent = Field(
        0, description="Share of addresses that get no marketing mail from any journey, so that its effect can be told."
    )
    max_journeys: int | None = Field(
        None,
        ge=1,
        le=100,
        description="In how many journeys a contact may be at a time; the higher priority goes first.",
    )
    approvals_needed: int = Field(
        0, ge=0, le=5, description="How many others must approve a draft before somebody may publish it."
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
