"""Give points in a scoring model, set the score, or work it out again."""

from typing import Literal

from pydantic import Field, model_validator

from journeys.nodes.base import CompileContext, Described, NodeConfig, NodeKind, References
from journeys.nodes.ops import Score as ScoreOp


class ScoreConfig(NodeConfig):
    """Which score, and what to do with it."""

    model: str = Field(min_length=1, max_length=60, title="Scoring model", description="Slug of the scoring model")
    action: Literal["add", "set", "recompute"] = Field(
        "add", description="Add points, set the score, or work out again what the model's rules give"
    )
    points: float | None = Field(
        None, ge=-1_000_000, le=1_000_000, description="How many; negative ones take away. Not for `recompute`"
    )

    @model_validator(mode="after")
    def _points_fit(self) -> "ScoreConfig":
        if (self.points is None) != (self.action == "recompute"):
            raise ValueError("`recompute` takes no points" if self.action == "recompute" else "say how many points")
        return self


class Score(NodeKind[ScoreConfig]):
    """See the module."""

    kind = "score"
    config = ScoreConfig
    may_end = True
    described = Described("Score", "contact", "gauge", "Adds points to a score, or sets it")

    def compile(self, config: ScoreConfig, context: CompileContext) -> ScoreOp:
        """Name the model and the points."""
        reason = f"journey {context.journey_id}, node {context.node_id}"
        return ScoreOp(model=config.model, action=config.action, points=config.points or 0, reason=reason)

    def summary(self, config: ScoreConfig) -> str:
        """Say what it does to which score."""
        match config.action:
            case "add":
                return f"{config.points:+g} points in {config.model}"
            case "set":
                return f"Set {config.model} to {config.points:g}"
            case "recompute":
                return f"Recompute {config.model}"

    def references(self, config: ScoreConfig) -> References:
        """Return the model."""
        return References(models=frozenset({config.model}))
