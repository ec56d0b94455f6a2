"""Turn a typed function into an activity: what the palette shows, what the engine must know, and how to call it."""

import inspect
import re
import typing
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

from pydantic import BaseModel

FAILED = "failed"
NAME = re.compile(r"^[a-z][a-z0-9_]{0,59}$")
RESERVED_OUTLETS = frozenset({"retry"})
LONGEST_SECONDS = 300.0
MOST_OUTLETS = 20
BATCH_SIZE = 200

FunctionT = TypeVar("FunctionT", bound=Callable[..., Any])


class BadActivity(TypeError):
    """An activity is not written as it must be; the message says what to change."""


@dataclass(frozen=True)
class ActivityDefinition:
    """An activity, known by its name. `outlets` always has `failed`; undrawn, that leads where the first one does."""

    name: str
    title: str
    icon: str
    description: str
    outlets: tuple[str, ...]
    timeout_seconds: float
    max_attempts: int
    per_second: float | None
    """How many calls a second one worker may make; None: as many as it can."""
    batch: bool
    idempotent: bool
    """Whether a call may be repeated under its key when nobody knows whether it was done."""
    config: type[BaseModel]
    function: Callable[..., Any]

    @property
    def is_async(self) -> bool:
        """Say whether the function is a coroutine function; any other runs in a thread."""
        return inspect.iscoroutinefunction(self.function)


def journey_activity(
    name: str,
    *,
    title: str,
    outlets: Sequence[str],
    icon: str = "puzzle",
    description: str = "",
    timeout: timedelta | float = 10.0,
    max_attempts: int = 5,
    rate_limit: float | None = None,
    batch: bool = False,
    idempotent: bool = True,
) -> Callable[[FunctionT], FunctionT]:
    """Make a function `(context, contact, config) -> Outcome` a node of the palette; the function itself stays usable.

    `rate_limit` is in calls a second, for each worker. With `batch`, the function takes a list of contacts and returns as
    many outcomes.

    Raises:
        BadActivity: the function or what is said of it cannot be used.
    """
    seconds = timeout.total_seconds() if isinstance(timeout, timedelta) else float(timeout)
    _check(name, outlets, seconds, max_attempts, rate_limit)

    def define(function: FunctionT) -> FunctionT:
        definition = ActivityDefinition(
            name=name,
            title=title,
            icon=icon,
            description=description or (inspect.getdoc(function) or title).splitlines()[0],
            outlets=(*outlets, *(() if FAILED in outlets else (FAILED,))),
            timeout_seconds=seconds,
            max_attempts=max_attempts,
            per_second=rate_limit,
            batch=batch,
            idempotent=idempotent,
            config=_config_of(name, function),
            function=function,
        )
        function.__journey_activity__ = definition  # type: ignore[attr-defined]
        return function

    return define


def definition_of(value: object) -> ActivityDefinition | None:
    """Return the definition that a decorated function carries."""
    found = getattr(value, "__journey_activity__", None)
    return found if isinstance(found, ActivityDefinition) else None


def _check(name: str, outlets: Sequence[str], seconds: float, max_attempts: int, rate_limit: float | None) -> None:
    if not NAME.match(name):
        raise BadActivity(f"{name!r}: a name has lower-case letters, digits and underscores, and starts with a letter")
    if isinstance(outlets, str) or not 1 <= len(outlets) <= MOST_OUTLETS or len(set(outlets)) != len(outlets):
        raise BadActivity(f"{name}: give 1 to {MOST_OUTLETS} different outlets, as a tuple of names")
    for outlet in outlets:
        if not NAME.match(outlet) or outlet in RESERVED_OUTLETS:
            raise BadActivity(f"{name}: {outlet!r} cannot be the name of an outlet")
    if not 0 < seconds <= LONGEST_SECONDS:
        raise BadActivity(f"{name}: a time-out is over 0 and at most {LONGEST_SECONDS:.0f} seconds")
    if not 1 <= max_attempts <= 20:
        raise BadActivity(f"{name}: allow 1 to 20 attempts")
    if rate_limit is not None and rate_limit <= 0:
        raise BadActivity(f"{name}: a rate limit is a number of calls a second, over 0")


def _config_of(name: str, function: Callable[..., Any]) -> type[BaseModel]:
    """Return the model that the third parameter is annotated with."""
    parameters = list(inspect.signature(function).parameters.values())
    if len(parameters) != 3:
        raise BadActivity(f"{name}: the function takes three parameters: context, contact and config")
    try:
        annotation = typing.get_type_hints(function).get(parameters[2].name)
    except NameError as error:
        raise BadActivity(f"{name}: an annotation cannot be read: {error}") from error
    if not (isinstance(annotation, type) and issubclass(annotation, BaseModel)):
        raise BadActivity(f"{name}: annotate {parameters[2].name} with a Pydantic model; its fields make the form")
    if "label" in annotation.model_fields:
        raise BadActivity(f"{name}: every node has a label already; name this field of the config otherwise")
    return annotation
