"""Let contacts go on only at some hours of some days of the week; whoever comes outside is held until it opens."""

from typing import Annotated

from pydantic import BeforeValidator, Field

from journeys.nodes.base import CompileContext, Described, NodeConfig, NodeKind
from journeys.nodes.clock_fields import DAYS, Day, TimeOfDay, ZoneName, as_list
from journeys.nodes.ops import Window


class TimeWindowConfig(NodeConfig):
    """When it is open. A window that ends before it starts goes on overnight, and belongs to the day it starts on."""

    days: Annotated[list[Day], Field(min_length=1), BeforeValidator(as_list)] | None = Field(
        None, description="Days of the week; every day if none is named"
    )
    start: TimeOfDay = Field("09:00", description="Opens at, such as 09:00")
    end: TimeOfDay = Field("17:00", description="Closes at, such as 17:00; the same as the start means all day")
    time_zone: ZoneName = "contact"


class TimeWindow(NodeKind[TimeWindowConfig]):
    """See the module."""

    kind = "time_window"
    config = TimeWindowConfig
    described = Described("Time window", "timing", "clock", "Holds contacts until some hours of some days")

    def compile(self, config: TimeWindowConfig, context: CompileContext) -> Window:
        """Number the days."""
        weekdays = sorted({DAYS.index(day) for day in config.days}) if config.days else None
        return Window(weekdays=weekdays, start=config.start, end=config.end, time_zone=config.time_zone)

    def summary(self, config: TimeWindowConfig) -> str:
        """Say when it is open."""
        days = ", ".join(day[:3].capitalize() for day in config.days) if config.days else "Every day"
        clock = "their time" if config.time_zone == "contact" else config.time_zone
        return f"{days} {config.start} to {config.end}, {clock}"
