"""Compile a drawn journey to a plan: check it, resolve its outlets, mark its loops, fuse its chains into stages."""

from journeys.graph.catalogue import Catalogue
from journeys.graph.checks import check_graph
from journeys.graph.drawn import Graph
from journeys.graph.paths import Ways, back_edges, chain_from, ways_of
from journeys.graph.plan import Plan, PlanNode
from journeys.graph.problems import InvalidGraph
from journeys.graph.reading import ReadNode
from journeys.graph.settings import JourneySettings
from journeys.nodes.base import CompileContext

TITLE_LENGTH = 100


def compile_graph(graph: Graph, settings: JourneySettings, catalogue: Catalogue) -> Plan:
    """Turn a drawn graph into a runnable plan.

    Raises:
        InvalidGraph: it has faults; every one is named.
    """
    checked = check_graph(graph, settings, catalogue)
    if checked.errors:
        raise InvalidGraph(checked.errors)
    reading = checked.reading
    ways = ways_of(reading.edges)
    closing = set(back_edges(reading.triggers, ways))
    templates = {name: known.version_id for name, known in catalogue.templates.items()}
    nodes = {}
    for node in reading.nodes.values():
        context = CompileContext(catalogue.workspace_id, catalogue.journey_id, node.id, templates)
        nodes[node.id] = _compile_node(node, context, reading.next[node.id], closing)
    return Plan(nodes=nodes, triggers=reading.triggers, stages=_fuse(nodes, ways), settings=settings)


def title_of(node: ReadNode) -> str:
    """Return what a node is called in Temporal UI and in traces."""
    label = node.config.label
    title = f"{node.kind.described.title}: {label}" if label else node.kind.summary(node.config)
    return title if len(title) <= TITLE_LENGTH else title[: TITLE_LENGTH - 1] + "…"


def _compile_node(
    node: ReadNode, context: CompileContext, next_: dict[str, str | None], closing: set[tuple[str, str]]
) -> PlanNode:
    return PlanNode(
        id=node.id,
        kind=node.kind.kind,
        title=title_of(node),
        op=node.kind.compile(node.config, context),
        next=next_,
        closes_loop=[outlet for outlet in next_ if (node.id, outlet) in closing],
    )


def _fuse(nodes: dict[str, PlanNode], ways: Ways) -> dict[str, list[str]]:
    """Return the stages by head: what runs in one transaction, up to the wait or effect that ends it."""
    borders = [node for node in nodes.values() if node.is_trigger or node.is_wait or node.is_effect]
    effects = [node.id for node in borders if node.is_effect]
    heads = [*(target for node in borders for _, target in ways.get(node.id, ())), *effects]
    stops = {node.id for node in borders}
    return {head: chain_from(head, ways, stops) for head in dict.fromkeys(heads)}
