"""Write down that a contact wants to hear about a topic, or no longer does."""

from pydantic import Field

from journeys.nodes.base import CompileContext, Described, NodeConfig, NodeKind, References
from journeys.nodes.ops import Subscribe as SubscribeOp


class SubscribeConfig(NodeConfig):
    """Which topic, on or off."""

    topic: str = Field("marketing", min_length=1, description="Key of the topic")
    on: bool = Field(True, title="Subscribe", description="Off unsubscribes the contact instead")
    again: bool = Field(
        False, description="Also subscribe contacts who unsubscribed; only where they just asked for it themselves"
    )


class Subscribe(NodeKind[SubscribeConfig]):
    """See the module."""

    kind = "subscribe"
    config = SubscribeConfig
    may_end = True
    described = Described("Subscribe", "contact", "bell", "Subscribes the contact to a topic, or unsubscribes them")

    def compile(self, config: SubscribeConfig, context: CompileContext) -> SubscribeOp:
        """Hand it all over."""
        return SubscribeOp(topic=config.topic, on=config.on, again=config.again)

    def summary(self, config: SubscribeConfig) -> str:
        """Name the topic."""
        return f"Subscribe to {config.topic}" if config.on else f"Unsubscribe from {config.topic}"

    def references(self, config: SubscribeConfig) -> References:
        """Return the topic."""
        return References(topics=frozenset({config.topic}))
