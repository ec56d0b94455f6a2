"""Wait until a contact does something, but not for ever."""

from pydantic import Field

from journeys.nodes.base import CompileContext, Described, NodeConfig, NodeKind
from journeys.nodes.duration import Duration, in_words
from journeys.nodes.ops import Await
from journeys.rules.operators import Where


class WaitForEventConfig(NodeConfig):
    """What to wait for, and how long at most."""

    event: str = Field(min_length=1, max_length=200, description="Name of the event")
    where: Where = Field(
        default_factory=dict, description="Conditions on its properties; {{ event.cart_id }} means the trigger's"
    )
    timeout: Duration = Field(description="The longest wait")


class WaitForEvent(NodeKind[WaitForEventConfig]):
    """See the module."""

    kind = "wait_for_event"
    config = WaitForEventConfig
    possible_outlets = ("happened", "timed_out")
    described = Described("Wait for event", "timing", "ear", "Waits until a contact does something, or time is up")

    def compile(self, config: WaitForEventConfig, context: CompileContext) -> Await:
        """Wait in rows that the router looks up."""
        return Await(event=config.event, where=config.where, timeout_seconds=config.timeout.total_seconds)

    def summary(self, config: WaitForEventConfig) -> str:
        """Name the event and the limit."""
        return f"Wait for {config.event}, at most {in_words(config.timeout.total_seconds)}"
