"""Hold some contacts out, so that the others can be compared with them. Who is held out stays so, in every version."""

from typing import ClassVar

from pydantic import Field

from journeys.nodes.base import CompileContext, Described, NodeConfig, NodeKind
from journeys.nodes.ops import Share, Split


class HoldoutConfig(NodeConfig):
    """How many."""

    percent: float = Field(10, gt=0, lt=100, description="How many of a hundred contacts are held out")


class Holdout(NodeKind[HoldoutConfig]):
    """See the module."""

    kind = "holdout"
    config = HoldoutConfig
    possible_outlets = ("treated", "held_out")
    ends_by: ClassVar = frozenset({"held_out"})
    described = Described("Holdout", "logic", "shield-off", "Keeps some contacts out, to measure what the rest brings")

    def compile(self, config: HoldoutConfig, context: CompileContext) -> Split:
        """Draw by journey and node, so that a larger share only adds contacts."""
        held_out = Share(outlet="held_out", upto=config.percent / 100)
        return Split(
            salt=f"holdout:{context.journey_id}:{context.node_id}", shares=[held_out, Share(outlet="treated", upto=1)]
        )

    def summary(self, config: HoldoutConfig) -> str:
        """Say how many."""
        return f"Hold out {config.percent:g} %"
