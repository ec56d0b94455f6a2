"""Wait until a date, a weekday, a time of day, or a date of the contact's own."""

from datetime import datetime
from functools import lru_cache
from typing import Annotated, ClassVar, Literal
from zoneinfo import available_timezones

from pydantic import BeforeValidator, Field, field_validator, model_validator

from journeys.nodes.base import CompileContext, Described, NodeConfig, NodeKind
from journeys.nodes.ops import HoldUntil

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
Day = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]


def _as_list(value: object) -> object:
    return value if value is None or isinstance(value, list) else [value]


class WaitUntilConfig(NodeConfig):
    """Until when. A time of day alone means the next time it is that late."""

    at: datetime | None = Field(None, description="A moment; without a zone, in the time zone below")
    weekday: Annotated[list[Day], Field(min_length=1), BeforeValidator(_as_list)] | None = None
    time: str | None = Field(None, pattern=r"^([01]\d|2[0-3]):[0-5]\d$", description="Time of day, such as 09:30")
    attribute: str | None = Field(None, min_length=1, description="An attribute that holds a date or a time")
    time_zone: str = Field("contact", description="`contact` for each one's own, or a zone such as Europe/Berlin")

    @field_validator("time_zone")
    @classmethod
    def _zone_is_known(cls, name: str) -> str:
        if name != "contact" and name not in _zones():
            raise ValueError(f"there is no time zone {name}")
        return name

    @model_validator(mode="after")
    def _is_one_moment(self) -> "WaitUntilConfig":
        named = [self.at is not None, self.attribute is not None, self.weekday is not None]
        if sum(named) > 1:
            raise ValueError("name one of at, attribute and weekday")
        if not any(named) and self.time is None:
            raise ValueError("name a moment: at, attribute, weekday or time")
        if self.at is not None and self.time is not None:
            raise ValueError("`at` has its time of day already")
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
            moment = f"their {config.attribute}" + (f" at {config.time}" if config.time else "")
        else:
            days = " or ".join(day.capitalize() for day in config.weekday or ())
            moment = " ".join(filter(None, (days, config.time)))
        clock = "their time" if config.time_zone == "contact" else config.time_zone
        return f"Wait until {moment}, {clock}"


@lru_cache(maxsize=1)
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())
