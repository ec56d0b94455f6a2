"""Segment's traits as attributes of a contact: those with a column of their own, and the rest."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from journeys.contacts.addresses import normalize_address
from journeys.contacts.time_zones import is_time_zone

COLUMNS = {
    "email": "email",
    "phone": "phone",
    "firstName": "first_name",
    "first_name": "first_name",
    "lastName": "last_name",
    "last_name": "last_name",
    "country": "country",
    "city": "city",
    "timezone": "time_zone",
    "timeZone": "time_zone",
    "time_zone": "time_zone",
    "language": "language",
    "locale": "language",
    "lifecycle": "lifecycle",
}
"""Traits by the names that Segment's clients use, and the column of each."""


@dataclass(slots=True)
class Traits:
    """What an identify changes; None takes a value away."""

    columns: dict[str, str | None] = field(default_factory=dict)
    attributes: dict[str, Any] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def refuse(self, column: str, value: Any, note: str) -> None:
        """Keep a value that its column cannot take as an attribute, and say why."""
        self.columns.pop(column, None)
        self.attributes[f"refused_{column}"] = value
        self.notes.append(note)


def read_traits(traits: dict[str, Any]) -> Traits:
    """Sort traits into columns and attributes; what does not fit its column becomes an attribute, with a note."""
    result = Traits()
    address = traits.get("address")
    if isinstance(address, dict):
        for name in ("country", "city"):
            if name in address:
                _set_column(result, name, address[name])
    for name, value in traits.items():
        column = COLUMNS.get(name)
        if column is None:
            result.attributes[name] = value
        else:
            _set_column(result, column, value)
    return result


def _set_column(result: Traits, column: str, value: Any) -> None:
    if value is None or value == "":
        result.columns[column] = None
        return
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        result.refuse(column, value, f"{column} is not text; kept as the attribute refused_{column}.")
        return
    check = _CHECKS.get(column)
    fit = check(value.strip()) if check else value.strip()
    if fit is None:
        result.refuse(column, value, f"{column} is not valid; kept as the attribute refused_{column}.")
    else:
        result.columns[column] = fit


def _time_zone(value: str) -> str | None:
    return value if is_time_zone(value) else None


_CHECKS: dict[str, Callable[[str], str | None]] = {"email": normalize_address, "time_zone": _time_zone}
