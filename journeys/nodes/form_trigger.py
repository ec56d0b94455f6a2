"""Let a contact in when they send a form."""

from pydantic import Field, field_validator

from journeys.nodes.base import CompileContext, Described, NodeConfig, NodeKind, References
from journeys.nodes.ops import Trigger
from journeys.rules.operators import Where, where_has_references

SUBMITTED = "Form Submitted"
"""The event that a form becomes; its property `form` holds the form's key."""


class FormTriggerConfig(NodeConfig):
    """Which form."""

    form: str = Field(min_length=1, max_length=60, description="Key of the form")
    where: Where = Field(default_factory=dict, description="Conditions on what was filled in")

    @field_validator("where")
    @classmethod
    def _is_about_fields(cls, where: Where) -> Where:
        if where_has_references(where) or "form" in where:
            raise ValueError("conditions are about the form's own fields")
        return where


class FormTrigger(NodeKind[FormTriggerConfig]):
    """See the module."""

    kind = "form_trigger"
    config = FormTriggerConfig
    described = Described("Form", "trigger", "clipboard-list", "Starts when someone sends a form")

    def compile(self, config: FormTriggerConfig, context: CompileContext) -> Trigger:
        """Match the event that the form becomes."""
        return Trigger(source="event", event=SUBMITTED, where={**config.where, "form": config.form})

    def summary(self, config: FormTriggerConfig) -> str:
        """Name the form."""
        return f"When someone sends the form {config.form}"

    def references(self, config: FormTriggerConfig) -> References:
        """Return the form."""
        return References(forms=frozenset({config.form}))
