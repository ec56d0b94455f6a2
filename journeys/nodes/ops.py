"""What a node compiles to: a small closed union of operations; the engine has one runner for each."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Literal, TypeAlias
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from journeys.rules.language import Rule
from journeys.rules.operators import Scalar, Where


class _Op(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", serialize_by_alias=True)


class Recurrence(_Op):
    """When a schedule is due: once `at` a moment, or `every` so often at a time of day in a zone (None: the workspace's).

    Weekdays count from Monday, 0. A `day` that a month does not have means its last one.
    """

    at: datetime | None = None
    every: Literal["day", "week", "month"] | None = None
    time: str = "00:00"
    weekdays: list[int] = Field(default_factory=list)
    day: int = 1
    time_zone: str | None = None


class OwnDate(_Op):
    """A day counted from a date of the contact's own, and the time of that day in their zone or a fixed one.

    `yearly`: on each anniversary; one of 29 February is on the 28th where the year has no 29th.
    """

    attribute: str
    offset_days: int = 0
    time: str = "09:00"
    yearly: bool = False
    time_zone: str = "contact"


class AttributeChange(_Op):
    """An attribute that takes another value; `before` and `after` say which, None means any."""

    attribute: str
    before: Scalar | None = None
    after: Scalar | None = None


class PayloadField(BaseModel):
    """What a request brings along for its contacts."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(min_length=1, max_length=200, description="Name of the value in `payload`")
    type: Literal["any", "text", "number", "boolean"] = Field("any", description="What it must be")
    required: bool = Field(False, description="Refuse a request without it")

    def misfit(self, payload: Mapping[str, object]) -> str | None:
        """Say what is wrong with a payload, or return None."""
        value = payload.get(self.name)
        if value is None:
            return "this is required" if self.required else None
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        fits = {
            "any": True,
            "text": isinstance(value, str),
            "number": is_number,
            "boolean": isinstance(value, bool),
        }[self.type]
        return None if fits else f"this must be a {self.type}"


class Trigger(_Op):
    """Let contacts in. `key` names the property whose value keys re-entry; `where` filters the event.

    A schedule takes the members of its segment, or everyone. `payload` is what an API request must bring along.
    """

    op: Literal["trigger"] = "trigger"
    source: Literal["event", "segment", "api", "schedule", "date", "attribute"]
    event: str | None = None
    where: Where = Field(default_factory=dict)
    key: str | None = None
    segment_id: UUID | None = None
    on: Literal["entered", "left"] = "entered"
    existing: bool = False
    recurrence: Recurrence | None = None
    own_date: OwnDate | None = None
    change: AttributeChange | None = None
    payload: list[PayloadField] = Field(default_factory=list)


class RoutePath(_Op):
    """A way out of a branch, taken by those who match the rule and no earlier one."""

    outlet: str
    rule: Rule


class Route(_Op):
    """Send each contact out by the first path whose rule matches, or by `else_outlet`."""

    op: Literal["route"] = "route"
    paths: list[RoutePath]
    else_outlet: str = "else"


class Share(_Op):
    """A way out of a split. `upto` is cumulative: it takes draws below it that no earlier share took."""

    outlet: str
    upto: float = Field(gt=0, le=1)


class Split(_Op):
    """Send each contact out by its draw in [0, 1), a stable hash of salt and contact (journeys/nodes/draws.py)."""

    op: Literal["split"] = "split"
    salt: str
    shares: list[Share]


class Change(_Op):
    """Change the contact; texts in `set` are Liquid, null removes the attribute."""

    op: Literal["change"] = "change"
    set: dict[str, Scalar | None] = Field(default_factory=dict)
    add_tags: list[str] = Field(default_factory=list)
    remove_tags: list[str] = Field(default_factory=list)


class Hold(_Op):
    """Wait the same time for the whole batch; outlet `next`."""

    op: Literal["hold"] = "hold"
    seconds: int = Field(gt=0)


class HoldUntil(_Op):
    """Wait until a time; outlets `next` and, when it is over already, `past`.

    One of `at`, `attribute` (a time or date of the contact's own) and `weekday`/`time` (the next such moment) is set;
    `time` may go with `attribute` to name the hour of its day, `offset_days` to move it by days. Weekdays count from
    Monday, 0.
    """

    op: Literal["hold_until"] = "hold_until"
    at: datetime | None = None
    weekday: list[int] | None = None
    time: str | None = None
    attribute: str | None = None
    offset_days: int = 0
    time_zone: str = "contact"
    has_past: bool = False


class Window(_Op):
    """Hold whoever comes outside a window of the week until it opens; outlet `next`. From `end` before `start`: overnight."""

    op: Literal["window"] = "window"
    weekdays: list[int] | None = None
    start: str
    end: str
    time_zone: str = "contact"


class AwaitCondition(_Op):
    """Wait until a rule holds; outlets `met` and `timed_out`."""

    op: Literal["await_condition"] = "await_condition"
    rule: Rule
    timeout_seconds: int = Field(gt=0)


class Await(_Op):
    """Wait for an event; outlets `happened` and `timed_out`. `where` may refer to the enrollment's own event."""

    op: Literal["await"] = "await"
    event: str
    where: Where = Field(default_factory=dict)
    timeout_seconds: int = Field(gt=0)


class SendEmail(_Op):
    """Send a pinned mail; outlets `sent`, `skipped`, `failed`.

    `attributes` are those that the mail reads of the contact; None stands for all. `send_time` holds the mail until a
    time of the contact's day, or until the hour of theirs that is `best`. `tag` is what frequency caps may count by;
    `wait_hours` is how long a capped mail may wait for room.
    """

    op: Literal["send_email"] = "send_email"
    template_version_id: UUID
    category: Literal["marketing", "transactional"]
    topic: str | None = None
    connection: str | None = None
    attributes: list[str] | None = None
    send_time: str | None = None
    tag: str | None = None
    if_capped: Literal["skip", "wait", "send"] = "skip"
    wait_hours: int = 72


class CallWebhook(_Op):
    """Call a URL; outlets `done`, `failed`. URL, header values and every text in the body (text or JSON) are Liquid."""

    op: Literal["call_webhook"] = "call_webhook"
    url: str
    method: Literal["POST", "PUT", "PATCH", "DELETE", "GET"] = "POST"
    headers: dict[str, str] = Field(default_factory=dict)
    body: JsonValue = None
    timeout_seconds: float = 10


class CallActivity(_Op):
    """Call an activity of a developer's own. `outlets` are those it had when the journey was published."""

    op: Literal["call_activity"] = "call_activity"
    activity: str
    config: dict[str, JsonValue] = Field(default_factory=dict)
    outlets: list[str]


class Score(_Op):
    """Change a contact's score in a model; outlet `next`. `reason` goes into the score's history."""

    op: Literal["score"] = "score"
    model: str
    action: Literal["add", "set", "recompute"]
    points: float = 0
    reason: str


class Subscribe(_Op):
    """Write down that a contact hears about a topic, or not. Who unsubscribed stays so, unless it says `again`."""

    op: Literal["subscribe"] = "subscribe"
    topic: str
    on: bool = True
    again: bool = False


class StartJourney(_Op):
    """Let the contact into another journey, as far as its re-entry rule admits them; outlet `next`.

    `key` names a property of the enrollment's event that keys the entry; without it, the enrollment's own key does.
    """

    op: Literal["start_journey"] = "start_journey"
    journey_id: UUID
    key: str | None = None
    with_event: bool = True


class Mark(_Op):
    """Record that the contact reached the goal; outlet `next`."""

    op: Literal["mark"] = "mark"


class End(_Op):
    """End the passage here, as completed."""

    op: Literal["end"] = "end"
    reason: str | None = None


Op: TypeAlias = Annotated[
    Trigger
    | Route
    | Split
    | Change
    | Hold
    | HoldUntil
    | Window
    | Await
    | AwaitCondition
    | SendEmail
    | CallWebhook
    | CallActivity
    | Score
    | Subscribe
    | StartJourney
    | Mark
    | End,
    Field(discriminator="op"),
]

AWAITS = (Await, AwaitCondition)
WAITS = (Hold, HoldUntil, Window, Await, AwaitCondition)
EFFECTS = (SendEmail, CallWebhook, CallActivity)
