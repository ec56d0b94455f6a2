"""What time it is, for code that does not ask the database; a simulation sets a clock of its own."""

from collections.abc import Callable
from contextvars import ContextVar
from datetime import UTC, datetime


def _of_the_machine() -> datetime:
    return datetime.now(UTC)


CLOCK: ContextVar[Callable[[], datetime]] = ContextVar("clock", default=_of_the_machine)
"""Where the time comes from, for the task at hand and those it starts."""


def now() -> datetime:
    """Return the time."""
    return CLOCK.get()()
