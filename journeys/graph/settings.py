"""What a journey says about itself as a whole: who may come again, what ends a passage, what counts as success."""

from typing import Literal

from pydantic import Field, model_validator

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
    """Settings of a journey. `per_key`: once for each value of the trigger's key."""

    re_entry: Literal["once", "always", "per_key"] | ReEntryAfter = "once"
    exit_on: list[Rule] = Field(default_factory=list, max_length=20)
    goal: Goal | None = None
