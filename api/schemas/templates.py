"""Shapes: templates, their versions, previews."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from api.schemas.base import Address, Name, Schema

Body = Annotated[str, StringConstraints(max_length=800_000)]
Line = Annotated[str, StringConstraints(max_length=2_000)]


class Source(Schema):
    """A mail as its author writes it: HTML or MJML, with Liquid in every part."""

    subject: Line = ""
    preheader: Line = ""
    html: Body | None = None
    mjml: Body | None = None
    text: Body | None = None


class TemplateCreate(Source):
    """A template to make."""

    name: Name
    slug: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,59}$")] | None = None


class TemplateUpdate(Schema):
    """What to change; a change of content makes the next version. Null takes a part away."""

    name: Name | None = None
    subject: Line | None = None
    preheader: Line | None = None
    html: Body | None = None
    mjml: Body | None = None
    text: Body | None = None


class TemplateRead(Source):
    """A template with its newest version."""

    id: UUID
    name: str
    slug: str
    version: int
    version_id: UUID
    created_at: datetime
    updated_at: datetime


class TemplateVersionRead(Source):
    """A version of a template; it never changes."""

    id: UUID
    version: int = Field(validation_alias="number")
    created_by: str | None
    created_at: datetime


class PreviewRequest(Source):
    """A mail to render, as this contact would get it, or as somebody made up would."""

    contact_id: UUID | None = None
    category: Literal["marketing", "transactional"] = "marketing"


class FindingRead(Schema):
    """One thing about a template: an error must be mended before it is published."""

    level: Literal["error", "warning"]
    code: str
    message: str
    field: str | None
    line: int | None


class PreviewRead(Schema):
    """A mail as it would look, as far as it can be rendered, and what was found."""

    subject: str
    preheader: str
    html: str
    text: str
    findings: list[FindingRead]


class SendTest(Schema):
    """Whom to send a trial to, and as whom it is rendered."""

    to: Address
    contact_id: UUID | None = None
    connection_id: UUID | None = None


class Sent(Schema):
    """What became of a mail."""

    message_id: UUID
    state: str
    reason: str | None
