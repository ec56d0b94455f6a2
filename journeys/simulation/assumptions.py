"""What is assumed of people in a simulation: who comes, what they do with mails, which events follow, how soon."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import orjson
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from journeys.contacts.addresses import normalize_address
from journeys.contacts.time_zones import is_time_zone

MOST_CONTACTS = 1_000
LONGEST_DAYS = 400
EARLIEST, LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)

Rate = Annotated[float, Field(ge=0, le=1)]
Hours = Annotated[float, Field(gt=0, le=24 * LONGEST_DAYS)]
EventName = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class MailAssumptions(_Part):
    """What shares of a mail's readers do, of all whom it reached. Whoever clicks has opened it too."""

    open_rate: Rate = 0.35
    click_rate: Rate = 0.05
    unsubscribe_rate: Rate = 0.002
    failure_rate: Rate = Field(0, description="Share of mails that the provider refuses for good")
    median_hours: Hours = Field(3, description="Half of those who open do so within this time")


class EventAssumption(_Part):
    """An event that a share of contacts brings about, once, some time after something else."""

    event: EventName
    rate: Rate
    after: Literal["entry", "wait", "sent", "opened", "clicked"] = Field(
        "wait", description="From when on: entering, beginning to wait for it, a mail sent, opened or clicked"
    )
    median_hours: Hours = 24
    properties: dict[str, Any] = Field(default_factory=dict)


class FixedBehaviour(_Part):
    """One thing that one contact does, so many minutes after the start, or after the mail of a node reached them."""

    contact: str = Field(max_length=320, description="Id or address")
    action: Literal["open", "click", "unsubscribe", "event"]
    node_id: str | None = Field(
        None, description="The node whose mail it is about; for an event, from the start if unset"
    )
    minutes: float = Field(0, ge=0, le=LONGEST_DAYS * 1440)
    event: EventName | None = None
    properties: dict[str, Any] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _is_complete(self) -> "FixedBehaviour":
        if (self.action == "event") != (self.event is not None):
            raise ValueError("name the event for the action event, and only then")
        if self.action != "event" and self.node_id is None:
            raise ValueError("name the node whose mail this is about")
        return self


class Assumptions(_Part):
    """How people behave. Whoever has fixed behaviours does those and nothing else."""

    mail: MailAssumptions = MailAssumptions()
    mails: dict[str, MailAssumptions] = Field(default_factory=dict, description="For single nodes, by node id")
    events: list[EventAssumption] = Field(default_factory=list, max_length=50)
    awaited_rate: Rate = Field(
        0.3, description="Share of those who wait for an event not named above, and do it in time"
    )
    webhook_failure_rate: Rate = 0
    outlets: dict[str, dict[str, Rate]] = Field(
        default_factory=dict, description="Shares by outlet for the nodes of custom activities, by node id"
    )
    fixed: list[FixedBehaviour] = Field(default_factory=list, max_length=5_000)

    def of_mail(self, node_id: str) -> MailAssumptions:
        """Return what is assumed of a node's mail."""
        return self.mails.get(node_id, self.mail)


class SyntheticContact(_Part):
    """Someone made up, or many of the same kind."""

    email: str | None = Field(None, max_length=320)
    first_name: str | None = "Sam"
    last_name: str | None = "Sample"
    country: str | None = None
    city: str | None = None
    language: str | None = None
    lifecycle: str | None = None
    time_zone: str | None = None
    tags: list[str] = Field(default_factory=list, max_length=100)
    attributes: dict[str, Any] = Field(default_factory=dict)
    count: int = Field(1, ge=1, le=MOST_CONTACTS)

    @model_validator(mode="after")
    def _is_possible(self) -> "SyntheticContact":
        if self.email is not None and normalize_address(self.email) is None:
            raise ValueError("this is not an email address")
        if self.time_zone is not None and not is_time_zone(self.time_zone):
            raise ValueError("this is not a time zone, such as Europe/Berlin")
        if self.email is not None and self.count > 1:
            raise ValueError("one address is one contact")
        try:
            orjson.dumps(self.attributes)
        except orjson.JSONEncodeError:
            raise ValueError("the attributes are nested too deep, or hold what cannot be stored") from None
        return self


class SimulationRequest(_Part):
    """Whom to send through the draft, from when, and what is assumed of them.

    One of `contacts` (ids or addresses), `segment_id` (a sample of at most `sample`) and `synthetic` is said.
    """

    contacts: list[str] | None = Field(None, min_length=1, max_length=MOST_CONTACTS)
    segment_id: UUID | None = None
    synthetic: list[SyntheticContact] | None = Field(None, min_length=1, max_length=100)
    sample: int = Field(200, ge=1, le=MOST_CONTACTS)
    assumptions: Assumptions = Assumptions()
    start_at: AwareDatetime | None = Field(None, ge=EARLIEST, le=LATEST, description="Now, if unset")
    days: int = Field(90, ge=1, le=LONGEST_DAYS, description="How far to look ahead")
    seed: int = Field(0, ge=0, lt=2**32, description="The same seed gives the same answer")
    trigger_id: str | None = Field(None, description="By which trigger they come in; the first, if unset")
    payload: dict[str, Any] = Field(default_factory=dict, description="Properties of the event that lets them in")
    key: str | None = Field(None, max_length=500)
    arrive_over_hours: float = Field(0, ge=0, le=24 * LONGEST_DAYS, description="They come in spread over this time")
    ignore_earlier_entries: bool = Field(False, description="Let in those who have been in the real journey before too")
    keep: bool = Field(True, description="Keep the outcome, to compare it with others and with what will have happened")
    detailed: int = Field(50, ge=0, le=MOST_CONTACTS, description="For how many contacts to show path and mails")

    @model_validator(mode="after")
    def _is_about_someone(self) -> "SimulationRequest":
        if sum(each is not None for each in (self.contacts, self.segment_id, self.synthetic)) != 1:
            raise ValueError("say contacts, segment_id or synthetic, one of them")
        if sum(each.count for each in self.synthetic or ()) > MOST_CONTACTS:
            raise ValueError(f"at most {MOST_CONTACTS:,} contacts")
        return self

    def started(self, at: datetime) -> "SimulationRequest":
        """Return the request with its start said."""
        return self if self.start_at else self.model_copy(update={"start_at": at})


def strings_of(*documents: object) -> set[str]:
    """Return every text that stands in some JSON, keys included: whatever it may refer to is among them."""
    found: set[str] = set()
    due: list[object] = list(documents)
    while due:
        match due.pop():
            case str() as each:
                found.add(each)
            case dict() as each:
                found.update(each)
                due.extend(each.values())
            case Sequence() as each:
                due.extend(each)
    return found
