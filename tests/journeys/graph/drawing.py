"""Short ways to draw graphs in tests."""

from typing import Any
from uuid import UUID

from journeys.graph.catalogue import Catalogue, KnownTemplate
from journeys.graph.drawn import Graph
from journeys.messaging.compose import TemplateSource

WORKSPACE, JOURNEY, TEMPLATE_VERSION = UUID(int=1), UUID(int=2), UUID(int=3)
SEGMENT = UUID(int=4)
INLINE = {"subject": "Hello", "html": '<p>Hi {{ contact.first_name }}</p><a href="{{ unsubscribe_url }}">Stop</a>'}

CATALOGUE = Catalogue(
    WORKSPACE,
    JOURNEY,
    templates={"hello": KnownTemplate(TEMPLATE_VERSION, TemplateSource.model_validate(INLINE))},
    segments=frozenset({SEGMENT}),
    topics=frozenset({"marketing", "news"}),
    connections=frozenset({"post office"}),
)

Nodes = dict[str, tuple[str, dict[str, Any]]]

START: tuple[str, dict[str, Any]] = ("event_trigger", {"event": "Signed Up"})
MAIL: tuple[str, dict[str, Any]] = ("send_email", {"inline": INLINE})
WAIT: tuple[str, dict[str, Any]] = ("wait", {"days": 1})
EXIT: tuple[str, dict[str, Any]] = ("exit", {})
TAG: tuple[str, dict[str, Any]] = ("tag", {"add": ["vip"]})


def draw(nodes: Nodes, *edges: str) -> Graph:
    """Return a graph; an edge is written `wait.next > mail`."""
    return Graph.model_validate(
        {
            "nodes": [{"id": id_, "type": type_, "data": data} for id_, (type_, data) in nodes.items()],
            "edges": [_edge(edge) for edge in edges],
        }
    )


def _edge(words: str) -> dict[str, Any]:
    way, target = words.split(" > ")
    source, _, outlet = way.partition(".")
    return {"source": source, "sourceHandle": outlet or None, "target": target}


def branch(*paths: str) -> tuple[str, dict[str, Any]]:
    """Return a branch whose paths ask for a country of their own name."""
    return "branch", {"paths": [{"id": path, "rule": {"attribute": "country", "value": path}} for path in paths]}


def split(**weights: float) -> tuple[str, dict[str, Any]]:
    """Return a split."""
    return "split", {"variants": [{"id": id_, "weight": weight} for id_, weight in weights.items()]}


def wait_for(event: str) -> tuple[str, dict[str, Any]]:
    """Return a wait for an event, a day at most."""
    return "wait_for_event", {"event": event, "timeout": {"days": 1}}
