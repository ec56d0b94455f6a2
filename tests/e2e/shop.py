"""A shop on a running product: its keys, its mail connections, a published journey, and people who sign up."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from journeys.auth.keys import add_key
from journeys.db.session import Database
from journeys.enrollments.counts import read_counts
from journeys.graph.loading import LoadedPlan
from journeys.graph.plan import PlanNode
from tests.conftest import make_workspace
from tests.e2e.product import Product
from tests.factories.journeys import make_mail, publish_plan

RETRY_SECONDS = 0.1


@dataclass
class Shop:
    """What a test knows of its workspace."""

    database: Database
    api: httpx.AsyncClient
    workspace_id: UUID
    write_key: str

    async def connect(self, kind: str, **config: object) -> str:
        """Make a mail connection over the API and return its name."""
        body = {"kind": kind, "name": kind, "config": {"sender": "shop@example.com", **config}}
        (await self.api.post("/api/connections", json=body)).raise_for_status()
        return kind

    async def mail(self) -> UUID:
        """Store a mail."""
        return await make_mail(self.database, self.workspace_id)

    async def publish(self, nodes: Sequence[PlanNode]) -> LoadedPlan:
        """Publish a journey for those who sign up."""
        return await publish_plan(self.database, self.workspace_id, nodes)

    async def sign_up(self, people: Iterable[int]) -> None:
        """Send the events of people, again and again under the same ids, until they are acknowledged."""
        batch = [message for number in people for message in messages_of(number)]
        while not await self._acknowledged({"batch": batch}):
            await asyncio.sleep(RETRY_SECONDS)

    async def states(self) -> Counter[str]:
        """Count enrollments by state; nothing while the database is away."""
        try:
            return await self.count("SELECT state, count(*) FROM enrollments WHERE workspace_id = :w GROUP BY 1")
        except (DBAPIError, OSError):
            return Counter()

    async def count(self, sql: str) -> Counter[str]:
        """Return what a statement counts by name in this workspace."""
        async with self.database.engine() as session:
            return Counter(dict(list(await session.execute(text(sql), {"w": self.workspace_id}))))

    async def messages(self) -> list[Any]:
        """Return every row of the ledger."""
        async with self.database.engine() as session:
            return list(
                await session.execute(
                    text("""
                        SELECT m.id, m.node_id, m.state, m.to_address, concat_ws(':', enrollment_id, node_id, visit) AS key
                        FROM messages m WHERE workspace_id = :w
                    """),
                    {"w": self.workspace_id},
                )
            )

    async def shown(self, state: str) -> set[UUID]:
        """Return the messages of a state that the API shows."""
        found: set[UUID] = set()
        cursor: str | None = ""
        while cursor is not None:
            query = {"state": state, "limit": "500"} | ({"cursor": cursor} if cursor else {})
            page = (await self.api.get("/api/messages", params=query)).raise_for_status().json()
            found |= {UUID(item["id"]) for item in page["items"]}
            cursor = page["next_cursor"]
        return found

    async def totals(self, plan: LoadedPlan) -> dict[str, Counter[str]]:
        """Return the counts of each node, those of the journey under an empty name."""
        async with self.database.engine() as session:
            counts = await read_counts(session, self.workspace_id, plan.journey_id)
        return {
            node_id: Counter({measure: sum(reasons.values()) for measure, reasons in measures.items()})
            for node_id, measures in counts.items()
        }

    async def _acknowledged(self, body: dict[str, object]) -> bool:
        try:
            answer = await self.api.post("/v1/batch", json=body, headers={"Authorization": f"Bearer {self.write_key}"})
        except httpx.TransportError:
            return False
        if answer.status_code in (429, 503) or answer.status_code >= 500:
            return False
        assert answer.json() == {"success": True}, answer.text
        return True


def address_of(number: int) -> str:
    """Return a person's address."""
    return f"person{number}@example.com"


def messages_of(number: int) -> list[dict[str, object]]:
    """Return what a client sends when a person signs up."""
    person = {"userId": f"u{number}", "messageId": f"i{number}"}
    traits = {"email": address_of(number), "firstName": f"P{number}", "plan": "pro" if number % 3 == 0 else "free"}
    signed_up: dict[str, object] = {
        "type": "track",
        "event": "Signed Up",
        "messageId": f"t{number}",
        "userId": f"u{number}",
    }
    return [{"type": "identify", **person, "traits": traits}, signed_up]


@asynccontextmanager
async def open_shop(product: Product) -> AsyncIterator[Shop]:
    """Make a workspace with its keys on a running product."""
    database = Database(product.addresses["DATABASE_URL"], pool_size=2)
    workspace_id = await make_workspace(database)
    async with database.engine() as session:
        _, write_key = await add_key(session, workspace_id, "write", None, "shop")
        _, api_key = await add_key(session, workspace_id, "api", "owner", "test")
    headers = {"Authorization": f"Bearer {api_key}"}
    try:
        async with httpx.AsyncClient(base_url=product.url, headers=headers, trust_env=False, timeout=30) as api:
            yield Shop(database, api, workspace_id, write_key)
    finally:
        await database.close()
