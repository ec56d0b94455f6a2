"""Count those who come by as having reached the goal."""

from journeys.nodes.base import CompileContext, Described, NodeConfig, NodeKind
from journeys.nodes.ops import Mark


class GoalConfig(NodeConfig):
    """Nothing to say."""


class Goal(NodeKind[GoalConfig]):
    """See the module."""

    kind = "goal"
    config = GoalConfig
    may_end = True
    described = Described("Goal", "logic", "flag", "Counts the goal as reached")

    def compile(self, config: GoalConfig, context: CompileContext) -> Mark:
        """Mark the enrollment."""
        return Mark()

    def summary(self, config: GoalConfig) -> str:
        """Say what it counts as."""
        return "Goal reached"
