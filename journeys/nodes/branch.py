"""Part contacts by rules: each takes the first path whose rule matches."""

from pydantic import BaseModel, ConfigDict, Field, field_validator

from journeys.nodes.base import CompileContext, Described, NodeConfig, NodeKind, References
from journeys.nodes.ops import Route, RoutePath
from journeys.rules.language import Rule

OUTLET = r"^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$"
ELSE = "else"


class Path(BaseModel):
    """A way out, and who takes it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(pattern=OUTLET, description="Name of the way out; it never changes, while the label may")
    label: str | None = Field(None, max_length=100, description="What people call this path")
    rule: Rule = Field(description="Who takes this path, unless an earlier one took them")


class BranchConfig(NodeConfig):
    """Paths in order; whoever matches none takes `else`."""

    paths: list[Path] = Field(min_length=1, max_length=20, description="In order; the first that fits is taken")

    @field_validator("paths")
    @classmethod
    def _ids_differ(cls, paths: list[Path]) -> list[Path]:
        ids = [path.id for path in paths]
        if ELSE in ids or len(set(ids)) < len(ids):
            raise ValueError("each path needs an id of its own, and none may be called else")
        return paths


class Branch(NodeKind[BranchConfig]):
    """See the module."""

    kind = "branch"
    config = BranchConfig
    possible_outlets = (ELSE,)
    described = Described("Branch", "logic", "git-branch", "Parts contacts by who they are and what they did")

    def compile(self, config: BranchConfig, context: CompileContext) -> Route:
        """Keep the order: the first match wins."""
        return Route(paths=[RoutePath(outlet=path.id, rule=path.rule) for path in config.paths], else_outlet=ELSE)

    def outlets(self, config: BranchConfig) -> tuple[str, ...]:
        """One per path, and one for everyone else."""
        return (*(path.id for path in config.paths), ELSE)

    def summary(self, config: BranchConfig) -> str:
        """Name the paths."""
        return f"Branch: {', '.join(path.label or path.id for path in config.paths)}, else"

    def references(self, config: BranchConfig) -> References:
        """Return what the rules lean on."""
        return References(rules=tuple((f"paths.{index}.rule", path.rule) for index, path in enumerate(config.paths)))
