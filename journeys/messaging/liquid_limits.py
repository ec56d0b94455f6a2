"""What keeps a template from running for ever or filling the memory."""

from collections.abc import Callable
from functools import wraps
from time import thread_time
from typing import Any

from liquid import BoundTemplate, RenderContext
from liquid.builtin.expressions import primitive
from liquid.builtin.expressions.primitive import RangeLiteral
from liquid.exceptions import ResourceLimitError
from liquid.token import Token
from liquid.undefined import UNDEFINED

MAX_SOURCE_CHARACTERS = 500_000
MAX_OUTPUT_BYTES = 1_000_000
MAX_ITEMS = 10_000
MAX_BITS = 1_024
"""Of a whole number: some three hundred digits."""
MAX_SECONDS = 0.5
"""Of this thread's own computing: a machine that is busy with other things fails no one's mail."""

Filter = Callable[..., Any]


_LIGHT = 1_000
"""A filter does no more than this many characters in next to no time."""
_TICKS = 16
"""So many light steps go by before the clock is read, which takes longer than most of them."""


class Deadline:
    """When a render must be over: some time after the clock was first read."""

    __slots__ = ("_ends", "_ticks")

    def __init__(self) -> None:
        self._ends, self._ticks = 0.0, 0

    def tick(self) -> None:
        """Count a light step; raise when the time is up."""
        self._ticks += 1
        if self._ticks == _TICKS:
            self._ticks = 0
            self.check()

    def check(self) -> None:
        """Raise when the time is up."""
        now = thread_time()
        if not self._ends:
            self._ends = now + MAX_SECONDS
        elif now > self._ends:
            raise LimitReached(f"the template took longer than {MAX_SECONDS} s")


class TimedContext(RenderContext):
    """A render context that looks at the clock wherever an expression may be one of very many."""

    __slots__ = ("deadline",)
    deadline: Deadline

    def get(self, path: list[object], *, token: Token | None, default: object = UNDEFINED) -> object:
        """Resolve a path, if there is still time."""
        self.deadline.tick()
        return super().get(path, token=token, default=default)


class BoundedContext(TimedContext):
    """The context of the engine's own way to render."""

    __slots__ = ("_disabled",)

    # The engine reads this attribute before it renders any node.
    @property
    def disabled_tags(self) -> list[str]:
        """Return the engine's own list, if there is still time."""
        self.deadline.tick()
        return self._disabled

    @disabled_tags.setter
    def disabled_tags(self, tags: list[str]) -> None:
        self._disabled = tags
        self.deadline = Deadline()


class BoundedTemplate(BoundTemplate):
    """A template that renders in a bounded context."""

    context_class = BoundedContext


class BoundedRange(RangeLiteral):
    """A range that is refused when it is too long to walk through."""

    __slots__ = ()

    def evaluate(self, context: RenderContext) -> range:
        """Return the range, if there is still time."""
        _take_time(context, _LIGHT + 1)
        made = super().evaluate(context)
        if made.stop - made.start > MAX_ITEMS:
            raise LimitReached(f"a range of over {MAX_ITEMS:,} items")
        return made


# The engine makes its ranges by this name, and has no other place to bound them.
primitive.RangeLiteral = BoundedRange  # type: ignore[misc]


class LimitReached(ResourceLimitError):
    """A template wanted more than it may have."""

    def __init__(self, message: str) -> None:
        super().__init__(message, token=None)


def bound(name: str, function: Filter) -> Filter:
    """Make a filter refuse values and results that are too large; the engine limits only what is written out."""
    growth = _GROWTH.get(name)
    takes_context = getattr(function, "with_context", False)

    @wraps(function)
    def bounded(value: Any, *arguments: Any, context: RenderContext, **named: Any) -> Any:
        length = _length(name, value)
        for each in arguments:
            length += _length(name, each)
        _take_time(context, length)
        if growth and growth(value, *arguments) > MAX_OUTPUT_BYTES:
            raise LimitReached(f"{name}: the result is too long")
        if takes_context:
            named["context"] = context
        result = function(value, *arguments, **named)
        _length(name, result)
        return result

    bounded.with_context = True  # type: ignore[attr-defined]  # asks the engine for the context
    return bounded


def _take_time(context: RenderContext, length: int) -> None:
    """Raise when the time is up, with a value of this length still to work through."""
    if isinstance(context, TimedContext):
        if length > _LIGHT:
            context.deadline.check()
        else:
            context.deadline.tick()


def _length(name: str, value: object) -> int:
    """Return how long a value is; refuse one that a few more filters would make grow out of bounds."""
    if isinstance(value, str):
        if (length := len(value)) > MAX_OUTPUT_BYTES:
            raise LimitReached(f"{name}: the text is too long")
        return length
    if isinstance(value, int):
        if value.bit_length() > MAX_BITS:
            raise LimitReached(f"{name}: the number is too large")
    elif isinstance(value, list | tuple):
        # The same text may be in a list many times.
        length = len(value) + sum(len(each) for each in value if isinstance(each, str))
        if len(value) > MAX_ITEMS or length > MAX_OUTPUT_BYTES:
            raise LimitReached(f"{name}: the list is too long")
        return length
    return 0


def _replaced(value: object, old: object = "", new: object = "", *_: object) -> int:
    text = str(value)
    return len(text) + text.count(str(old)) * len(str(new))


def _joined(value: object, separator: object = " ", *_: object) -> int:
    return len(value) * len(str(separator)) if isinstance(value, list | tuple | range) else 0


def _compared(value: object, *_: object) -> int:
    """Return a tenth of how often each is compared with each."""
    return len(value) ** 2 // 10 if isinstance(value, list | tuple | range) else 0


def _dated(value: object, *_: object) -> int:
    """Return what a date may be a thousand times shorter than."""
    return len(value) * 1_000 if isinstance(value, str) else 0


# The filters that make, or work through, more than they are given.
_GROWTH: dict[str, Callable[..., int]] = {"replace": _replaced, "join": _joined, "uniq": _compared, "date": _dated}
