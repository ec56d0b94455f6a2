"""End the passage here."""

from pydantic import Field

from journeys.nodes.base import CompileContext, Described, NodeConfig, NodeKind
from journeys.nodes.ops import End


class ExitConfig(NodeConfig):
    """Why, for the trace."""

    reason: str | None = Field(None, max_length=200, description="Shown in each contact's trace")


class Exit(NodeKind[ExitConfig]):
    """See the module."""

    kind = "exit"
    config = ExitConfig
    possible_outlets = ()
    described = Described("Exit", "logic", "circle-stop", "Ends the journey for this contact")

    def compile(self, config: ExitConfig, context: CompileContext) -> End:
        """End it."""
        return End(reason=config.reason)

    def summary(self, config: ExitConfig) -> str:
        """Say why."""
        return f"Leave: {config.reason}" if config.reason else "Leave the journey"
