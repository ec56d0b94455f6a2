"""Wait until a date, a weekday, a time of day, or a date of the contact's own."""

from datetime import datetime
from typing import Annotated, ClassVar

from pydantic import BeforeValidator, Field, model_validator

from journeys.nodes.base import CompileContext, Described, NodeConfig, NodeKind
from journeys.nodes.clock_fields import DAYS, Day, TimeOfDay, ZoneName, as_list, own_date_in_words
from journeys.nodes.ops import HoldUntil


class WaitUntilConfig(NodeConfig):
    """Until when. A time of day alone means the next time it is that late."""

    at: datetime | None = Field(None, description="A moment; without a zone, in the time zone below")
    weekday: Annotated[list[Day], Field(min_length=1), BeforeValidator(as_list)] | None = Field(
        None, description="The next of these days of the week"
    )
    time: TimeOfDay | None = Field(None, description="Time of day, such as 09:30")
    attribute: str | None = Field(None, min_length=1, description="An attribute that holds a date or a time")
    offset_days: int = Field(0, ge=-3_650, le=3_650, description="Days after the attribute's date; negative for before")
    time_zone: ZoneName = "contact"

    @model_validator(mode="after")
    def _is_one_moment(self) -> "WaitUntilConfig":
        named = [self.at is not None, self.attribute is not None, self.weekday is not None]
        if sum(named) > 1:
            raise ValueError("name one of at, attribute and weekday")
        if not any(named) and self.time is None:
            raise ValueError("name a moment: at, attribute, weekday or time")
        if self.at is not None and self.time is not None:
            raise ValueError("`at` has its time of day already")
        if self.offset_days and self.attribute is None:
            raise ValueError("`offset_days` goes with an attribute")
        return self


class WaitUntil(NodeKind[WaitUntilConfig]):
    """See the module."""

    kind = "wait_until"
    config = WaitUntilConfig
    possible_outlets = ("next", "past")
    falls_to: ClassVar = {"past": "next"}
    described = Described("Wait until", "timing", "calendar-clock", "Waits until a date, a weekday or a time of day")

    def compile(self, config: WaitUntilConfig, context: CompileContext) -> HoldUntil:
        """Give each contact a wake time of its own."""
        return HoldUntil(
            at=config.at,
            weekday=[DAYS.index(day) for day in config.weekday] if config.weekday else None,
            time=config.time,
            attribute=config.attribute,
            offset_days=config.offset_days,
            time_zone=config.time_zone,
            has_past="past" in self.outlets(config),
        )

    def outlets(self, config: WaitUntilConfig) -> tuple[str, ...]:
        """A moment may be past; the next Monday never is."""
        return self.possible_outlets if config.at or config.attribute else ("next",)

    def summary(self, config: WaitUntilConfig) -> str:
        """Say until when, and on whose clock."""
        if config.at:
            moment = f"{config.at:%d %B %Y %H:%M}".lstrip("0")
        elif config.attribute:
            moment = own_date_in_words(config.attribute, config.offset_days) + (
                f" at {config.time}" if config.time else ""
            )
        else:
            days = " or ".join(day.capitalize() for day in config.weekday or ())
            moment = " ".join(filter(None, (days, config.time)))
        clock = "their time" if config.time_zone == "contact" else config.time_zone
        return f"Wait until {moment}, {clock}"
