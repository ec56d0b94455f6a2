"""What people do in a simulation, drawn from the assumptions: the same seed, contact and step always give the same.

What nobody listens for (an open, where no rule asks for opens) is noted when something else happens next, so that a
thousand readers do not make a thousand moments.
"""

import heapq
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from math import exp, log
from random import Random
from typing import Any, Literal
from uuid import UUID

from journeys.messaging.engagement import CLICKED, OPENED, SentMessage
from journeys.simulation.assumptions import Assumptions, EventAssumption, FixedBehaviour

Action = Literal["opened", "clicked", "unsubscribed"]

SPREAD = 1.0
"""Of the logarithm of delays: a few are quick, a few take days."""

GRID = (
    (20, timedelta(minutes=1)),
    (100, timedelta(minutes=30)),
    (300, timedelta(hours=1)),
    (1_000_000, timedelta(hours=6)),
)
"""Up to so many people, what they do falls on a grid of so much: the more they are, the more of them act at one moment."""


@dataclass(frozen=True)
class Arrival:
    """Contacts come to the door."""

    contact_ids: tuple[UUID, ...]


@dataclass(frozen=True)
class Reaction:
    """A reader does something with a mail."""

    message: SentMessage
    action: Action


@dataclass(frozen=True)
class Deed:
    """A contact brings about an event."""

    contact_id: UUID
    event: str
    properties: dict[str, Any] = field(default_factory=dict, hash=False)


Happening = Arrival | Reaction | Deed


@dataclass(frozen=True)
class Waiting:
    """Someone who has begun to wait for an event."""

    contact_id: UUID
    node_id: str
    visit: int
    event: str
    since: datetime
    deadline_at: datetime


class Agenda:
    """What is going to happen, in order of time."""

    def __init__(self) -> None:
        self._due: list[tuple[datetime, int, Happening]] = []
        self._order = count()

    def add(self, at: datetime, happening: Happening) -> None:
        """Note something."""
        heapq.heappush(self._due, (at, next(self._order), happening))

    def next_at(self) -> datetime | None:
        """Return when the next thing happens."""
        return self._due[0][0] if self._due else None

    def take(self, until: datetime) -> list[tuple[datetime, Happening]]:
        """Take everything up to a time."""
        taken = []
        while self._due and self._due[0][0] <= until:
            at, _, happening = heapq.heappop(self._due)
            taken.append((at, happening))
        return taken


@dataclass
class Behaviour:
    """Turns what happens to people into what they do next."""

    assumptions: Assumptions
    seed: int
    start_at: datetime
    people: int
    listened: frozenset[str] | None
    """Events that something waits for or asks about; None: any may matter."""
    agenda: Agenda = field(default_factory=Agenda)
    quiet: Agenda = field(default_factory=Agenda)
    _fixed: dict[UUID, list[FixedBehaviour]] = field(default_factory=dict)

    def fix(self, fixed: dict[UUID, list[FixedBehaviour]]) -> None:
        """Take on what single contacts do, whatever is assumed of the others."""
        self._fixed = fixed
        for contact_id, behaviours in fixed.items():
            for each in behaviours:
                if each.action == "event" and each.node_id is None:
                    at = self.start_at + timedelta(minutes=each.minutes)
                    self.agenda.add(at, Deed(contact_id, each.event or "", each.properties))

    def after_entry(self, contact_id: UUID, at: datetime) -> None:
        """Draw what follows from entering."""
        self._draw_events("entry", contact_id, "", at)

    def after_mail(self, message: SentMessage, visit: int, at: datetime) -> None:
        """Draw what the reader of a mail does."""
        contact_id, node_id = message.contact_id, message.node_id or ""
        if contact_id in self._fixed:
            self._act_as_fixed(message, visit, at)
            return
        assumed = self.assumptions.of_mail(node_id)
        random = self._random(contact_id, node_id, visit)
        draws = {name: random.random() for name in ("open", "click", "unsubscribe")}
        delay = _delay(random, assumed.median_hours)
        self._draw_events("sent", contact_id, f"{node_id}:{visit}", at)
        clicks = draws["click"] < assumed.click_rate
        if clicks or draws["open"] < max(assumed.open_rate - assumed.click_rate, 0) / max(1 - assumed.click_rate, 1e-9):
            self._react(message, "opened", at + delay)
            self._draw_events("opened", contact_id, f"{node_id}:{visit}", at + delay)
        if clicks:
            clicked_at = at + delay + timedelta(minutes=1 + 4 * random.random())
            self._react(message, "clicked", clicked_at)
            self._draw_events("clicked", contact_id, f"{node_id}:{visit}", clicked_at)
        if draws["unsubscribe"] < assumed.unsubscribe_rate:
            self._react(message, "unsubscribed", at + delay + timedelta(minutes=2))

    def after_wait(self, waiting: Waiting) -> None:
        """Draw whether someone does in time what is waited for; reactions to mails are drawn with the mails."""
        if waiting.contact_id in self._fixed:
            return
        step = f"{waiting.node_id}:{waiting.visit}"
        named = [each for each in self.assumptions.events if each.event == waiting.event]
        if named:
            self._draw_events("wait", waiting.contact_id, step, waiting.since, waiting.event)
        elif waiting.event not in (OPENED, CLICKED):
            random = self._random(waiting.contact_id, waiting.node_id, waiting.visit)
            if random.random() < self.assumptions.awaited_rate:
                at = waiting.since + random.random() * (waiting.deadline_at - waiting.since)
                self._plan(at, Deed(waiting.contact_id, waiting.event))

    def _act_as_fixed(self, message: SentMessage, visit: int, at: datetime) -> None:
        if visit > 1:
            return
        actions: dict[str, Action] = {"open": "opened", "click": "clicked", "unsubscribe": "unsubscribed"}
        for each in self._fixed[message.contact_id]:
            if each.node_id == message.node_id:
                then = at + timedelta(minutes=each.minutes)
                if each.action == "event":
                    self.agenda.add(then, Deed(message.contact_id, each.event or "", each.properties))
                else:
                    self.agenda.add(then, Reaction(message, actions[each.action]))

    def _draw_events(self, after: str, contact_id: UUID, step: str, at: datetime, name: str | None = None) -> None:
        if contact_id in self._fixed:
            return
        for index, each in enumerate(self.assumptions.events):
            if each.after == after and name in (None, each.event):
                random = self._random(contact_id, step, f"event {index}")
                if random.random() < each.rate:
                    self._plan(at + _delay(random, each.median_hours), _deed(contact_id, each))

    def _react(self, message: SentMessage, action: Action, at: datetime) -> None:
        self._plan(at, Reaction(message, action))

    def _plan(self, at: datetime, happening: Happening) -> None:
        if self._matters(happening):
            self.agenda.add(self._on_grid(at), happening)
        else:
            self.quiet.add(at, happening)

    def _matters(self, happening: Happening) -> bool:
        if self.listened is None:
            return True
        match happening:
            case Reaction(action="opened"):
                return OPENED in self.listened
            case Reaction(action="clicked"):
                return CLICKED in self.listened
            case Deed(event=event):
                return event in self.listened
        return True

    def _on_grid(self, at: datetime) -> datetime:
        """Round a moment up."""
        step = next(step for most, step in GRID if self.people <= most)
        return self.start_at + -((self.start_at - at) // step) * step

    def _random(self, *place: object) -> Random:
        return Random(":".join(map(str, (self.seed, *place))))


def _delay(random: Random, median_hours: float) -> timedelta:
    """Draw a delay; at least some seconds, since nothing is answered before it comes."""
    hours = exp(random.gauss(log(median_hours), SPREAD))
    return timedelta(seconds=max(hours * 3_600, 5))


def _deed(contact_id: UUID, assumed: EventAssumption) -> Deed:
    return Deed(contact_id, assumed.event, assumed.properties)


def spread_arrivals(
    contact_ids: Sequence[UUID], start_at: datetime, hours: float, seed: int
) -> list[tuple[datetime, Arrival]]:
    """Let contacts come at random times of a span, in groups of those who come in the same quarter of an hour or so."""
    if not hours:
        return [(start_at, Arrival(tuple(contact_ids)))]
    step = max(timedelta(minutes=15), timedelta(hours=hours) / 96)
    groups: dict[int, list[UUID]] = {}
    for each in contact_ids:
        moment = Random(f"{seed}:{each}:arrival").random() * timedelta(hours=hours)
        groups.setdefault(moment // step, []).append(each)
    return [(start_at + place * step, Arrival(tuple(ids))) for place, ids in sorted(groups.items())]
