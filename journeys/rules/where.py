"""Match one event against a `where`: called per event by the router, so it is quick."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from journeys import clock
from journeys.rules.compare import compare, equal
from journeys.rules.operators import Comparison, Where
from journeys.rules.values import TYPED_PROPERTIES, at_path, resolve


def matches_where(
    where: Where,
    properties: Mapping[str, object] | None,
    payload: Mapping[str, object] | None = None,
    now: datetime | None = None,
) -> bool:
    """Say whether an event's properties fit every condition of a `where`."""
    for name, condition in where.items():
        stored = at_path(properties, name.split("."))
        if isinstance(condition, Comparison):
            if not compare(stored, condition, payload, now or clock.now()):
                return False
        elif not equal(stored, resolve(condition, payload)):
            return False
    return True


def properties_of(event: Any) -> Mapping[str, object]:
    """Return the properties of a row of `events` or `event_queue`, with those that have columns of their own."""
    typed = {name: getattr(event, name) for name in TYPED_PROPERTIES}
    return {**(event.properties or {}), **{name: str(value) for name, value in typed.items() if value is not None}}
