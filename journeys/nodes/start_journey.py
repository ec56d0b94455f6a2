"""Let the contact into another journey, and go on here."""

from uuid import UUID

from pydantic import Field

from journeys.nodes.base import CompileContext, Described, NodeConfig, NodeKind, References
from journeys.nodes.ops import StartJourney as StartJourneyOp


class StartJourneyConfig(NodeConfig):
    """Which journey, and what it is told."""

    journey_id: UUID = Field(
        title="Journey", description="The journey to start; it decides by itself who may come again"
    )
    key: str | None = Field(
        None,
        min_length=1,
        max_length=200,
        description="Property of this journey's event that keys the entry; this journey's own key if unset",
    )
    with_event: bool = Field(True, description="Hand on the properties of the event that brought the contact in here")


class StartJourney(NodeKind[StartJourneyConfig]):
    """See the module."""

    kind = "start_journey"
    config = StartJourneyConfig
    may_end = True
    described = Described("Start journey", "logic", "route", "Lets the contact into another journey too")

    def compile(self, config: StartJourneyConfig, context: CompileContext) -> StartJourneyOp:
        """Name the journey; which of its versions is live shows when contacts come by."""
        return StartJourneyOp(journey_id=config.journey_id, key=config.key, with_event=config.with_event)

    def summary(self, config: StartJourneyConfig) -> str:
        """Say what it does."""
        return "Start another journey"

    def references(self, config: StartJourneyConfig) -> References:
        """Return the journey."""
        return References(journeys=frozenset({config.journey_id}))
