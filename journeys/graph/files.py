"""Journeys as files: YAML in a stable order, positions apart, so that a change is a small diff to review."""

from collections import deque
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from journeys.errors import InvalidInput
from journeys.graph.drawn import DrawnEdge, DrawnNode, Graph, Note, Position, StepGroup, check_storable
from journeys.graph.plain_yaml import Inline, read_yaml, write_yaml
from journeys.graph.settings import JourneySettings
from journeys.nodes.registry import NODE_KINDS
from journeys.rules.language import rule_faults

MAX_FILE_BYTES = 2_000_000


class _FileNode(BaseModel):
    model_config = ConfigDict(extra="forbid")

    id: str
    type: str
    data: dict[str, Any] = Field(default_factory=dict)


class _FileEdge(BaseModel):
    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    source: str = Field(alias="from")
    outlet: str | None = None
    target: str = Field(alias="to")


class JourneyFile(BaseModel):
    """What a file says: the journey's name, its settings, its nodes and edges, where they stand, notes and groups.

    `description` and `tags` are for whoever chooses a journey from a library.
    """

    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=200)
    slug: str | None = Field(None, pattern=r"^[a-z0-9][a-z0-9-]{0,99}$")
    description: str = Field("", max_length=1_000)
    tags: list[str] = Field(default_factory=list, max_length=20)
    settings: JourneySettings = JourneySettings()
    nodes: list[_FileNode]
    edges: list[_FileEdge] = Field(default_factory=list)
    layout: dict[str, Position] = Field(default_factory=dict)
    notes: list[Note] = Field(default_factory=list)
    groups: list[StepGroup] = Field(default_factory=list)

    @property
    def graph(self) -> Graph:
        """The graph as drawn."""
        return Graph(
            nodes=[
                DrawnNode(id=node.id, type=node.type, data=node.data, position=self.layout.get(node.id, Position()))
                for node in self.nodes
            ],
            edges=[DrawnEdge(source=edge.source, outlet=edge.outlet, target=edge.target) for edge in self.edges],
            notes=self.notes,
            groups=self.groups,
        )


def export_journey(name: str, slug: str, graph: Graph, settings: JourneySettings) -> str:
    """Return a journey as YAML."""
    nodes = _in_walking_order(graph)
    position = {node.id: index for index, node in enumerate(nodes)}
    edges = sorted(graph.edges, key=lambda edge: (position.get(edge.source, -1), edge.outlet or "", edge.target))
    document: dict[str, Any] = {"name": name, "slug": slug}
    if said := settings.model_dump(mode="json", exclude_unset=True):
        document["settings"] = said
    document["nodes"] = [_node(node) for node in nodes]
    document["edges"] = [_edge(edge) for edge in edges]
    document["layout"] = {node.id: Inline(x=node.position.x, y=node.position.y) for node in nodes}
    if graph.notes:
        document["notes"] = [note.model_dump(mode="json") for note in graph.notes]
    if graph.groups:
        document["groups"] = [group.model_dump(mode="json") for group in graph.groups]
    return write_yaml(document)


def import_journey(source: str) -> JourneyFile:
    """Read a journey from YAML (or JSON, which is YAML).

    Raises:
        InvalidInput: it is no such file; the faults point at what is wrong.
    """
    if len(source.encode()) > MAX_FILE_BYTES:
        raise InvalidInput(f"the file is over {MAX_FILE_BYTES // 1_000_000} MB")
    try:
        document = read_yaml(source)
        check_storable(document)
        file = JourneyFile.model_validate(document)
        _ = file.graph
    except yaml.YAMLError as error:
        raise InvalidInput(f"this is not a journey file: {_yaml_message(error)}") from error
    except ValidationError as error:
        raise InvalidInput("this is not a journey file", rule_faults(error)) from error
    return file


def _node(node: DrawnNode) -> dict[str, Any]:
    written: dict[str, Any] = {"id": node.id, "type": node.type}
    if node.data:
        written["data"] = node.data
    return written


def _edge(edge: DrawnEdge) -> Inline:
    outlet = {"outlet": edge.outlet} if edge.outlet else {}
    return Inline({"from": edge.source, **outlet, "to": edge.target})


def _in_walking_order(graph: Graph) -> list[DrawnNode]:
    """Return nodes as a reader meets them: triggers first, then along the edges; what is cut off comes last."""
    ways: dict[str, list[DrawnEdge]] = {}
    for edge in sorted(graph.edges, key=lambda edge: (edge.outlet or "", edge.target)):
        ways.setdefault(edge.source, []).append(edge)
    by_id = {node.id: node for node in graph.nodes}
    ordered = sorted(graph.nodes, key=lambda node: (not _is_trigger(node), node.id))
    triggers = [node.id for node in ordered if _is_trigger(node)]
    found: dict[str, DrawnNode] = {}
    for starts in (triggers, [node.id for node in ordered]):
        due = deque(starts)
        while due:
            node_id = due.popleft()
            if node_id in found or node_id not in by_id:
                continue
            found[node_id] = by_id[node_id]
            due.extend(edge.target for edge in ways.get(node_id, ()))
    return list(found.values())


def _is_trigger(node: DrawnNode) -> bool:
    kind = NODE_KINDS.get(node.type)
    return kind is not None and kind.described.group == "trigger"


def _yaml_message(error: yaml.YAMLError) -> str:
    mark, problem = getattr(error, "problem_mark", None), getattr(error, "problem", None)
    return f"line {mark.line + 1}: {problem}" if mark and problem else str(error)
