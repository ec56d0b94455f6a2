"""Let a contact in when an attribute of theirs changes, whoever changes it."""

from pydantic import ConfigDict, Field, model_validator

from journeys.nodes.base import CompileContext, Described, NodeConfig, NodeKind
from journeys.nodes.ops import AttributeChange, Trigger
from journeys.rules.operators import Scalar


class AttributeTriggerConfig(NodeConfig):
    """Which attribute, from what, to what."""

    model_config = ConfigDict(extra="forbid", frozen=True, serialize_by_alias=True)

    attribute: str = Field(min_length=1, max_length=200, description="Name of the attribute, such as plan")
    before: Scalar | None = Field(None, alias="from", title="From", description="Only from this value; any if unset")
    after: Scalar | None = Field(None, alias="to", title="To", description="Only to this value; any if unset")

    @model_validator(mode="after")
    def _can_change(self) -> "AttributeTriggerConfig":
        if self.attribute in ("id", "created_at", "updated_at", "tags"):
            raise ValueError(f"{self.attribute} does not change like this; use a segment trigger")
        if self.before is not None and self.before == self.after:
            raise ValueError("from and to are the same")
        return self


class AttributeTrigger(NodeKind[AttributeTriggerConfig]):
    """See the module."""

    kind = "attribute_trigger"
    config = AttributeTriggerConfig
    described = Described("Attribute change", "trigger", "user-round-cog", "Starts when an attribute changes")

    def compile(self, config: AttributeTriggerConfig, context: CompileContext) -> Trigger:
        """Match the change."""
        change = AttributeChange(attribute=config.attribute, before=config.before, after=config.after)
        return Trigger(source="attribute", change=change)

    def summary(self, config: AttributeTriggerConfig) -> str:
        """Say which change."""
        before = f" from {config.before}" if config.before is not None else ""
        after = f" to {config.after}" if config.after is not None else ""
        return f"When {config.attribute} changes{before}{after}"
