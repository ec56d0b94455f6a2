"""What a stored JSON value means as text, number or time: the ground that both evaluators of rules stand on."""

import re
from datetime import UTC, datetime

TIME_PATTERN = (
    r"^[12]\d{3}-[01]\d-[0-3]\d"
    r"([T ]([01]\d|2[0-3]):[0-5]\d(:[0-5]\d([.]\d{1,6})?)?(Z|[+-](0\d|1[0-4]):?[0-5]\d)?)?$"
)
"""ISO 8601 as Postgres and Python both read it. Used in SQL as well."""

_TIME = re.compile(TIME_PATTERN, re.ASCII)
_FRACTION = re.compile(r"\.(\d{1,6})")


def parse_time(value: object) -> datetime | None:
    """Return the instant that an ISO 8601 text names, or None; without a zone it is UTC."""
    if not isinstance(value, str) or not _TIME.match(value) or value.endswith("\n"):
        return None
    try:
        found = datetime.fromisoformat(_FRACTION.sub(lambda digits: "." + digits[1].ljust(6, "0"), value))
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def is_number(value: object) -> bool:
    """Say whether a JSON value is a number; booleans are not."""
    return isinstance(value, int | float) and not isinstance(value, bool)
