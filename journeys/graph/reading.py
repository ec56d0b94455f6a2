"""Read a drawn graph: each node with its kind and config, each outlet with where it leads; note what cannot be read."""

from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from journeys.graph.drawn import DrawnEdge, Graph
from journeys.graph.problems import Problem, config_problems
from journeys.nodes.base import NodeConfig, NodeKind
from journeys.nodes.registry import NODE_KINDS

TRIGGER = "trigger"


@dataclass(frozen=True)
class ReadNode:
    """A node whose kind is known and whose config is valid."""

    id: str
    kind: NodeKind[Any]
    config: NodeConfig

    @property
    def is_trigger(self) -> bool:
        """Say whether contacts come in here."""
        return self.kind.described.group == TRIGGER

    @property
    def outlets(self) -> tuple[str, ...]:
        """The ways out, the usual one first."""
        return self.kind.outlets(self.config)


@dataclass
class Reading:
    """What could be read: nodes by id, in drawn order, and for each node where its outlets lead.

    In `next`, an outlet that was not drawn leads where it falls through to, or to None, which ends the passage.
    """

    nodes: dict[str, ReadNode] = field(default_factory=dict)
    next: dict[str, dict[str, str | None]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    @property
    def triggers(self) -> list[str]:
        """The nodes where contacts come in."""
        return [node.id for node in self.nodes.values() if node.is_trigger]

    @property
    def edges(self) -> list[tuple[str, str, str]]:
        """Every way from a node, by an outlet, to another."""
        return [
            (source, outlet, target)
            for source, outlets in self.next.items()
            for outlet, target in outlets.items()
            if target is not None
        ]

    def complain(self, node_id: str | None, message: str, field: str | None = None) -> None:
        """Note a problem."""
        self.problems.append(Problem(node_id, field, message))


def read_graph(graph: Graph) -> Reading:
    """Read nodes and edges; a node that cannot be read is left out, and its edges are not complained about."""
    reading = Reading()
    _read_nodes(graph, reading)
    drawn = _read_edges(graph, reading)
    for node in reading.nodes.values():
        reading.next[node.id] = _lead_on(node, drawn.get(node.id, {}), reading)
    return reading


def _read_nodes(graph: Graph, reading: Reading) -> None:
    seen: set[str] = set()
    for drawn in graph.nodes:
        if drawn.id in seen:
            reading.complain(drawn.id, "another node has the same id")
            continue
        seen.add(drawn.id)
        kind = NODE_KINDS.get(drawn.type)
        if kind is None:
            reading.complain(drawn.id, f"there is no kind of node called '{drawn.type}' installed here", "type")
            continue
        try:
            reading.nodes[drawn.id] = ReadNode(drawn.id, kind, kind.config.model_validate(drawn.data))
        except ValidationError as error:
            reading.problems += config_problems(error, drawn.id)


def _read_edges(graph: Graph, reading: Reading) -> dict[str, dict[str, str]]:
    known = {node.id for node in graph.nodes}
    drawn: dict[str, dict[str, str]] = {}
    for edge in graph.edges:
        if edge.source not in known or edge.target not in known:
            missing = edge.target if edge.source in known else edge.source
            blamed = edge.source if edge.source in known else edge.target
            reading.complain(
                blamed if blamed in known else None, f"an edge leads to or from '{missing}', which is gone"
            )
        elif edge.source in reading.nodes:
            _read_edge(edge, reading, drawn.setdefault(edge.source, {}))
    return drawn


def _read_edge(edge: DrawnEdge, reading: Reading, drawn: dict[str, str]) -> None:
    outlets = reading.nodes[edge.source].outlets
    outlet = edge.outlet or (outlets[0] if outlets else "")
    target = reading.nodes.get(edge.target)
    if outlet not in outlets:
        has = f"its outlets are {', '.join(outlets)}" if outlets else "it has none"
        reading.complain(edge.source, f"there is no outlet '{outlet}'; {has}")
    elif outlet in drawn:
        reading.complain(edge.source, f"outlet '{outlet}' leads to more than one node")
    elif target is not None and target.is_trigger:
        reading.complain(edge.source, f"outlet '{outlet}' leads to a trigger, where contacts only come in")
    else:
        drawn[outlet] = edge.target


def _lead_on(node: ReadNode, drawn: dict[str, str], reading: Reading) -> dict[str, str | None]:
    """Return where each outlet leads, and complain of those that lead nowhere."""
    led: dict[str, str | None] = {}
    for outlet in node.outlets:
        falls_to = node.kind.falls_to.get(outlet)
        led[outlet] = drawn.get(outlet) or (led.get(falls_to) if falls_to else None)
        ends_here = outlet in node.kind.ends_by or (node.kind.may_end and outlet == node.outlets[0])
        if outlet not in drawn and not falls_to and not ends_here:
            reading.complain(node.id, f"outlet '{outlet}' leads nowhere")
    return led
