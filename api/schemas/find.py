"""Shapes: what a search over everything finds."""

from typing import Literal
from uuid import UUID

from api.schemas.base import Schema


class Found(Schema):
    """One thing that can be gone to; `hint` tells it from others of its name."""

    kind: Literal["journey", "segment", "template", "contact"]
    id: UUID
    name: str
    hint: str | None = None
