"""A provider that hangs, behind the real worker's queues: what others send, call and score goes on."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text
from temporalio.client import Client

from journeys.connectors.base import Mail, Outcome
from journeys.connectors.config import MailConfig
from journeys.connectors.registry import CONNECTOR_KINDS, ConnectorKind
from journeys.db.ids import new_id
from journeys.db.session import Database
from journeys.enrollments.routing import route_window
from journeys.nodes.ops import CallWebhook, Change
from journeys.settings import Settings
from tests.conftest import make_workspace
from tests.factories.journeys import make_contacts, make_mail, node, publish_plan, send, trigger
from tests.fakes.engine import BareMailroom, Engine
from tests.fakes.provider import RecordingProvider
from tests.journeys.enrollments.test_routing import happen
from tests.until import until
from tests.workflows.test_journey import client
from worker.bells import Bells
from worker.dispatcher import Dispatcher
from worker.leases import claim_partitions, release_partitions
from worker.main import make_workers
from worker.resources import open_resources

__all__ = ["client"]

STAGES = 2
SLOTS = 4 * STAGES


class Hanging(RecordingProvider):
    """Answers nothing until it is let go."""

    timeout_seconds = 60.0

    def __init__(self) -> None:
        super().__init__()
        self.held, self.let_go = 0, asyncio.Event()

    async def send(self, mails: Sequence[Mail]) -> list[Outcome]:
        self.held += 1
        await self.let_go.wait()
        return await super().send(mails)


@asynccontextmanager
async def working(
    client: Client, database: Database, settings: Settings, outside: httpx.AsyncBaseTransport, hanging: Hanging
) -> AsyncIterator[None]:
    """Run the real worker's queues and a dispatcher; at the end nothing hangs any more."""
    bells = Bells(database.url)
    async with (
        open_resources(settings, pool_size=2 * STAGES) as resources,
        httpx.AsyncClient(transport=outside) as http,
    ):
        resources.http = http
        loops = [asyncio.create_task(loop) for loop in (bells.run(), Dispatcher(database, client, bells).run())]
        async with AsyncExitStack() as stack:
            for worker in make_workers(client, resources):
                await stack.enter_async_context(worker)
            stack.callback(hanging.let_go.set)
            yield
        for loop in loops:
            loop.cancel()
        await asyncio.gather(*loops, return_exceptions=True)


async def route_each(database: Database) -> None:
    """Route events in windows of one, so that each contact has a run of its own."""
    owner, taken = new_id(), 1
    while taken:
        async with database.engine() as session:
            lease = await claim_partitions(session, owner)
        async with database.engine() as session:
            taken = (await route_window(session, lease, 1)).taken
    async with database.engine() as session:
        await release_partitions(session, owner)


def kind_of(name: str, provider: RecordingProvider) -> ConnectorKind:
    return ConnectorKind(name, name, name, MailConfig, lambda *_: provider)


async def connect(database: Database, workspace_id: UUID, kind: str) -> str:
    async with database.engine() as session:
        await session.execute(
            text("INSERT INTO connections (id, workspace_id, connector, name) VALUES (:id, :w, :kind, :kind)"),
            {"id": new_id(), "w": workspace_id, "kind": kind},
        )
    return kind


async def test_a_connection_that_hangs_delays_no_other_mail_webhook_or_change(
    client: Client,
    fresh_database: Database,
    redis_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hanging, mailbox, calls = Hanging(), RecordingProvider(), list[str]()

    def answer(request: httpx.Request) -> httpx.Response:
        calls.append(str(request.url))
        return httpx.Response(204)

    monkeypatch.setitem(CONNECTOR_KINDS, "hanging", kind_of("hanging", hanging))
    monkeypatch.setitem(CONNECTOR_KINDS, "quick", kind_of("quick", mailbox))
    workspace_id = await make_workspace(fresh_database)
    mail = await make_mail(fresh_database, workspace_id)
    slow, quick = [await connect(fresh_database, workspace_id, kind) for kind in ("hanging", "quick")]
    stuck = await publish_plan(
        fresh_database,
        workspace_id,
        [
            trigger("hello", "Bought"),
            node("hello", send(mail, connection=slow), sent=None, skipped=None, failed=None),
        ],
    )
    lively = await publish_plan(
        fresh_database,
        workspace_id,
        [
            trigger("hello"),
            node("hello", send(mail, connection=quick), sent="call", skipped=None, failed=None),
            node("call", CallWebhook(url="https://shop.example/hook"), done="tag", failed=None),
            node("tag", Change(add_tags=["welcomed"]), next=None),
        ],
    )
    people = await make_contacts(fresh_database, workspace_id, 2 * SLOTS)
    settings = Settings(
        DATABASE_URL=fresh_database.url, REDIS_URL=redis_url, SOJOURN_HOME=tmp_path, SOJOURN_CONCURRENT_STAGES=STAGES
    )
    async with working(client, fresh_database, settings, httpx.MockTransport(answer), hanging):
        for person in people:
            await happen(fresh_database, workspace_id, person, "Bought")
        await route_each(fresh_database)

        async def share_is_taken() -> bool:
            return hanging.held == SLOTS // 2

        await until(share_is_taken)
        await happen(fresh_database, workspace_id, people[0], "Signed Up")
        await route_each(fresh_database)
        others = Engine(fresh_database, lively, BareMailroom(fresh_database, mailbox))

        async def others_are_through() -> bool:
            return await others.states() == {"completed": 1}

        await until(others_are_through, 10)
        assert [each.to for each in mailbox.mails] == ["person0@example.com"]
        assert calls == ["https://shop.example/hook"]
        assert hanging.held == SLOTS // 2, "it never had more"
        hanging.let_go.set()
        blocked = Engine(fresh_database, stuck, BareMailroom(fresh_database, hanging))

        async def all_are_through() -> bool:
            return await blocked.states() == {"completed": len(people)}

        await until(all_are_through, 30)
        assert len(hanging.mails) == len(people), "each got one mail"
