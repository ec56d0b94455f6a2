"""Set attributes of the contact."""

from typing import Annotated
from zoneinfo import available_timezones

from pydantic import Field, field_validator

from journeys.nodes.base import CompileContext, Described, NodeConfig, NodeKind, References
from journeys.nodes.ops import Change
from journeys.rules.operators import Scalar

IDENTITY = {"id", "email", "external_id", "tags", "created_at"}
"""What a contact is known by, and what other nodes or the product itself set."""

Attribute = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_ $-]{0,99}$")]


class UpdateContactConfig(NodeConfig):
    """New values by attribute; a text may be Liquid, and null removes the attribute."""

    set: dict[Attribute, Scalar | None] = Field(
        min_length=1,
        max_length=50,
        title="Attributes",
        description="New values; a text may be Liquid, such as {{ event.plan }}, and nothing removes the attribute",
    )

    @field_validator("set")
    @classmethod
    def _may_be_set(cls, values: dict[str, Scalar | None]) -> dict[str, Scalar | None]:
        if refused := sorted(IDENTITY & values.keys()):
            raise ValueError(f"a journey cannot set {', '.join(refused)}")
        zone = values.get("time_zone")
        if isinstance(zone, str) and "{" not in zone and zone not in available_timezones():
            raise ValueError(f"there is no time zone {zone}")
        return values


class UpdateContact(NodeKind[UpdateContactConfig]):
    """See the module."""

    kind = "update_contact"
    config = UpdateContactConfig
    may_end = True
    described = Described("Update contact", "contact", "user-round-pen", "Sets attributes of the contact")

    def compile(self, config: UpdateContactConfig, context: CompileContext) -> Change:
        """Set all of them at once."""
        return Change(set=config.set)

    def summary(self, config: UpdateContactConfig) -> str:
        """Name the attributes."""
        return f"Set {', '.join(config.set)}"

    def references(self, config: UpdateContactConfig) -> References:
        """Return the values that may be Liquid."""
        return References(texts=tuple((f"set.{name}", v) for name, v in config.set.items() if isinstance(v, str)))
