"""What a journey says about itself as a whole: who may come again, what ends a passage, what counts as success."""

from typing import Literal
from zoneinfo import available_timezones

from pydantic import Field, field_validator, model_validator

from journeys.messaging.limits import DEFAULT_PRIORITY, Percent, QuietHours
from journeys.rules.language import Rule
from journeys.rules.operators import Part, Where


class After(Part):
    """Days that must have passed since a contact last came in."""

    days: int = Field(ge=1, le=3_650)


class ReEntryAfter(Part):
    """A contact may come again after some days."""

    after: After


class Goal(Part):
    """What counts as success within days of entering: an event, or a rule that comes true.

    With `exits` it ends the passage.
    """

    event: str | None = None
    where: Where = Field(default_factory=dict)
    rule: Rule | None = None
    window_days: int = Field(30, ge=1, le=365)
    exits: bool = True

    @model_validator(mode="after")
    def _one_of_event_and_rule(self) -> "Goal":
        if (self.event is None) == (self.rule is None):
            raise ValueError("a goal names an event or a rule, one of the two")
        if self.where and self.event is None:
            raise ValueError("`where` goes with an event")
        return self


class JourneySettings(Part):
    """Settings of a journey. `per_key`: once for each value of the trigger's key.

    `quiet_hours`: the workspace's, its own, or none (null). `time_zone` stands in for contacts who have none. Where two
    journeys want the same contact, the higher `priority` goes first. `holdout_percent` of the addresses walk the journey
    and get none of its marketing mail, so that its effect can be told.
    """

    re_entry: Literal["once", "always", "per_key"] | ReEntryAfter = "once"
    exit_on: list[Rule] = Field(default_factory=list, max_length=20)
    goal: Goal | None = None
    quiet_hours: Literal["workspace"] | QuietHours | None = "workspace"
    time_zone: str | None = Field(None, max_length=64)
    priority: int = Field(DEFAULT_PRIORITY, ge=1, le=100)
    cap_exempt: bool = False
    holdout_percent: Percent = 0

    @field_validator("time_zone")
    @classmethod
    def _is_a_zone(cls, name: str | None) -> str | None:
        if name is not None and name not in available_timezones():
            raise ValueError("there is no such time zone; use an IANA name such as Europe/Berlin")
        return name
