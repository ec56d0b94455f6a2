"""Let a contact in on a day that counts from a date of their own: a birthday, a renewal, the end of a trial."""

from pydantic import Field

from journeys.nodes.base import CompileContext, Described, NodeConfig, NodeKind
from journeys.nodes.clock_fields import TimeOfDay, ZoneName, own_date_in_words
from journeys.nodes.ops import OwnDate, Trigger


class DateTriggerConfig(NodeConfig):
    """Which date, how many days before or after it, at what time."""

    attribute: str = Field(
        min_length=1, max_length=200, description="Attribute that holds a date, such as birthday; or created_at"
    )
    offset_days: int = Field(0, ge=-365, le=3_650, description="Days after that date; negative for before")
    time: TimeOfDay = Field("09:00", description="Time of that day, such as 09:00")
    yearly: bool = Field(False, description="Every year again, as for a birthday")
    time_zone: ZoneName = "contact"


class DateTrigger(NodeKind[DateTriggerConfig]):
    """See the module."""

    kind = "date_trigger"
    config = DateTriggerConfig
    described = Described("Date", "trigger", "cake", "Starts on a date of the contact's own, or days before or after")

    def compile(self, config: DateTriggerConfig, context: CompileContext) -> Trigger:
        """Hand it all over."""
        own_date = OwnDate(
            attribute=config.attribute,
            offset_days=config.offset_days,
            time=config.time,
            yearly=config.yearly,
            time_zone=config.time_zone,
        )
        return Trigger(source="date", own_date=own_date)

    def summary(self, config: DateTriggerConfig) -> str:
        """Say which day."""
        when = own_date_in_words(config.attribute, config.offset_days)
        return f"{'Every year, ' if config.yearly else ''}{when} at {config.time}".removeprefix("their ").strip()
