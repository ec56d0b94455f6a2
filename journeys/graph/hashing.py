"""The hash of a journey: the same for the same meaning, wherever its nodes stand and in whatever order they are kept."""

import hashlib
from typing import Any

import orjson

from journeys.graph.drawn import Graph
from journeys.graph.settings import JourneySettings


def hash_journey(graph: Graph, settings: JourneySettings) -> str:
    """Return the content hash of a graph and its settings; positions, edge ids and order do not count."""
    return hashlib.sha256(orjson.dumps(_meaning(graph, settings), option=orjson.OPT_SORT_KEYS)).hexdigest()


def _meaning(graph: Graph, settings: JourneySettings) -> dict[str, Any]:
    return {
        "nodes": sorted(([node.id, node.type, node.data] for node in graph.nodes), key=_key),
        "edges": sorted([edge.source, edge.outlet or "", edge.target] for edge in graph.edges),
        "settings": settings.model_dump(mode="json"),
    }


def _key(part: Any) -> bytes:
    return orjson.dumps(part, option=orjson.OPT_SORT_KEYS)
