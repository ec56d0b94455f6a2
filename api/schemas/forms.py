"""Shapes: forms."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, StringConstraints

from api.schemas.base import Name, Schema

PageUrl = Annotated[str, StringConstraints(pattern=r"^https?://[^\s]+$", max_length=2_000)]
Origin = Annotated[str, StringConstraints(pattern=r"^https?://[^\s/]+$", max_length=300)]
FieldName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_-]{0,59}$")]


class FormCreate(Schema):
    """A form to make. Each field is `{"name", "label"?, "required"?, "attribute"?}`; one is called email."""

    name: Name
    fields: list[dict[str, Any]] = Field(default_factory=lambda: [{"name": "email", "required": True}])
    honeypot: FieldName = "website"
    redirect_url: PageUrl | None = None
    origins: list[Origin] = Field(default_factory=list, max_length=20)


class FormUpdate(Schema):
    """What to change; `disabled` closes the form or opens it again."""

    name: Name | None = None
    fields: list[dict[str, Any]] | None = None
    honeypot: FieldName | None = None
    redirect_url: PageUrl | None = None
    origins: list[Origin] | None = Field(None, max_length=20)
    disabled: bool | None = None


class FormRead(Schema):
    """A form, where it sends to, and HTML to paste into a page."""

    id: UUID
    key: str
    name: str
    fields: list[dict[str, Any]]
    honeypot: str
    redirect_url: str | None
    origins: list[str]
    url: str
    html: str
    disabled: bool
    created_at: datetime
