"""JSON for the one jsonb parameter of a set-based statement."""

from typing import Any

import orjson


def to_json(value: Any) -> str:
    """Return JSON text; ids and other odd values become strings."""
    return orjson.dumps(value, default=str).decode()
