"""What a feature's test does with the product: people who do things, journeys as they are drawn, what the API shows."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any
from uuid import UUID, uuid4

import httpx
from sqlalchemy import text

from journeys.enrollments.recovery import restart_run
from tests.e2e.shop import Shop
from tests.until import until

Node = tuple[str, dict[str, Any]]
Nodes = dict[str, Node]
Edge = tuple[str, str, str]

WELCOME: Node = ("event_trigger", {"event": "Signed Up"})
A_MONTH: Node = ("wait", {"days": 30})
LETTER = (
    '<p>Hello {{{{ contact.first_name | default: "you" }}}}, {words}</p><a href="{{{{ unsubscribe_url }}}}">out</a>'
)


def mail(words: str, **config: Any) -> Node:
    """Return a node that sends a marketing mail."""
    return "send_email", {"inline": {"subject": words, "html": LETTER.format(words=words)}, **config}


def row(*names: str) -> list[Edge]:
    """Return the edges of nodes that follow each other; a mail is left when it was sent."""
    return [(source, "", target) for source, target in pairwise(names)]


def drawn(nodes: Nodes, edges: Iterable[Edge]) -> dict[str, Any]:
    """Return a graph as the canvas saves it."""
    usual = {"send_email": "sent", "webhook": "done"}
    return {
        "nodes": [{"id": name, "type": kind, "data": config} for name, (kind, config) in nodes.items()],
        "edges": [
            {"source": source, "sourceHandle": outlet or usual.get(nodes[source][0], "next"), "target": target}
            for source, outlet, target in edges
        ],
    }


def did(event: str) -> dict[str, Any]:
    """Return the rule that somebody did something."""
    return {"event": event, "op": "at_least", "count": 1}


@dataclass
class Town:
    """A workspace of a test's own."""

    shop: Shop
    ids: dict[str, str] = field(default_factory=dict)

    async def get(self, path: str, **query: Any) -> Any:
        return self._read(await self.shop.api.get(f"/api/{path}", params=query))

    async def post(self, path: str, body: Any = None) -> Any:
        return self._read(await self.shop.api.post(f"/api/{path}", json=body))

    async def patch(self, path: str, body: Any) -> Any:
        return self._read(await self.shop.api.patch(f"/api/{path}", json=body))

    def _read(self, answer: httpx.Response) -> Any:
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    async def settle(self, name: str, **fields: Any) -> str:
        """Make a contact over the API and return its id."""
        body = {"external_id": name, "email": f"{name}@example.com", "first_name": name.capitalize(), **fields}
        self.ids[name] = (await self.post("contacts", body))["id"]
        return self.ids[name]

    async def send(self, name: str, event: str, /, **properties: Any) -> None:
        """Send an event by the Segment spec."""
        body = {"userId": name, "event": event, "properties": properties, "messageId": str(uuid4())}
        headers = {"Authorization": f"Bearer {self.shop.write_key}"}
        self._read(await self.shop.api.post("/v1/track", json=body, headers=headers))

    async def draw(self, name: str, nodes: Nodes, edges: Iterable[Edge], **settings: Any) -> str:
        """Make a journey's draft; return its id."""
        body = {"name": name, "graph": drawn(nodes, edges), "settings": settings}
        return str((await self.post("journeys", body))["id"])

    async def publish(self, name: str, nodes: Nodes, edges: Iterable[Edge], **settings: Any) -> str:
        """Make a journey and publish it; return its id."""
        journey = await self.draw(name, nodes, edges, **settings)
        await self.post(f"journeys/{journey}/publish")
        return journey

    async def redraw(self, journey: str, nodes: Nodes, edges: Iterable[Edge], **wish: Any) -> None:
        """Publish a journey's next version."""
        await self.patch(f"journeys/{journey}", {"graph": drawn(nodes, edges)})
        await self.post(f"journeys/{journey}/publish", wish)

    async def enroll(self, journey: str, *names: str, **more: Any) -> int:
        """Let contacts in by the API; return how many entered."""
        entered = await self.post(f"journeys/{journey}/enroll", {"contact_ids": [self.ids[n] for n in names], **more})
        return int(entered["entered"])

    async def passages(self, journey: str, name: str) -> list[dict[str, Any]]:
        """Return somebody's times through a journey, the newest first."""
        query = {"contact": self.ids[name]} if name in self.ids else {}
        found = (await self.get(f"journeys/{journey}/enrollments", **query))["items"]
        return [each for each in found if each["contact_email"] == f"{name}@example.com"]

    async def trace(self, journey: str, name: str) -> list[dict[str, Any]]:
        """Return the steps of somebody's last time through a journey."""
        [newest, *_] = await self.passages(journey, name)
        steps: list[dict[str, Any]] = (await self.get(f"enrollments/{newest['id']}"))["trace"]
        return steps

    async def way(self, journey: str, name: str) -> list[tuple[str, str | None]]:
        """Return the nodes that somebody passed, and by which outlet."""
        return [(step["node_id"], step["outlet"]) for step in await self.trace(journey, name)]

    async def at(self, journey: str, name: str, node: str) -> dict[str, Any]:
        """Wait until somebody stands at a node, and return the passage."""

        async def there() -> bool:
            return any(each["node_id"] == node and each["wake_at"] for each in await self.passages(journey, name))

        await until(there)
        return (await self.passages(journey, name))[0]

    async def over(self, journey: str, name: str, state: str = "completed") -> dict[str, Any]:
        """Wait until somebody's newest time through a journey has ended like this, and return it."""

        async def ended() -> bool:
            return [each["state"] for each in (await self.passages(journey, name))[:1]] == [state]

        await until(ended)
        return (await self.passages(journey, name))[0]

    async def routed(self) -> None:
        """Wait until the router has acted on every event so far."""

        async def nothing_queued() -> bool:
            return await self.shop.count("SELECT 'n', count(*) FROM event_queue WHERE workspace_id = :w") == {"n": 0}

        await until(nothing_queued)

    async def messages(self, name: str, state: str = "sent") -> list[str]:
        """Return the subjects of somebody's messages of a state, the oldest first."""
        found = (await self.get("messages", contact=self.ids[name], state=state))["items"]
        return [each["subject"] for each in reversed(found)]

    async def status(self, journey: str) -> Any:
        return await self.get(f"journeys/{journey}/status")

    async def limit(self, **settings: Any) -> None:
        """Change the workspace's settings."""
        await self.patch("workspace", {"settings": settings})

    async def wake(self, journey: str) -> None:
        """Travel in time: let every wait and held mail of a journey be over now.

        Postgres keeps the wake times; the runs, which sleep in Temporal, are started anew as if it had lost them.
        """
        async with self.shop.database.engine() as session:
            for change in (
                "UPDATE batches SET wake_at = now() WHERE journey_id = :j AND active AND wake_at > now()",
                "UPDATE waits SET deadline_at = now() WHERE journey_id = :j AND deadline_at > now()",
                "UPDATE messages SET due_at = now() WHERE journey_id = :j AND state = 'deferred'",
            ):
                await session.execute(text(change), {"j": UUID(journey)})
            open_runs = text("SELECT id FROM runs WHERE journey_id = :j AND ended_at IS NULL")
            for run_id in list(await session.scalars(open_runs, {"j": UUID(journey)})):
                await restart_run(session, run_id)
