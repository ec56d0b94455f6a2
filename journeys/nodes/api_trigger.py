"""Let a contact in when a server asks for it."""

from journeys.nodes.base import CompileContext, Described, NodeConfig, NodeKind
from journeys.nodes.ops import Trigger


class ApiTriggerConfig(NodeConfig):
    """Nothing to say: the request carries the contacts."""


class ApiTrigger(NodeKind[ApiTriggerConfig]):
    """See the module."""

    kind = "api_trigger"
    config = ApiTriggerConfig
    described = Described("API call", "trigger", "braces", "Starts when your server enrolls a contact")

    def compile(self, config: ApiTriggerConfig, context: CompileContext) -> Trigger:
        """Listen to the API only."""
        return Trigger(source="api")

    def summary(self, config: ApiTriggerConfig) -> str:
        """Say who starts it."""
        return "When your server enrolls someone"
