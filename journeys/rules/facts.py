"""What is known about one contact: everything that the Python evaluator of rules looks at."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from uuid import UUID


@dataclass(frozen=True)
class EventFact:
    """Something the contact did."""

    name: str
    occurred_at: datetime
    properties: Mapping[str, object]


@dataclass(frozen=True)
class MessageFact:
    """A message to the contact, and when each thing happened to it."""

    state: str
    enrollment_id: UUID
    journey_id: UUID | None
    node_id: str
    template_id: UUID | None
    queued_at: datetime
    sent_at: datetime | None = None
    opened_at: datetime | None = None
    clicked_at: datetime | None = None

    def happened_at(self, action: str) -> datetime | None:
        """Return when the action happened, or None."""
        match action:
            case "opened":
                return self.opened_at
            case "clicked":
                return self.clicked_at
            case "sent":
                return self.sent_at
            case _:
                return (self.sent_at or self.queued_at) if self.state == action else None


@dataclass(frozen=True)
class Facts:
    """One contact at one moment.

    `attributes` holds the standard ones, `tags` and `created_at` too. `totals` is the roll-up: how often each event was
    seen, ever. `scores` are by the slug of their model. `topics` says for each topic whether the contact hears about
    it. `payload` and `enrollment_id` belong to the enrollment at hand, if there is one.
    """

    now: datetime
    attributes: Mapping[str, object] = field(default_factory=dict)
    events: Sequence[EventFact] = ()
    totals: Mapping[str, int] = field(default_factory=dict)
    scores: Mapping[str, Decimal] = field(default_factory=dict)
    segments: Set[UUID] = frozenset()
    messages: Sequence[MessageFact] = ()
    topics: Mapping[str, bool] = field(default_factory=dict)
    payload: Mapping[str, object] | None = None
    enrollment_id: UUID | None = None
