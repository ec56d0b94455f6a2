"""Wait until a rule holds for a contact, but not for ever."""

from pydantic import Field

from journeys.nodes.base import CompileContext, Described, NodeConfig, NodeKind, References
from journeys.nodes.duration import Duration, in_words
from journeys.nodes.ops import AwaitCondition
from journeys.rules.language import Rule


class WaitForConditionConfig(NodeConfig):
    """What must hold, and how long to wait for it at most."""

    rule: Rule = Field(description="Goes on as soon as this holds, by what they do or by a change of who they are")
    timeout: Duration = Field(description="The longest wait")


class WaitForCondition(NodeKind[WaitForConditionConfig]):
    """See the module."""

    kind = "wait_for_condition"
    config = WaitForConditionConfig
    possible_outlets = ("met", "timed_out")
    described = Described("Wait for condition", "timing", "list-checks", "Waits until a rule holds, or time is up")

    def compile(self, config: WaitForConditionConfig, context: CompileContext) -> AwaitCondition:
        """Wait in rows that the router looks up."""
        return AwaitCondition(rule=config.rule, timeout_seconds=config.timeout.total_seconds)

    def summary(self, config: WaitForConditionConfig) -> str:
        """Name the limit."""
        return f"Wait for a condition, at most {in_words(config.timeout.total_seconds)}"

    def references(self, config: WaitForConditionConfig) -> References:
        """Return what the rule leans on."""
        return References(rules=(("rule", config.rule),))
