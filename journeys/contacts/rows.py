"""One contact as it comes in from outside: which values are fit to store, and what is wrong with the others."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from journeys.contacts.addresses import normalize_address
from journeys.contacts.models import STANDARD_ATTRIBUTES
from journeys.contacts.time_zones import is_time_zone
from journeys.errors import Fault

LONGEST_VALUE = 1_000
LONGEST_NAME = 200
MOST_ATTRIBUTES = 256
MOST_TAGS = 100
MOST_BYTES = 1_000_000

_COLUMNS = frozenset(STANDARD_ATTRIBUTES)
_RESERVED = frozenset({"id", "workspace_id", "tags", "attributes", "created_at", "updated_at", "erased_at"})


@dataclass(slots=True)
class ContactRow:
    """What to store of a contact: only the columns that are given, None to clear one."""

    columns: dict[str, str | None] = field(default_factory=dict)
    attributes: dict[str, Any] = field(default_factory=dict)
    add_tags: list[str] = field(default_factory=list)
    remove_tags: list[str] = field(default_factory=list)

    @property
    def email(self) -> str | None:
        """The address, in lower case."""
        return self.columns.get("email")

    @property
    def external_id(self) -> str | None:
        """The customer's own id, Segment's userId."""
        return self.columns.get("external_id")


def read_contact(
    values: Mapping[str, Any],
    attributes: Mapping[str, Any] | None = None,
    add_tags: list[str] | None = None,
    remove_tags: list[str] | None = None,
) -> tuple[ContactRow, list[Fault]]:
    """Return what can be stored of these values, and every fault; `attributes` have no column of their own."""
    row = ContactRow(add_tags=add_tags or [], remove_tags=remove_tags or [])
    faults: list[Fault] = []
    for name, value in values.items():
        if name in _COLUMNS:
            _take_column(row, faults, name, value)
        else:
            _take_attribute(row, faults, name, value, "")
    for name, value in (attributes or {}).items():
        _take_attribute(row, faults, name, value, "/attributes")
    _check_tags(row, faults)
    _check_size(row, faults)
    return row, faults


def _take_column(row: ContactRow, faults: list[Fault], name: str, value: Any) -> None:
    if value is None:
        row.columns[name] = None
        return
    text = str(value).strip() if isinstance(value, str | int | float) and not isinstance(value, bool) else None
    if text is None:
        faults.append(Fault(f"/{name}", "This should be text."))
    elif text == "":
        row.columns[name] = None
    elif problem := _problem(name, text):
        faults.append(Fault(f"/{name}", problem))
    else:
        row.columns[name] = normalize_address(text) if name == "email" else text


def _problem(name: str, text: str) -> str | None:
    if len(text) > LONGEST_VALUE:
        return f"This is longer than {LONGEST_VALUE} characters."
    if not is_storable(text):
        return "This holds characters that cannot be stored."
    if name == "email" and normalize_address(text) is None:
        return f"{text[:100]!r} is not an email address."
    if name == "time_zone" and not is_time_zone(text):
        return f"{text[:100]!r} is not a time zone of the IANA database, such as Europe/Berlin."
    return None


def _take_attribute(row: ContactRow, faults: list[Fault], name: str, value: Any, place: str) -> None:
    pointer = f"{place}/{name.replace('~', '~0').replace('/', '~1')}"
    if place and name in _COLUMNS | _RESERVED:
        faults.append(Fault(pointer, "This name belongs to a standard field; set that instead."))
    elif not name.strip() or len(name) > LONGEST_NAME or name in _RESERVED:
        faults.append(Fault(pointer, f"An attribute's name has 1 to {LONGEST_NAME} characters and is not reserved."))
    else:
        row.attributes[name] = value


def _check_tags(row: ContactRow, faults: list[Fault]) -> None:
    tags = [*row.add_tags, *row.remove_tags]
    if len(tags) > MOST_TAGS or any(not 0 < len(tag.strip()) <= LONGEST_NAME or not is_storable(tag) for tag in tags):
        faults.append(Fault("/tags", f"At most {MOST_TAGS} tags, of 1 to {LONGEST_NAME} characters."))


def _check_size(row: ContactRow, faults: list[Fault]) -> None:
    if not row.attributes:
        return
    if len(row.attributes) > MOST_ATTRIBUTES:
        faults.append(Fault("/attributes", f"A contact has at most {MOST_ATTRIBUTES} attributes."))
    try:
        encoded = orjson.dumps(row.attributes)
    except (orjson.JSONEncodeError, RecursionError):
        faults.append(Fault("/attributes", "A value holds characters or numbers that cannot be stored."))
        return
    if b"\\u0000" in encoded:
        faults.append(Fault("/attributes", "A value holds the character NUL, which cannot be stored."))
    if len(encoded) > MOST_BYTES:
        faults.append(Fault("/attributes", "The attributes of a contact take at most 1 MB."))


def is_storable(text: str) -> bool:
    """Say whether Postgres can hold this text: no NUL, and nothing that is half a character."""
    return "\x00" not in text and (text.isascii() or not any("\ud800" <= each <= "\udfff" for each in text))
