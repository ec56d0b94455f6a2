"""Part contacts at random, by weights; a contact always takes the same way."""

from itertools import accumulate
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from journeys.nodes.base import CompileContext, Described, NodeConfig, NodeKind
from journeys.nodes.branch import OUTLET
from journeys.nodes.ops import Share
from journeys.nodes.ops import Split as SplitOp


class Variant(BaseModel):
    """A way out, and how many take it, relative to the others."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(pattern=OUTLET, description="Name of the way out; it never changes, while the label may")
    label: str | None = Field(None, max_length=100, description="What people call this variant")
    weight: float = Field(gt=0, le=1_000_000, description="Percent, or any number: what counts is the proportion")


class SplitConfig(NodeConfig):
    """The variants."""

    variants: list[Variant] = Field(min_length=2, max_length=20, description="The ways out and their weights")
    mode: Literal["fixed"] = Field("fixed", description="Fixed weights")

    @field_validator("variants")
    @classmethod
    def _ids_differ(cls, variants: list[Variant]) -> list[Variant]:
        if len({variant.id for variant in variants}) < len(variants):
            raise ValueError("each variant needs an id of its own")
        return variants


class Split(NodeKind[SplitConfig]):
    """See the module."""

    kind = "split"
    config = SplitConfig
    possible_outlets = ()
    described = Described("Split", "logic", "shuffle", "Parts contacts at random, by weights")

    def compile(self, config: SplitConfig, context: CompileContext) -> SplitOp:
        """Salt with journey and node: splits are independent of each other, and stable over versions."""
        total = sum(variant.weight for variant in config.variants)
        sums = list(accumulate(variant.weight for variant in config.variants))
        shares = [
            Share(outlet=variant.id, upto=min(1.0, reached / total))
            for variant, reached in zip(config.variants, sums, strict=True)
        ]
        shares[-1] = Share(outlet=shares[-1].outlet, upto=1)
        return SplitOp(salt=f"{context.journey_id}:{context.node_id}", shares=shares)

    def outlets(self, config: SplitConfig) -> tuple[str, ...]:
        """One per variant."""
        return tuple(variant.id for variant in config.variants)

    def summary(self, config: SplitConfig) -> str:
        """Name the variants and their weights."""
        return "Split: " + ", ".join(f"{each.label or each.id} {each.weight:g}" for each in config.variants)

    def oddities(self, config: SplitConfig) -> list[str]:
        """Weights need not add up to 100, but people mean percent."""
        total = sum(variant.weight for variant in config.variants)
        if abs(total - 100) < 1e-9:
            return []
        return [f"the weights add up to {total:g}, not to 100; they are taken in proportion"]
