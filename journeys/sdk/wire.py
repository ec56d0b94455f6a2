"""What the engine and the process of an activity say to each other: one JSON document a line."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import UUID

from journeys.sdk.definition import ActivityDefinition

Ending = Literal["done", "failed", "later", "unknown", "misconfigured"]


@dataclass(frozen=True)
class Facts:
    """What the engine must know of an activity that it never loads itself."""

    name: str
    outlets: Sequence[str]
    timeout_seconds: float
    max_attempts: int
    per_second: float | None
    batch: bool
    idempotent: bool

    @classmethod
    def of(cls, definition: ActivityDefinition) -> "Facts":
        """Return the facts of a definition."""
        return cls(**{name: getattr(definition, name) for name in cls.__dataclass_fields__})


@dataclass(frozen=True)
class Call:
    """One contact's turn."""

    key: str
    attempt: int
    contact: dict[str, Any]
    event: dict[str, Any]


@dataclass(frozen=True)
class Request:
    """Run an activity for some contacts: one of them, or many where it takes batches. No calls: only check the config."""

    activity: str
    config: dict[str, Any]
    workspace_id: UUID
    journey_id: UUID
    node_id: str
    calls: Sequence[Call] = ()


@dataclass(frozen=True)
class Answer:
    """How it ended for one contact. `later`: nothing was done, or it may safely be repeated."""

    ending: Ending
    outlet: str | None = None
    attributes: dict[str, Any] = field(default_factory=dict)
    detail: str | None = None
    reason: str | None = None
    """Few different ones: they are counted."""
    error: str | None = None
    """The words of the exception, for the trace."""
    after_seconds: float | None = None


@dataclass(frozen=True)
class Reply:
    """Answers in the order of the calls; `refused` instead where the config does not fit.

    `stuck`: a thread of this process will not end, so the process had better be replaced.
    """

    answers: Sequence[Answer] = ()
    refused: str | None = None
    stuck: bool = False


class ActivityDied(Exception):
    """The process of an activity ended, or had to be ended, while calls were in flight; the text says how."""
