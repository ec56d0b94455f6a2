"""What keeps a template from running for ever or filling the memory."""

from collections.abc import Callable
from functools import wraps
from time import thread_time
from typing import Any

from liquid import BoundTemplate, RenderContext
from liquid.exceptions import ResourceLimitError

MAX_SOURCE_CHARACTERS = 500_000
MAX_OUTPUT_BYTES = 1_000_000
MAX_ITEMS = 10_000
MAX_SECONDS = 0.5
"""Of this thread's own computing: a machine that is busy with other things fails no one's mail."""

Filter = Callable[..., Any]


class Deadline:
    """When a render must be over."""

    __slots__ = ("_ends",)

    def __init__(self) -> None:
        self._ends = thread_time() + MAX_SECONDS

    def check(self) -> None:
        """Raise when the time is up."""
        if thread_time() > self._ends:
            raise LimitReached(f"the template took longer than {MAX_SECONDS} s")


class BoundedContext(RenderContext):
    """A render context that ends a render when its time is up."""

    __slots__ = ("_deadline", "_disabled")

    # The engine reads this attribute before it renders any node, which makes it the one place to look at the clock.
    @property
    def disabled_tags(self) -> list[str]:
        """Return the engine's own list, if there is still time."""
        self._deadline.check()
        return self._disabled

    @disabled_tags.setter
    def disabled_tags(self, tags: list[str]) -> None:
        self._disabled = tags
        self._deadline = Deadline()


class BoundedTemplate(BoundTemplate):
    """A template that renders in a bounded context."""

    context_class = BoundedContext


class LimitReached(ResourceLimitError):
    """A template wanted more than it may have."""

    def __init__(self, message: str) -> None:
        super().__init__(message, token=None)


def bound(name: str, function: Filter) -> Filter:
    """Make a filter refuse a value or a result that is too large; the engine limits only what is written out."""
    growth = _GROWTH.get(name)

    @wraps(function)
    def bounded(value: Any, *arguments: Any, **named: Any) -> Any:
        if isinstance(value, range) and len(value) > MAX_ITEMS:
            raise LimitReached(f"{name}: a range of over {MAX_ITEMS:,} items")
        if growth and growth(value, *arguments) > MAX_OUTPUT_BYTES:
            raise LimitReached(f"{name}: the result is too long")
        result = function(value, *arguments, **named)
        if isinstance(result, str) and len(result) > MAX_OUTPUT_BYTES:
            raise LimitReached(f"{name}: the result is too long")
        return result

    return bounded


def _replaced(value: object, old: object = "", new: object = "", *_: object) -> int:
    text = str(value)
    return len(text) + text.count(str(old)) * len(str(new))


def _joined(value: object, separator: object = " ", *_: object) -> int:
    return len(value) * len(str(separator)) if isinstance(value, list | tuple | range) else 0


# The filters whose result may be the product of two lengths, and what they would make.
_GROWTH: dict[str, Callable[..., int]] = {"replace": _replaced, "join": _joined}
