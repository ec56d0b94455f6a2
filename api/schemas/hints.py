"""Shapes: what the data has, for those who write rules."""

from typing import Any, Literal

from api.schemas.base import Schema


class EventName(Schema):
    """An event that came in at least once."""

    name: str


class FieldHintRead(Schema):
    """An attribute or a property, the type that most of its values have, and the most frequent of them."""

    name: str
    type: Literal["text", "number", "boolean", "time", "list"]
    values: list[Any]
