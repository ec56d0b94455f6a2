"""Shapes: uploads of contacts."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from api.schemas.base import Schema


class ImportRead(Schema):
    """An import: how far it is, and what was refused."""

    id: UUID
    filename: str
    format: Literal["csv", "ndjson"]
    state: Literal["queued", "running", "completed", "failed"]
    dry_run: bool
    total_bytes: int
    read_bytes: int
    created_count: int
    updated_count: int
    refused_count: int
    refused_url: str | None
    error: str | None
    given_up: bool
    created_at: datetime
    finished_at: datetime | None
