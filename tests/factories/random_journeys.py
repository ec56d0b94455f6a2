"""Journeys drawn at random, with people and what each of them does: the same seed always gives the same."""

from dataclasses import dataclass, field
from random import Random
from typing import Any
from uuid import UUID

from journeys.graph.drawn import Graph
from journeys.graph.settings import JourneySettings
from journeys.simulation.assumptions import FixedBehaviour
from tests.factories.drawn_journeys import drawn, mail

EVENTS = ("Product Viewed", "Order Completed", "Page Liked")
ZONES = ("Europe/Berlin", "America/New_York", "Asia/Tokyo", None)
MOST_NODES = 9
HOURS = (2, 7, 20, 26, 50, 75, 98, 121, 170, 220, 290, 400)
"""At which hours things happen: few, so that many people act at one moment and both ways are quick."""

DAYS = 30
"""How far events lie ahead, and how far both ways are compared."""

Config = dict[str, Any]


@dataclass
class RandomJourney:
    """One journey, whom it is for, and what they do."""

    number: int
    graph: Graph
    settings: JourneySettings
    people: list[Config]
    behaviours: list[list[FixedBehaviour]] = field(default_factory=list)

    @property
    def event(self) -> str:
        """The event that lets contacts into this journey and no other."""
        return f"Start {self.number}"

    def fixed(self, contact_ids: list[UUID]) -> list[FixedBehaviour]:
        """Return what the people do, by the ids that they have got."""
        return [
            each.model_copy(update={"contact": str(contact_id)})
            for contact_id, behaviours in zip(contact_ids, self.behaviours, strict=True)
            for each in behaviours
        ]


class _Drawing:
    """A tree that grows from the trigger; now and then a way joins another, or leads back over a wait."""

    def __init__(self, number: int) -> None:
        self.random = Random(f"journey {number}")
        self.nodes: dict[str, tuple[str, Config]] = {"start": ("event_trigger", {"event": f"Start {number}"})}
        self.edges: list[tuple[str, str | None, str]] = []
        self.mails: list[str] = []
        self.waits: list[str] = []

    def grow(self) -> None:
        """Draw everything."""
        due: list[tuple[str, str | None]] = [("start", None)]
        while due:
            source, outlet = due.pop(0)
            if self.waits and source in self.waits and outlet == "timed_out" and self.random.random() < 0.25:
                target = next((mail for mail in self.mails if self.comes_before(mail, source)), None)
                if target:
                    self.edges.append((source, outlet, target))
                    continue
            node, outlets = self.add(last=len(self.nodes) >= MOST_NODES)
            self.edges.append((source, outlet, node))
            due += [(node, each) for each in outlets]

    def comes_before(self, first: str, then: str) -> bool:
        """Say whether there is a way from one node to another."""
        reached, due = {first}, [first]
        while due:
            here = due.pop()
            fresh = {target for source, _, target in self.edges if source == here} - reached
            reached |= fresh
            due += fresh
        return then in reached

    def add(self, *, last: bool) -> tuple[str, tuple[str | None, ...]]:
        """Add a node of some kind; return its id and the outlets to be led on."""
        makers = [self.exit, self.mail] if last else [
            self.mail, self.mail, self.wait, self.wait_until, self.wait_for_event, self.wait_for_event,
            self.wait_for_condition, self.time_window, self.branch, self.branch, self.split, self.update, self.tag,
            self.goal, self.webhook, self.subscribe, self.holdout,
        ]  # fmt: skip
        kind, config, outlets = self.random.choice(makers)()
        node = f"n{len(self.nodes)}"
        self.nodes[node] = (kind, config)
        if kind == "send_email":
            self.mails.append(node)
            outlets = () if last else outlets
        if kind.startswith("wait"):
            self.waits.append(node)
        return node, outlets

    def exit(self) -> tuple[str, Config, tuple[str | None, ...]]:
        return "exit", {}, ()

    def mail(self) -> tuple[str, Config, tuple[str | None, ...]]:
        outlets: tuple[str | None, ...] = self.random.choice([("sent",), ("sent",), ("sent", "skipped")])
        words = f"mail-{len(self.nodes)}"
        return "send_email", mail(words, self.random.choice(["marketing", "marketing", "transactional"])), outlets

    def wait(self) -> tuple[str, Config, tuple[str | None, ...]]:
        return "wait", self.random.choice([{"hours": 5}, {"days": 1}, {"days": 3}]), ("next",)

    def wait_until(self) -> tuple[str, Config, tuple[str | None, ...]]:
        config: Config = self.random.choice(
            [
                {"time": "09:45"},
                {"weekday": ["monday", "thursday"], "time": "18:45"},
                {"attribute": "renews_on", "time": "07:45"},
                {"time": "12:45", "time_zone": "Europe/London"},
            ]
        )
        dated = "attribute" in config and self.random.random() < 0.5
        return "wait_until", config, ("next", "past") if dated else ("next",)

    def wait_for_event(self) -> tuple[str, Config, tuple[str | None, ...]]:
        event = self.random.choice([*EVENTS, "Email Opened", "Email Clicked"])
        where = {"where": {"total": {"op": "gte", "value": 50}}} if event == "Order Completed" else {}
        return (
            "wait_for_event",
            {"event": event, **where, "timeout": {"days": self.random.choice([2, 6])}},
            (
                "happened",
                "timed_out",
            ),
        )

    def wait_for_condition(self) -> tuple[str, Config, tuple[str | None, ...]]:
        return "wait_for_condition", {"rule": self.rule(), "timeout": {"days": 4}}, ("met", "timed_out")

    def time_window(self) -> tuple[str, Config, tuple[str | None, ...]]:
        return "time_window", {"start": "08:45", "end": "16:45"}, ("next",)

    def branch(self) -> tuple[str, Config, tuple[str | None, ...]]:
        return "branch", {"paths": [{"id": "yes", "rule": self.rule()}]}, ("yes", "else")

    def rule(self) -> Config:
        rules: list[Config] = [
            {"attribute": "country", "op": "eq", "value": "DE"},
            {"attribute": "tags", "op": "contains", "value": "seen"},
            {"attribute": "level", "op": "eq", "value": 2},
            {"event": "Order Completed"},
            {"event": "Product Viewed", "op": "at_least", "count": 2, "within": "7d"},
            {"subscribed": "marketing"},
            {"not": {"event": "Page Liked"}},
        ]
        if self.mails:
            action = self.random.choice(["opened", "clicked", "sent"])
            rules += [{"message": {"action": action, "node_id": self.random.choice(self.mails)}}] * 3
        return self.random.choice(rules)

    def split(self) -> tuple[str, Config, tuple[str | None, ...]]:
        return "split", {"variants": [{"id": "a", "weight": 50}, {"id": "b", "weight": 50}]}, ("a", "b")

    def holdout(self) -> tuple[str, Config, tuple[str | None, ...]]:
        return "holdout", {"percent": 40}, ("treated", "held_out")

    def update(self) -> tuple[str, Config, tuple[str | None, ...]]:
        config: Config = self.random.choice([{"level": 2}, {"greeting": "Hi {{ contact.first_name }}"}])
        return "update_contact", {"set": config}, ("next",)

    def tag(self) -> tuple[str, Config, tuple[str | None, ...]]:
        return "tag", {"add": ["seen"]}, ("next",)

    def subscribe(self) -> tuple[str, Config, tuple[str | None, ...]]:
        return "subscribe", {"on": self.random.random() < 0.5}, ("next",)

    def goal(self) -> tuple[str, Config, tuple[str | None, ...]]:
        return "goal", {}, ("next",)

    def webhook(self) -> tuple[str, Config, tuple[str | None, ...]]:
        return "webhook", {"url": "https://hooks.example/lead"}, ("done",)


def random_journey(number: int) -> RandomJourney:
    """Draw a journey, three people, and what they do."""
    drawing = _Drawing(number)
    drawing.grow()
    random = drawing.random
    settings = JourneySettings.model_validate(
        random.choice(
            [
                {},
                {"exit_on": [{"event": "Churned"}]},
                {"goal": {"event": "Order Completed", "exits": True}},
                {"goal": {"event": "Page Liked", "exits": False}, "exit_on": [{"not": {"subscribed": "marketing"}}]},
            ]
        )
    )
    people = [_person(random, index) for index in range(3)]
    behaviours = [_deeds(random, drawing.mails) for _ in people]
    return RandomJourney(number, drawn(drawing.nodes, drawing.edges), settings, people, behaviours)


def _person(random: Random, index: int) -> Config:
    return {
        "email": None if index == 2 and random.random() < 0.3 else f"{random.getrandbits(60):x}@example.com",
        "first_name": f"P{index}",
        "country": random.choice(["DE", "US"]),
        "time_zone": random.choice(ZONES),
        "attributes": random.choice([{}, {"renews_on": "2020-01-01"}, {"renews_on": "2027-03-11"}]),
        "unsubscribed": random.random() < 0.15,
    }


def _deeds(random: Random, mails: list[str]) -> list[FixedBehaviour]:
    """Return what one contact does; at minutes of the hour at which no wait ends, so that no two things coincide."""
    deeds: list[Config] = []
    for minute in random.sample((10, 20, 30), random.randint(1, 2)):
        event = random.choice([*EVENTS, "Churned"])
        properties = {"total": random.choice([20, 80])} if event == "Order Completed" else {}
        deeds.append(
            {
                "action": "event",
                "event": event,
                "properties": properties,
                "minutes": 60 * random.choice(HOURS) + minute,
            }
        )
    for node in mails:
        if random.random() < 0.5:
            action = random.choice(["open", "click", "open", "click", "unsubscribe"])
            deeds.append({"action": action, "node_id": node, "minutes": 60 * random.choice([0, 1, 30]) + 3})
    return [FixedBehaviour(contact="to be said", **each) for each in deeds]
