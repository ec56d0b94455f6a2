"""Check a journey before it is published: every fault at once, and what is legal but odd."""

from dataclasses import dataclass, field

from journeys.graph.catalogue import Catalogue
from journeys.graph.drawn import Graph
from journeys.graph.paths import back_edges, reached_from, ways_of
from journeys.graph.problems import Problem
from journeys.graph.reading import Reading, read_graph
from journeys.graph.references import check_references, check_settings
from journeys.graph.settings import JourneySettings
from journeys.nodes.event_trigger import EventTrigger

WAITS = {"wait", "wait_until", "wait_for_event", "wait_for_condition"}
"""What slows a loop down. A condition that holds, like a window that is open, holds nobody: see `_check_loops`."""

DOES_NOTHING = WAITS | {"time_window", "branch", "split", "holdout", "exit"}


KEYLESS = {"segment_trigger", "schedule_trigger", "date_trigger", "attribute_trigger", "form_trigger"}
"""Triggers that give no key to enter by."""


@dataclass
class Checked:
    """What was read, and what is wrong or odd."""

    reading: Reading
    errors: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)


def check_graph(graph: Graph, settings: JourneySettings, catalogue: Catalogue) -> Checked:
    """Return every fault and oddity of a journey."""
    reading = read_graph(graph)
    _check_entry(reading, settings)
    _check_reach(reading, whole=len(reading.nodes) == len(graph.nodes))
    _check_loops(reading)
    checked = Checked(reading)
    for node in reading.nodes.values():
        found = check_references(node, reading, catalogue)
        reading.problems += [problem for problem, is_error in found if is_error]
        checked.warnings += [problem for problem, is_error in found if not is_error]
        checked.warnings += [Problem(node.id, None, message) for message in node.kind.oddities(node.config)]
    reading.problems += check_settings(settings, reading, catalogue)
    checked.warnings += _once_only(reading, settings)
    checked.warnings += _idle_waits(reading)
    checked.errors = reading.problems
    return checked


def _check_entry(reading: Reading, settings: JourneySettings) -> None:
    if not reading.triggers and not reading.problems:
        reading.complain(None, "nobody can come in: add a trigger")
    if settings.re_entry != "per_key":
        return
    for trigger in map(reading.nodes.__getitem__, reading.triggers):
        if isinstance(trigger.kind, EventTrigger) and getattr(trigger.config, "key", None) is None:
            reading.complain(trigger.id, "re-entry is per key, so say which property is the key", "key")
        elif trigger.kind.kind in KEYLESS:
            reading.complain(trigger.id, "re-entry is per key, and whoever comes in here has none")


def _check_reach(reading: Reading, whole: bool) -> None:
    """Complain of nodes that nobody can get to; not while nodes are missing that may lead there."""
    if not whole or not reading.triggers:
        return
    reached = reached_from(reading.triggers, ways_of(reading.edges))
    for node_id in reading.nodes.keys() - reached:
        reading.complain(node_id, "no way leads here from a trigger")


def _check_loops(reading: Reading) -> None:
    """Complain of loops that nothing slows down: a moment that is past holds nobody, nor does a condition that is met."""
    hasty = [
        (source, outlet, target)
        for source, outlet, target in reading.edges
        if reading.nodes[source].kind.kind not in WAITS or outlet in ("past", "met")
    ]
    for node_id in dict.fromkeys(node_id for node_id, _ in back_edges(reading.nodes, ways_of(hasty))):
        reading.complain(node_id, "this closes a loop with no wait in it, so contacts would go round without end")


def _once_only(reading: Reading, settings: JourneySettings) -> list[Problem]:
    """Warn of triggers that come again and again in a journey that lets each contact in only once."""
    if settings.re_entry != "once":
        return []
    return [
        Problem(node.id, None, "contacts come in only the first time, for re-entry is once; set it to always")
        for node in map(reading.nodes.__getitem__, reading.triggers)
        if getattr(node.config, "every", None) or getattr(node.config, "yearly", False)
    ]


def _idle_waits(reading: Reading) -> list[Problem]:
    """Warn of waits behind which nothing is sent, changed or counted."""
    ways = ways_of(reading.edges)
    return [
        Problem(node.id, None, "nothing is sent or changed after this wait")
        for node in reading.nodes.values()
        if node.kind.kind in WAITS and all(_does_nothing(reading, each) for each in reached_from([node.id], ways))
    ]


def _does_nothing(reading: Reading, node_id: str) -> bool:
    """Say whether a node changes nothing; one that cannot be read may well."""
    node = reading.nodes.get(node_id)
    return node is not None and node.kind.kind in DOES_NOTHING
