"""The compiled journey: what the engine runs. A plan is part of a published version and never changes."""

from pydantic import BaseModel, ConfigDict, Field

from journeys.graph.settings import JourneySettings
from journeys.nodes.ops import EFFECTS, WAITS, CallActivity, Op, Trigger


class PlanNode(BaseModel):
    """One node, ready to run.

    `next` has every outlet: one that was not drawn leads where it falls through to, or to None, which ends the passage.
    """

    model_config = ConfigDict(frozen=True)

    id: str
    kind: str
    title: str
    op: Op
    next: dict[str, str | None] = Field(default_factory=dict)
    closes_loop: list[str] = Field(default_factory=list)
    """Outlets that lead back to a node passed before: whoever takes one begins the next visit."""

    @property
    def is_trigger(self) -> bool:
        """Say whether contacts come in here."""
        return isinstance(self.op, Trigger)

    @property
    def is_wait(self) -> bool:
        """Say whether contacts may rest here."""
        return isinstance(self.op, WAITS)

    @property
    def is_effect(self) -> bool:
        """Say whether this node calls the outside."""
        return isinstance(self.op, EFFECTS)

    @property
    def is_custom(self) -> bool:
        """Say whether this node runs an activity of a developer's own, in a process apart."""
        return isinstance(self.op, CallActivity)


class Plan(BaseModel):
    """Nodes by id, the triggers among them, and the stages: chains that run in one transaction, by their first node."""

    model_config = ConfigDict(frozen=True)

    nodes: dict[str, PlanNode]
    triggers: list[str]
    stages: dict[str, list[str]]
    settings: JourneySettings

    @property
    def door(self) -> str:
        """The trigger that requests come in by: the API's, else the first."""
        ops = {trigger_id: self.nodes[trigger_id].op for trigger_id in self.triggers}
        by_request = (each for each, op in ops.items() if isinstance(op, Trigger) and op.source == "api")
        return next(by_request, self.triggers[0])

    def target(self, node_id: str, outlet: str) -> str | None:
        """Return the node that an outlet leads to; None when the passage ends there."""
        return self.nodes[node_id].next[outlet]
