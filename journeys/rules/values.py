"""What a stored JSON value means as text, number or time: the ground that both evaluators of rules stand on."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

TIME_PATTERN = (
    "^[12][0-9]{3}-[01][0-9]-[0-3][0-9]"
    "([T ]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]{1,6})?)?(Z|[+-](0[0-9]|1[0-4]):?[0-5][0-9])?)?$"
)
"""ISO 8601 as Postgres and Python both read it; SQL uses the same pattern."""

TYPED_PROPERTIES = ("message_id", "journey_id", "node_id")
"""Properties of engagement events, which `events` keeps in columns of their own; rules see them like any other."""

_TIME = re.compile(TIME_PATTERN[:-1])
_FRACTION = re.compile(r"\.(\d{1,6})")
_REFERENCE = re.compile(r"\{\{\s*event((?:\.[A-Za-z_][\w-]*)+)\s*\}\}")
_SPAN = re.compile(r"([1-9][0-9]{0,4})([smhdw])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def is_number(value: object) -> bool:
    """Say whether a JSON value is a number; booleans are not."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def parse_time(value: object) -> datetime | None:
    """Return the instant that an ISO 8601 text names, or None; without a zone it is UTC."""
    if not isinstance(value, str) or not _TIME.fullmatch(value):
        return None
    try:
        found = datetime.fromisoformat(_FRACTION.sub(lambda digits: "." + digits[1].ljust(6, "0"), value))
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def find_span(text: object) -> timedelta | None:
    """Return the length of a span such as `30d`, or None; units are s, m, h, d and w."""
    found = _SPAN.fullmatch(text) if isinstance(text, str) else None
    return timedelta(**{_UNITS[found[2]]: int(found[1])}) if found else None


def parse_span(text: str) -> timedelta:
    """Return the length of a span such as `30d`.

    Raises:
        ValueError: it is no span.
    """
    span = find_span(text)
    if span is None:
        raise ValueError("write a span as a number and a unit: 45s, 15m, 12h, 30d or 2w")
    return span


def reference_path(value: object) -> tuple[str, ...] | None:
    """Return the path of a reference (`{{ event.cart.id }}` is `("cart", "id")`), or None for a plain value."""
    found = _REFERENCE.fullmatch(value.strip()) if isinstance(value, str) else None
    return tuple(found[1][1:].split(".")) if found else None


def at_path(document: object, path: Sequence[str]) -> object:
    """Return what lies at a path of nested objects, or None."""
    for name in path:
        if not isinstance(document, Mapping):
            return None
        document = document.get(name)
    return document


def resolve(value: object, payload: Mapping[str, object] | None) -> object:
    """Return the scalar that a reference stands for (None when there is none), or the plain value itself."""
    path = reference_path(value)
    if path is None:
        return value
    found = at_path(payload, path)
    return found if isinstance(found, str | int | float) else None
