"""The servers of a measurement, as safe as in production, with contacts, connections and the measured journey."""

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, LiteralString
from uuid import UUID

import psycopg
from sqlalchemy import text

from journeys.auth.workspaces import create_workspace
from journeys.db.ids import new_id
from journeys.db.json import to_json
from journeys.db.migrate import upgrade
from journeys.db.session import Database
from journeys.graph.loading import LoadedPlan
from journeys.nodes.ops import Await, CallWebhook, Change, End, Hold, Op, Route, RoutePath, Score, Trigger
from journeys.rules.language import AttributeRule
from tests.factories.journeys import make_mail, node, publish_plan, send
from worker.embedded.stack import EmbeddedStack
from worker.managed import THRIFTY

WAIT_SECONDS = 1
LOOK_EVERY_SECONDS = 0.05

_AT_ONCE = 50_000
_PASSAGES = (
    "enrollments, entries, entry_refusals, steps, messages, batches, runs, node_counts, dispatches, intakes, waits, "
    "events, event_queue, effects, scores, score_changes"
)


@dataclass
class World:
    """Running servers, and one workspace in them. Contact n has the external id `un` and the plan `pro` or `free`."""

    stack: EmbeddedStack
    database: Database
    workspace_id: UUID
    mail: UUID
    contacts: int = 0

    @property
    def env(self) -> dict[str, str]:
        """Return what a process of the product must be told."""
        return {
            **THRIFTY,
            "DATABASE_URL": self.stack.database_url,
            "REDIS_URL": self.stack.redis_url,
            "TEMPORAL_ADDRESS": self.stack.temporal_address,
            "SOJOURN_HOME": str(self.stack.home),
            "SOJOURN_LOG_LEVEL": "error",
        }

    @property
    def servers(self) -> dict[str, int]:
        """Return the servers' processes by name."""
        return {server.name: server.process.pid for server in self.stack.servers if server.process}

    @property
    def temporal_bytes(self) -> int:
        """Return the size of Temporal's file."""
        return sum(path.stat().st_size for path in self.stack.temporal.folder.glob("temporal.db*"))

    async def clear(self) -> None:
        """Forget every passage, so that each measurement starts from the same state."""
        await self.database.close()
        await self._as_owner(f"TRUNCATE {_PASSAGES}", "UPDATE journeys SET state = 'archived'", "CHECKPOINT")

    async def tidy(self) -> None:
        """Do at once what Postgres would do by and by after much was written."""
        await self._as_owner("VACUUM (ANALYZE)", "CHECKPOINT")

    async def restart(self) -> None:
        """Stop and start the servers, so that their memory holds nothing of before."""
        await self.database.close()
        await self.stack.stop()
        await self.stack.start()

    async def grow(self, contacts: int) -> None:
        """Have at least so many contacts."""
        while self.contacts < contacts:
            n = min(_AT_ONCE, contacts - self.contacts)
            await self.run_sql(
                """
                INSERT INTO contacts (id, workspace_id, external_id, email, first_name, country, time_zone, attributes)
                SELECT uuidv7(), :workspace_id, 'u' || n, 'person' || n || '@example.com', 'Person ' || n, 'DE',
                       'Europe/Berlin', jsonb_build_object('plan', CASE n % 2 WHEN 0 THEN 'pro' ELSE 'free' END)
                FROM generate_series(CAST(:first AS int), CAST(:last AS int)) n
                """,
                first=self.contacts,
                last=self.contacts + n - 1,
            )
            self.contacts += n
        await self._as_owner("ANALYZE contacts")

    async def make_segment(self, contacts: int) -> UUID:
        """Return a segment that holds so many contacts."""
        await self.grow(contacts)
        segment_id = new_id()
        await self.run_sql(
            "INSERT INTO segments (id, workspace_id, name, rule, built_at) "
            "VALUES (:id, :workspace_id, :name, '{\"all\": []}', now())",
            id=segment_id,
            name=str(segment_id),
        )
        await self.run_sql(
            """
            INSERT INTO segment_members (segment_id, contact_id, workspace_id)
            SELECT :id, id, workspace_id FROM contacts ORDER BY id LIMIT :n
            """,
            id=segment_id,
            n=contacts,
        )
        return segment_id

    async def connect(self, connector: str, **config: Any) -> str:
        """Add a mail connection and return its name."""
        name = f"{connector} {new_id()}"
        await self.run_sql(
            "INSERT INTO connections (id, workspace_id, connector, name, config) "
            "VALUES (:id, :workspace_id, :connector, :name, CAST(:config AS jsonb))",
            id=new_id(),
            connector=connector,
            name=name,
            config=to_json({"sender": "shop@example.com", **config}),
        )
        return name

    async def publish(self, trigger: Trigger, connection: str) -> LoadedPlan:
        """Publish the measured journey: entry, mail, wait, branch, mail, end."""
        mail = send(self.mail, connection=connection)
        rule = AttributeRule(attribute="plan", op="eq", value="pro")
        return await self._publish(
            node("start", trigger, next="first"),
            node("first", mail, sent="pause", skipped="pause", failed="pause"),
            node("pause", Hold(seconds=WAIT_SECONDS), next="fork"),
            node("fork", Route(paths=[RoutePath(outlet="pro", rule=rule)]), pro="second", **{"else": "second"}),
            node("second", mail, sent="end", skipped="end", failed="end"),
            node("end", End()),
        )

    async def publish_wait(self, trigger: Trigger, *, event: str = "Never", exit_on: str | None = None) -> LoadedPlan:
        """Publish a journey whose contacts wait a day for an event, and leave at another."""
        wait: Op = Await(event=event, timeout_seconds=86_400)
        return await self._publish(
            node("start", trigger, next="wait"),
            node("wait", wait, happened="next", timed_out=None),
            node("next", Change(add_tags=["ordered"]), next=None),
            exit_on=[{"event": exit_on}] if exit_on else [],
        )

    async def publish_score(self, trigger: Trigger, url: str) -> LoadedPlan:
        """Publish a journey that adds a point to a score and then calls a webhook."""
        return await self._publish(
            node("start", trigger, next="score"),
            node("score", Score(model="interest", action="add", points=1, reason="bench"), next="call"),
            node("call", CallWebhook(url=url, body={"messages": []}), done="end", failed="end"),
            node("end", End()),
        )

    async def _publish(self, *nodes: Any, **settings: Any) -> LoadedPlan:
        return await publish_plan(self.database, self.workspace_id, nodes, **settings)

    async def _as_owner(self, *statements: LiteralString) -> None:
        async with await psycopg.AsyncConnection.connect(self.stack.database_url, autocommit=True) as connection:
            for statement in statements:
                await connection.execute(statement)

    async def run_sql(self, sql: str, **values: Any) -> None:
        """Run one statement as the engine."""
        async with self.database.engine() as session:
            await session.execute(text(sql), {"workspace_id": self.workspace_id, **values})

    async def scalar(self, sql: str, **values: Any) -> Any:
        """Return the one value of a query."""
        async with self.database.engine() as session:
            return await session.scalar(text(sql), values)

    async def until(self, sql: str, at_least: int, **values: Any) -> None:
        """Return once a query's number has come so far."""
        while await self.scalar(sql, **values) < at_least:
            await asyncio.sleep(LOOK_EVERY_SECONDS)


@asynccontextmanager
async def open_world() -> AsyncIterator[World]:
    """Start servers in a folder of their own; nothing of them is left afterwards."""
    home = Path(tempfile.mkdtemp(prefix="sojourn-bench-"))
    stack = EmbeddedStack(home)
    try:
        async with stack:
            await asyncio.to_thread(upgrade, stack.database_url)
            database = Database(stack.database_url, statement_timeout_seconds=600)
            async with database.engine() as session:
                workspace_id = (await create_workspace(session, "Bench")).id
            world = World(stack, database, workspace_id, await make_mail(database, workspace_id))
            try:
                yield world
            finally:
                await database.close()
    finally:
        shutil.rmtree(stack.postgres.folder, ignore_errors=True)
        shutil.rmtree(home, ignore_errors=True)
