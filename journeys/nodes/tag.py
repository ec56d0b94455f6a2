"""Add tags to the contact, and take others away."""

from typing import Annotated

from pydantic import Field, model_validator

from journeys.nodes.base import CompileContext, Described, NodeConfig, NodeKind
from journeys.nodes.ops import Change

Name = Annotated[str, Field(min_length=1, max_length=100)]


class TagConfig(NodeConfig):
    """Which tags."""

    add: list[Name] = Field(default_factory=list, max_length=50, description="Tags to give")
    remove: list[Name] = Field(default_factory=list, max_length=50, description="Tags to take away")

    @model_validator(mode="after")
    def _does_something(self) -> "TagConfig":
        if not self.add and not self.remove:
            raise ValueError("name a tag to add or to remove")
        if both := set(self.add) & set(self.remove):
            raise ValueError(f"{', '.join(sorted(both))} cannot be both added and removed")
        return self


class Tag(NodeKind[TagConfig]):
    """See the module."""

    kind = "tag"
    config = TagConfig
    may_end = True
    described = Described("Tag", "contact", "tag", "Adds and removes tags")

    def compile(self, config: TagConfig, context: CompileContext) -> Change:
        """Change tags only."""
        return Change(add_tags=config.add, remove_tags=config.remove)

    def summary(self, config: TagConfig) -> str:
        """Name the tags."""
        return "Tag " + " ".join([*(f"+{tag}" for tag in config.add), *(f"-{tag}" for tag in config.remove)])
