"""What a kind of node is: its config, its ways out, what it compiles to, and what it refers to."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Generic, Literal, TypeVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from journeys.nodes.ops import Op
from journeys.rules.language import Rule

Group = Literal["trigger", "timing", "logic", "message", "contact", "outside", "custom"]


class NodeConfig(BaseModel):
    """What a node of some kind is told. A label is for people."""

    model_config = ConfigDict(extra="forbid", frozen=True, serialize_by_alias=True)

    label: str | None = Field(None, max_length=100, description="A name for people; the journey runs the same without")


ConfigT = TypeVar("ConfigT", bound=NodeConfig)


@dataclass(frozen=True)
class CompileContext:
    """Where a node is compiled. `templates` gives the version to pin, by a template's id or slug."""

    workspace_id: UUID
    journey_id: UUID
    node_id: str
    templates: Mapping[str, UUID]


@dataclass(frozen=True)
class Mail:
    """A mail that a node sends: a template's id or slug, or the parts of an inline one."""

    template: str | None
    inline: Mapping[str, str | None] | None
    category: Literal["marketing", "transactional"]


@dataclass(frozen=True)
class References:
    """What a config leans on that may not exist; texts and rules go with the field they stand in."""

    mails: tuple[Mail, ...] = ()
    segments: frozenset[UUID] = frozenset()
    topics: frozenset[str] = frozenset()
    connections: frozenset[str] = frozenset()
    journeys: frozenset[UUID] = frozenset()
    forms: frozenset[str] = frozenset()
    """By key."""
    models: frozenset[str] = frozenset()
    """Scoring models, by slug."""
    rules: tuple[tuple[str, Rule], ...] = ()
    texts: tuple[tuple[str, str], ...] = ()
    """Liquid, by field."""


@dataclass(frozen=True)
class Described:
    """How a kind shows itself in the palette."""

    title: str
    group: Group
    icon: str
    """A name in the Lucide icon set."""
    description: str


class NodeKind(ABC, Generic[ConfigT]):
    """A kind of node; stateless, one instance in the registry."""

    kind: ClassVar[str]
    described: ClassVar[Described]
    falls_to: ClassVar[Mapping[str, str]] = {}
    """Where an outlet leads that was not drawn: where this other outlet of the node leads."""
    may_end: ClassVar[bool] = False
    """Whether a passage may end behind it with nothing drawn: it has done its work by then."""
    ends_by: ClassVar[frozenset[str]] = frozenset()
    """Further outlets by which a passage may end with nothing drawn."""
    possible_outlets: ClassVar[tuple[str, ...]] = ("next",)
    """The ways out that have a name of their own, the usual one first; some configs add to them or leave some out."""
    config: type[ConfigT]

    @abstractmethod
    def compile(self, config: ConfigT, context: CompileContext) -> Op:
        """Return what the engine runs."""

    @abstractmethod
    def summary(self, config: ConfigT) -> str:
        """Say in one line of words what this node does."""

    def outlets(self, config: ConfigT) -> tuple[str, ...]:
        """Return the ways out of this node, the usual one first."""
        return self.possible_outlets

    def references(self, config: ConfigT) -> References:
        """Return what the config leans on."""
        return References()

    def oddities(self, config: ConfigT) -> list[str]:
        """Say what is legal but probably not meant."""
        return []
