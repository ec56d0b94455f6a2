"""Let a contact in when a server asks for it."""

from pydantic import Field

from journeys.nodes.base import CompileContext, Described, NodeConfig, NodeKind
from journeys.nodes.ops import PayloadField, Trigger


class ApiTriggerConfig(NodeConfig):
    """What a request brings along besides the contacts."""

    payload: list[PayloadField] = Field(
        default_factory=list, max_length=50, description="Values of the request, which mails read as {{ event.name }}"
    )


class ApiTrigger(NodeKind[ApiTriggerConfig]):
    """See the module."""

    kind = "api_trigger"
    config = ApiTriggerConfig
    described = Described("API call", "trigger", "braces", "Starts when your server enrolls a contact")

    def compile(self, config: ApiTriggerConfig, context: CompileContext) -> Trigger:
        """Listen to the API only."""
        return Trigger(source="api", payload=config.payload)

    def summary(self, config: ApiTriggerConfig) -> str:
        """Say who starts it."""
        return "When your server enrolls someone"
