"""Let a contact in when they do something."""

from pydantic import Field, field_validator

from journeys.nodes.base import CompileContext, Described, NodeConfig, NodeKind
from journeys.nodes.ops import Trigger
from journeys.rules.operators import Where, where_has_references


class EventTriggerConfig(NodeConfig):
    """Which event lets contacts in."""

    event: str = Field(min_length=1, max_length=200, description="Name of the event")
    where: Where = Field(default_factory=dict, description="Conditions on the event's properties")
    key: str | None = Field(None, min_length=1, description="Property whose value keys re-entry, such as cart_id")

    @field_validator("where")
    @classmethod
    def _refers_to_nothing(cls, where: Where) -> Where:
        if where_has_references(where):
            raise ValueError("the event that lets a contact in cannot be compared with itself")
        return where


class EventTrigger(NodeKind[EventTriggerConfig]):
    """See the module."""

    kind = "event_trigger"
    config = EventTriggerConfig
    described = Described("Event", "trigger", "zap", "Starts when a contact does something")

    def compile(self, config: EventTriggerConfig, context: CompileContext) -> Trigger:
        """Match the event."""
        return Trigger(source="event", event=config.event, where=config.where, key=config.key)

    def summary(self, config: EventTriggerConfig) -> str:
        """Name the event."""
        return f"When someone does {config.event}"
