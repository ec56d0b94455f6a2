"""Wait for a fixed time."""

from journeys.nodes.base import CompileContext, Described, NodeConfig, NodeKind
from journeys.nodes.duration import Duration, in_words
from journeys.nodes.ops import Hold


class WaitConfig(NodeConfig, Duration):
    """How long."""


class Wait(NodeKind[WaitConfig]):
    """See the module."""

    kind = "wait"
    config = WaitConfig
    described = Described("Wait", "timing", "hourglass", "Waits for a fixed time")

    def compile(self, config: WaitConfig, context: CompileContext) -> Hold:
        """One clock for all who wait together."""
        return Hold(seconds=config.total_seconds)

    def summary(self, config: WaitConfig) -> str:
        """Say how long."""
        return f"Wait {in_words(config.total_seconds)}"
