"""Let a contact in when they enter or leave a segment; on publishing, those who are in it already, if wanted."""

from typing import Literal
from uuid import UUID, uuid5

from pydantic import Field, model_validator

from journeys.nodes.base import CompileContext, Described, NodeConfig, NodeKind, References
from journeys.nodes.ops import Trigger
from journeys.rules.language import Rule, has_references


class SegmentTriggerConfig(NodeConfig):
    """Which segment, by id or by a rule of the trigger's own."""

    segment_id: UUID | None = Field(None, title="Segment", description="A segment that was made before")
    rule: Rule | None = Field(None, description="A rule, instead of a segment")
    on: Literal["entered", "left"] = Field("entered", description="On coming into the segment, or on leaving it")
    existing: bool = Field(False, description="Also take in everyone who is in the segment on publishing")

    @model_validator(mode="after")
    def _is_consistent(self) -> "SegmentTriggerConfig":
        if (self.segment_id is None) == (self.rule is None):
            raise ValueError("name a segment or a rule, one of the two")
        if self.existing and self.on == "left":
            raise ValueError("`existing` goes with `on: entered`")
        if self.rule is not None and has_references(self.rule):
            raise ValueError("nobody is in the journey yet, so the rule cannot refer to its event or messages")
        return self


class SegmentTrigger(NodeKind[SegmentTriggerConfig]):
    """See the module."""

    kind = "segment_trigger"
    config = SegmentTriggerConfig
    described = Described("Segment", "trigger", "pie-chart", "Starts when a contact enters or leaves a segment")

    def compile(self, config: SegmentTriggerConfig, context: CompileContext) -> Trigger:
        """Name the segment; a rule gets one of its own, which keeps its id over versions."""
        segment_id = config.segment_id or own_segment_id(context.journey_id, context.node_id)
        return Trigger(source="segment", segment_id=segment_id, on=config.on, existing=config.existing)

    def summary(self, config: SegmentTriggerConfig) -> str:
        """Say whether it is about entering or leaving."""
        which = "a segment" if config.segment_id else "the trigger's own segment"
        everyone = ", and everyone in it now" if config.existing else ""
        return f"When someone {'enters' if config.on == 'entered' else 'leaves'} {which}{everyone}"

    def references(self, config: SegmentTriggerConfig) -> References:
        """Return the segment, or what the rule leans on."""
        return References(
            segments=frozenset({config.segment_id} if config.segment_id else ()),
            rules=(("rule", config.rule),) if config.rule is not None else (),
        )


def own_segment_id(journey_id: UUID, node_id: str) -> UUID:
    """Return the id of the unnamed segment that a trigger's own rule makes."""
    return uuid5(journey_id, node_id)
