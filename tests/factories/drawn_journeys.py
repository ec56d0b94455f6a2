"""A journey of twenty nodes over thirty days, as it is drawn: one of each kind of step that a marketer uses most."""

from typing import Any

from journeys.graph.drawn import Graph
from journeys.graph.settings import JourneySettings

MAIL = '<html><body><p>Hello {{{{ contact.first_name }}}}, {words}</p><a href="https://shop.example/{words}">Look</a>\
<a href="{{{{ unsubscribe_url }}}}">out</a></body></html>'


def mail(words: str, category: str = "marketing") -> dict[str, Any]:
    """Return the config of a node that sends a mail written in place."""
    return {"inline": {"subject": f"About {words}", "html": MAIL.format(words=words)}, "category": category}


def drawn(nodes: dict[str, tuple[str, dict[str, Any]]], edges: list[tuple[str, str | None, str]]) -> Graph:
    """Return a graph from (kind, config) by id and edges (source, outlet, target)."""
    return Graph.model_validate(
        {
            "nodes": [{"id": name, "type": kind, "data": config} for name, (kind, config) in nodes.items()],
            "edges": [{"source": source, "sourceHandle": outlet, "target": target} for source, outlet, target in edges],
        }
    )


def thirty_days() -> tuple[Graph, JourneySettings]:
    """Return the journey."""
    ordered: dict[str, Any] = {"event": "Order Completed"}
    nodes: dict[str, tuple[str, dict[str, Any]]] = {
        "start": ("event_trigger", {"event": "Signed Up"}),
        "welcome": ("send_email", mail("welcome")),
        "tag": ("tag", {"add": ["welcomed"]}),
        "two_days": ("wait", {"days": 2}),
        "opened": ("branch", {"paths": [{"id": "yes", "rule": {"message": {"action": "opened", "node_id": "welcome"}}}]}),
        "again": ("send_email", mail("again")),
        "morning": ("wait_until", {"weekday": ["tuesday", "thursday"], "time": "09:30"}),
        "halves": ("split", {"variants": [{"id": "a", "weight": 50}, {"id": "b", "weight": 50}]}),
        "mail_a": ("send_email", mail("variant-a")),
        "mail_b": ("send_email", mail("variant-b")),
        "browse": ("wait_for_event", {"event": "Product Viewed", "timeout": {"days": 5}}),
        "interest": ("update_contact", {"set": {"interest": "high"}}),
        "offer": ("send_email", mail("offer")),
        "hook": ("webhook", {"url": "https://crm.example/leads", "body": {"email": "{{ contact.email }}"}}),
        "nudge": ("send_email", mail("nudge")),
        "week": ("wait", {"days": 7}),
        "country": ("branch", {"paths": [{"id": "de", "rule": {"attribute": "country", "op": "eq", "value": "DE"}}]}),
        "letter_de": ("send_email", mail("brief")),
        "letter": ("send_email", mail("letter")),
        "last": ("wait", {"days": 14}),
        "bye": ("send_email", mail("goodbye")),
    }  # fmt: skip
    edges: list[tuple[str, str | None, str]] = [
        ("start", None, "welcome"), ("welcome", "sent", "tag"), ("tag", None, "two_days"), ("two_days", None, "opened"),
        ("opened", "yes", "morning"), ("opened", "else", "again"), ("again", "sent", "morning"),
        ("morning", "next", "halves"), ("halves", "a", "mail_a"), ("halves", "b", "mail_b"),
        ("mail_a", "sent", "browse"), ("mail_b", "sent", "browse"), ("browse", "happened", "interest"),
        ("interest", None, "offer"), ("offer", "sent", "hook"), ("hook", "done", "week"),
        ("browse", "timed_out", "nudge"), ("nudge", "sent", "week"), ("week", None, "country"),
        ("country", "de", "letter_de"), ("country", "else", "letter"), ("letter_de", "sent", "last"),
        ("letter", "sent", "last"), ("last", None, "bye"),
    ]  # fmt: skip
    settings = JourneySettings.model_validate(
        {"exit_on": [{"not": {"subscribed": "marketing"}}], "goal": {**ordered, "window_days": 30}}
    )
    return drawn(nodes, edges), settings
