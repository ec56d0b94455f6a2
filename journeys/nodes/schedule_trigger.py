"""Let the members of a segment in, or everyone: once at a moment, or again and again."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BeforeValidator, Field, model_validator

from journeys.nodes.base import CompileContext, Described, NodeConfig, NodeKind, References
from journeys.nodes.clock_fields import DAYS, Day, FixedZone, TimeOfDay, as_list
from journeys.nodes.ops import Recurrence, Trigger


class ScheduleTriggerConfig(NodeConfig):
    """When, and for whom."""

    at: datetime | None = Field(None, description="Once, at this moment; without a zone, in the time zone below")
    every: Literal["day", "week", "month"] | None = Field(None, description="Or again and again")
    weekday: Annotated[list[Day], BeforeValidator(as_list)] | None = Field(None, description="Days of each week")
    day: int | None = Field(None, ge=1, le=31, description="Day of each month; 31 means the last one")
    time: TimeOfDay = Field("09:00", description="Time of day, such as 09:00")
    time_zone: FixedZone | None = Field(None, description="Such as Europe/Berlin; the workspace's if unset")
    segment_id: UUID | None = Field(None, title="Segment", description="Who comes in; everyone if unset")

    @model_validator(mode="after")
    def _is_one_schedule(self) -> "ScheduleTriggerConfig":
        if (self.at is None) == (self.every is None):
            raise ValueError("name a moment (at) or how often (every), one of the two")
        if (self.every == "week") != bool(self.weekday):
            raise ValueError("`weekday` goes with `every: week`")
        if (self.every == "month") != (self.day is not None):
            raise ValueError("`day` goes with `every: month`")
        return self


class ScheduleTrigger(NodeKind[ScheduleTriggerConfig]):
    """See the module."""

    kind = "schedule_trigger"
    config = ScheduleTriggerConfig
    described = Described("Schedule", "trigger", "calendar-days", "Starts for a segment at a moment, or regularly")

    def compile(self, config: ScheduleTriggerConfig, context: CompileContext) -> Trigger:
        """Number the days."""
        recurrence = Recurrence(
            at=config.at,
            every=config.every,
            time=config.time,
            weekdays=sorted({DAYS.index(day) for day in config.weekday or ()}),
            day=config.day or 1,
            time_zone=config.time_zone,
        )
        return Trigger(source="schedule", recurrence=recurrence, segment_id=config.segment_id)

    def summary(self, config: ScheduleTriggerConfig) -> str:
        """Say when."""
        if config.at:
            return f"On {config.at:%d %B %Y at %H:%M}"
        days = " and ".join(day.capitalize() for day in config.weekday or ())
        which = {"day": "Every day", "week": f"Every {days}", "month": f"On day {config.day} of every month"}
        return f"{which[config.every or 'day']} at {config.time}"

    def references(self, config: ScheduleTriggerConfig) -> References:
        """Return the segment."""
        return References(segments=frozenset({config.segment_id} if config.segment_id else ()))
