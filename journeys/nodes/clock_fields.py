"""Fields about clocks and calendars that several kinds of node share."""

from functools import lru_cache
from typing import Annotated, Literal
from zoneinfo import available_timezones

from pydantic import AfterValidator, Field

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
Day = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]

TIME_OF_DAY = r"([01]\d|2[0-3]):[0-5]\d"
TimeOfDay = Annotated[str, Field(pattern=f"^{TIME_OF_DAY}$")]


def as_list(value: object) -> object:
    """Take one value for a list of it."""
    return value if value is None or isinstance(value, list) else [value]


def _is_known(name: str) -> str:
    if name != "contact" and name not in _zones():
        raise ValueError(f"there is no time zone {name}")
    return name


ZoneName = Annotated[
    str,
    AfterValidator(_is_known),
    Field(description="`contact` for each one's own, or a zone such as Europe/Berlin"),
]


def _is_fixed(name: str) -> str:
    if name not in _zones():
        raise ValueError(f"there is no time zone {name}")
    return name


FixedZone = Annotated[str, AfterValidator(_is_fixed)]


@lru_cache(maxsize=1)
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def own_date_in_words(attribute: str, offset_days: int) -> str:
    """Say which day of a contact's own is meant: `3 days before their renewal_date`."""
    if not offset_days:
        return f"their {attribute}"
    n = abs(offset_days)
    return f"{n} day{'s' if n > 1 else ''} {'after' if offset_days > 0 else 'before'} their {attribute}"
