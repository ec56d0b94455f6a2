"""Activities of a developer's own as kinds of node: the form from their config, the handles from their outlets."""

from collections.abc import Iterable
from typing import Any, Self, cast

import structlog
from pydantic import BaseModel, ModelWrapValidatorHandler, ValidationError, create_model, model_validator

from journeys.nodes.base import CompileContext, Described, NodeConfig, NodeKind, References
from journeys.nodes.ops import CallActivity
from journeys.nodes.registry import NODE_KINDS
from journeys.nodes.webhook import texts_of
from journeys.sdk.definition import FAILED, ActivityDefinition
from journeys.sdk.discovery import Installed, find_activities

log = structlog.get_logger()


class CustomActivity(NodeKind[NodeConfig]):
    """One installed activity."""

    may_end = True

    def __init__(self, definition: ActivityDefinition) -> None:
        self.definition = definition
        self.kind = definition.name  # type: ignore[misc]  # one instance each, where other kinds are classes
        self.described = Described(  # type: ignore[misc]
            definition.title, "custom", definition.icon, definition.description
        )
        self.possible_outlets = definition.outlets  # type: ignore[misc]
        self.falls_to = {} if definition.outlets[0] == FAILED else {FAILED: definition.outlets[0]}  # type: ignore[misc]
        self.config = _with_label(definition.config)

    def compile(self, config: NodeConfig, context: CompileContext) -> CallActivity:
        """Keep what was said; defaults are those of the activity that is installed when it runs."""
        said = config.model_dump(mode="json", exclude={"label"}, exclude_unset=True)
        return CallActivity(activity=self.kind, config=said, outlets=list(self.possible_outlets))

    def references(self, config: NodeConfig) -> References:
        """Return its texts, which may be Liquid where contacts are taken one by one."""
        if self.definition.batch:
            return References()
        said = config.model_dump(mode="json", exclude={"label"}, exclude_unset=True)
        return References(texts=tuple(text for name, value in said.items() for text in texts_of(name, value)))

    def summary(self, config: NodeConfig) -> str:
        """Say its title."""
        return self.described.title


def install_activities(modules: str) -> Installed:
    """Add every activity that is installed here to the kinds of node; say what could not be loaded."""
    found = find_activities(modules)
    for name, fault in found.faults.items():
        log.error("activities.not_loaded", source=name, error=fault)
    add_kinds(found.activities.values())
    return found


def add_kinds(definitions: Iterable[ActivityDefinition]) -> None:
    """Add activities; the name of a built-in kind stays with it."""
    for each in definitions:
        known = NODE_KINDS.get(each.name)
        if known is None or isinstance(known, CustomActivity):
            NODE_KINDS[each.name] = CustomActivity(each)
        else:
            log.error("activities.name_taken", activity=each.name)


class _Contained(NodeConfig):
    """A config whose own validators may raise anything: it is a fault of the config, not of ours."""

    @model_validator(mode="wrap")
    @classmethod
    def _contain(cls, data: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        try:
            return handler(data)
        except (ValidationError, ValueError, AssertionError):
            raise
        except Exception as error:
            raise ValueError(f"this cannot be checked: its own check raised {type(error).__name__}") from error


def _with_label(config: type[BaseModel]) -> type[NodeConfig]:
    """Return the activity's config as that of a node: with a label, and nothing that it does not know."""
    made: Any = create_model(config.__name__, __base__=(config, _Contained), __doc__=config.__doc__)
    return cast(type[NodeConfig], made)
