"""From a record of an upload to a contact: which column is which field."""

import re
from collections.abc import Mapping
from typing import Any

from journeys.contacts.import_files import Record
from journeys.contacts.models import STANDARD_ATTRIBUTES
from journeys.contacts.rows import ContactRow, read_contact
from journeys.errors import InvalidInput

TAGS = "tags"
_USUAL_NAMES = {
    "e-mail": "email",
    "mail": "email",
    "email address": "email",
    "e-mail address": "email",
    "firstname": "first_name",
    "lastname": "last_name",
    "surname": "last_name",
    "timezone": "time_zone",
    "tel": "phone",
    "telephone": "phone",
    "mobile": "phone",
    "userid": "external_id",
    "user_id": "external_id",
    "customer_id": "external_id",
    "locale": "language",
}
_NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,10})?")


class ColumnMapping:
    """Which field each column fills; a column without one is left out."""

    def __init__(self, wanted: Mapping[str, str | None], columns: list[str] | None) -> None:
        if columns is not None and (missing := [name for name in wanted if name not in columns]):
            raise InvalidInput(f"The file has no column {missing[0]!r}; it has {', '.join(columns)}.")
        self._wanted = dict(wanted)
        self._columns = columns
        self._fields = [self.field_of(name) for name in columns or []]
        if columns is not None and not {"email", "external_id"} & set(self._fields):
            raise InvalidInput("No column is mapped to email or external_id, so nobody could be found or made.")

    def field_of(self, column: str) -> str | None:
        """Return the field that a column fills: as the user said, or by its usual names."""
        if self._wanted:
            return self._wanted.get(column) or None
        name = column.strip().lower()
        plain = name.replace(" ", "_")
        if plain in STANDARD_ATTRIBUTES or plain == TAGS:
            return plain
        return _USUAL_NAMES.get(name, column.strip())

    def read(self, record: Record) -> tuple[ContactRow | None, str | None]:
        """Return the contact of a record, or why it is refused."""
        if record.fault:
            return None, record.fault
        if record.values is None and len(record.cells) != len(self._fields):
            return None, f"It has {len(record.cells)} cells, the header has {len(self._fields)}."
        values, attributes, tags = self._sort(record)
        row, faults = read_contact(values, attributes, tags)
        if faults:
            return None, "; ".join(f"{fault.pointer.rpartition('/')[2]}: {fault.message}" for fault in faults)
        return row, None

    def _sort(self, record: Record) -> tuple[dict[str, Any], dict[str, Any], list[str]]:
        values: dict[str, Any] = {}
        attributes: dict[str, Any] = {}
        tags: list[str] = []
        for field, value in self._pairs(record):
            if value is None or value == "":
                continue  # an empty cell says nothing; it does not take a value away
            if field in STANDARD_ATTRIBUTES:
                values[field] = value
            elif field == TAGS:
                tags = _tags(value)
            else:
                name = field.removeprefix("attributes.")
                attributes[name] = _typed(value) if record.values is None else value
        return values, attributes, tags

    def _pairs(self, record: Record) -> list[tuple[str, Any]]:
        if record.values is None:
            return [(field, cell.strip()) for field, cell in zip(self._fields, record.cells, strict=True) if field]
        given = dict(record.values)
        nested = given.pop("attributes", None)
        if isinstance(nested, dict):
            given |= nested
        return [(field, value) for name, value in given.items() if (field := self.field_of(name))]


def _tags(value: Any) -> list[str]:
    parts = value if isinstance(value, list) else re.split(r"[;,|]", str(value))
    return [tag for part in parts if (tag := str(part).strip())]


def _typed(text: str) -> Any:
    """Return a cell as the number or truth value that it plainly is; `007` and `1e5` stay text."""
    if _NUMBER.fullmatch(text):
        return float(text) if "." in text else int(text)
    return {"true": True, "false": False}.get(text.lower(), text)
