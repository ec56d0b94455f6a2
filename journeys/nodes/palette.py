"""What the builder may offer: each kind of node with the schema of its form and its ways out."""

from typing import Any

from journeys.nodes.registry import NODE_KINDS


def palette() -> list[dict[str, Any]]:
    """Return every kind of node, in the order of the registry."""
    return [
        {
            "kind": kind.kind,
            "title": kind.described.title,
            "group": kind.described.group,
            "icon": kind.described.icon,
            "description": kind.described.description,
            "config_schema": kind.config.model_json_schema(),
            "outlets": list(kind.possible_outlets),
        }
        for kind in NODE_KINDS.values()
    ]
