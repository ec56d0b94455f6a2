"""Find the activities that are installed: by the entry-point group `sojourn.activities`, and by a list of modules."""

import importlib
import inspect
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.metadata import entry_points
from types import ModuleType

from journeys.sdk.definition import ActivityDefinition, definition_of

GROUP = "sojourn.activities"


@dataclass
class Installed:
    """Activities by name; and what could not be loaded, by where it was to come from."""

    activities: dict[str, ActivityDefinition] = field(default_factory=dict)
    faults: dict[str, str] = field(default_factory=dict)


def find_activities(modules: str) -> Installed:
    """Load every activity; `modules` is a list with commas. What cannot be loaded keeps nothing else from it."""
    found = Installed()
    wanted = {each.value: each.name for each in entry_points(group=GROUP)}
    wanted |= {name: name for name in filter(None, map(str.strip, modules.split(",")))}
    for path, name in wanted.items():
        try:
            loaded = list(_definitions(_load(path)))
        except (Exception, SystemExit) as error:  # somebody else's code: it may raise whatever it likes
            found.faults[name] = f"{type(error).__name__}: {error}"
            continue
        for each in loaded:
            _add(found, each)
    return found


def _load(path: str) -> object:
    """Import `package.module` or `package.module:name`."""
    module, _, attribute = path.partition(":")
    value: object = importlib.import_module(module)
    for part in filter(None, attribute.split(".")):
        value = getattr(value, part)
    return value


def _definitions(value: object) -> Iterator[ActivityDefinition]:
    """Yield the activity that this is, or all those in a module, wherever they were written."""
    if isinstance(value, ModuleType):
        for _, member in inspect.getmembers(value):
            if definition := definition_of(member):
                yield definition
    elif definition := definition_of(value):
        yield definition
    else:
        raise TypeError("this is neither a module nor an activity")


def _add(found: Installed, definition: ActivityDefinition) -> None:
    known = found.activities.setdefault(definition.name, definition)
    if known.function is not definition.function:
        where = definition.function.__module__
        found.faults[f"{where}:{definition.name}"] = (
            f"there is an activity called {definition.name} already, in {known.function.__module__}"
        )
