"""Make a client's message into one event that can be stored, or say field by field why it cannot."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from pydantic import ValidationError

from journeys.errors import Fault
from journeys.events.clock import place_in_time
from journeys.events.segment_spec import MESSAGE, Alias, AnyMessage, Group, Identify, Page, Screen, Track
from journeys.events.traits import Traits, read_traits

EVENT_BYTES = 32 * 1024
NAMES = {
    "identify": "Identified",
    "page": "Page Viewed",
    "screen": "Screen Viewed",
    "group": "Group Joined",
    "alias": "Aliased",
}
"""The event name of each message that carries none of its own."""

_VALUES = ("revenue", "value", "total")


@dataclass(slots=True)
class Incoming:
    """An event whose contact is not known yet: only the ids that the client gave."""

    workspace_id: UUID
    type: str
    name: str
    occurred_at: datetime
    user_id: str | None = None
    anonymous_id: str | None = None
    previous_id: str | None = None
    message_key: str | None = None
    properties: dict[str, Any] | None = None
    context: dict[str, Any] = field(default_factory=dict)
    value: float | None = None
    traits: Traits = field(default_factory=Traits)

    def note(self, text: str) -> None:
        """Write beside the event, once, what was done differently than the client asked."""
        notes = self.context.setdefault("notes", [])
        if text not in notes:
            notes.append(text)


@dataclass(frozen=True)
class Received:
    """What the messages of one request have in common."""

    workspace_id: UUID
    received_at: datetime
    sent_at: datetime | None = None
    retain_days: int = 400


class Refused(ValueError):
    """A message cannot become an event; the faults say which fields, relative to the message."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("; ".join(fault.message for fault in faults))
        self.faults = faults


def normalize(message: Any, request: Received) -> Incoming:
    """Return the event that a message means, or raise Refused naming every field at fault."""
    _check_size(message)
    try:
        return _to_event(MESSAGE.validate_python(message), request)
    except ValidationError as error:
        raise Refused([_fault(details) for details in error.errors(include_url=False, include_input=False)]) from None


def _to_event(message: AnyMessage, request: Received) -> Incoming:
    occurred_at, note = place_in_time(message.timestamp, request.sent_at, request.received_at, request.retain_days)
    event = Incoming(
        workspace_id=request.workspace_id,
        type=message.type,
        name=message.event if isinstance(message, Track) else NAMES[message.type],
        occurred_at=occurred_at,
        user_id=message.user_id,
        anonymous_id=message.anonymous_id,
        previous_id=message.previous_id if isinstance(message, Alias) else None,
        message_key=message.message_id,
        context=_own(message.context),
    )
    if note and message.timestamp:
        event.context["original_timestamp"] = message.timestamp.isoformat()
        event.note(note)
    _read_body(event, message)
    return event


def _own(context: dict[str, Any] | None) -> dict[str, Any]:
    """Return the client's context without the fields that are ours to write."""
    return {key: value for key, value in (context or {}).items() if key not in ("notes", "original_timestamp")}


def _read_body(event: Incoming, message: AnyMessage) -> None:
    match message:
        case Track():
            event.properties = message.properties
            event.value = find_value(message.properties or {})
        case Page() | Screen():
            named = {"name": message.name, "category": message.category}
            event.properties = {key: value for key, value in named.items() if value} | (message.properties or {})
        case Identify():
            event.properties = message.traits
            event.traits = read_traits(message.traits or {})
            for text in event.traits.notes:
                event.note(text)
        case Group():
            event.properties = {"group_id": message.group_id, "traits": message.traits or {}}
            event.traits.attributes["group_id"] = message.group_id
        case Alias():
            event.properties = {"previous_id": message.previous_id}


def find_value(properties: dict[str, Any]) -> float | None:
    """Return what an event is worth: the first number among revenue, value and total."""
    for key in _VALUES:
        value = properties.get(key)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return float(value)
    return None


def _check_size(message: Any) -> None:
    """Refuse what is too large, or nested deeper than it can be written again inside a flush."""
    try:
        size = len(orjson.dumps([[message]]))
    except orjson.JSONEncodeError:
        raise Refused([Fault("", "The event is nested too deeply")]) from None
    if size - 4 > EVENT_BYTES:
        raise Refused([Fault("", f"The event has {size - 4:,} bytes; the limit is {EVENT_BYTES:,}")])


def _fault(details: Any) -> Fault:
    kind, *path = details["loc"] or ("",)
    message = details["msg"]
    if details["type"] == "no_user":
        return Fault("/userId", message)
    if details["type"] in ("union_tag_invalid", "union_tag_not_found"):
        return Fault("/type", "The type should be identify, track, page, screen, group or alias")
    if details["type"] in ("model_attributes_type", "model_type", "dict_type") and not path:
        return Fault("", "An event should be an object")
    if details["type"] == "missing":
        message = f"{path[-1]} is required"
    return Fault(
        "/" + "/".join(str(part) for part in path) if path else "", f"{message}" if path else f"{kind}: {message}"
    )
