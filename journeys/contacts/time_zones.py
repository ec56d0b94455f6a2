"""Time zones that we know: the names of the IANA database."""

from functools import lru_cache
from zoneinfo import available_timezones


def is_time_zone(name: str) -> bool:
    """Say whether this names a time zone."""
    return name in _names()


@lru_cache
def _names() -> frozenset[str]:
    return frozenset(available_timezones())
