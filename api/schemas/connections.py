"""Shapes: connectors, and a workspace's connections."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import Field

from api.schemas.base import Name, Schema


class ConnectorRead(Schema):
    """A kind of connection, with the schema of its settings."""

    kind: str
    title: str
    description: str
    config_schema: dict[str, Any]


class ConnectionCreate(Schema):
    """A connection to make."""

    kind: str
    name: Name
    config: dict[str, Any] = Field(default_factory=dict)


class ConnectionUpdate(Schema):
    """What to change; settings that are left out, secrets too, stay."""

    name: Name | None = None
    config: dict[str, Any] | None = None
    is_default: bool | None = None


class ConnectionRead(Schema):
    """A connection; `config` has no secrets, `has_secrets` says that there are some."""

    id: UUID
    kind: str
    name: str
    config: dict[str, Any]
    has_secrets: bool
    is_default: bool
    disabled: bool
    created_at: datetime
    updated_at: datetime


class Health(Schema):
    """Whether a connection works now."""

    healthy: bool
    detail: str | None
