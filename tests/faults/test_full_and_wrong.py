"""A database whose disk is full, and one whose clock goes ahead and back again."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from activities.boundary import translate
from journeys.auth.keys import create_key
from journeys.db.session import Database
from tests.api.ingest_server import make_app, serve
from tests.conftest import make_workspace
from tests.factories.journeys import make_contacts, publish_two_mails
from tests.fakes.earnest import Earnest, set_clock_apart
from tests.fakes.engine import BareMailroom, Engine
from tests.fakes.provider import RecordingProvider
from tests.until import until

EVENT = {"batch": [{"type": "track", "userId": "u1", "event": "Signed Up", "messageId": "m1"}]}


@asynccontextmanager
async def full_disk(database: Database, table: str) -> AsyncIterator[None]:
    """Let Postgres have no room for another row of a table."""
    async with database.engine() as session:
        await session.execute(text("RESET ROLE"))
        await session.execute(
            text("""
                CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
                $$BEGIN RAISE EXCEPTION 'No space left on device' USING ERRCODE = 'disk_full'; END$$
            """)
        )
        await session.execute(
            text(f"CREATE TRIGGER refuse BEFORE INSERT ON {table} FOR EACH STATEMENT EXECUTE FUNCTION refuse()")
        )
    yield
    async with database.engine() as session:
        await session.execute(text("RESET ROLE"))
        await session.execute(text("DROP FUNCTION refuse CASCADE"))


async def sending(database: Database) -> tuple[Engine, RecordingProvider]:
    """Publish a journey of two mails with an hour between them."""
    plan = await publish_two_mails(database, 3_600)
    provider = RecordingProvider()
    return Engine(database, plan, BareMailroom(database, provider)), provider


async def test_while_the_databases_disk_is_full_nothing_is_sent_and_the_stage_is_tried_again(
    fresh_database: Database,
) -> None:
    engine, provider = await sending(fresh_database)
    [token] = await engine.enroll(await make_contacts(fresh_database, engine.plan.workspace_id, 3))
    async with full_disk(fresh_database, "messages"):
        for _ in range(2):
            with pytest.raises(OperationalError, match="No space left") as full:
                await engine.stage(token)
            assert translate(full.value) is full.value, "Temporal tries it again"
    assert provider.mails == []
    [waiting] = await engine.run([token])
    assert waiting.node_id == "pause"
    assert len(provider.mails) == 3
    assert await engine.messages() == {"sent": 3}


async def test_a_disk_that_fills_while_mails_are_on_their_way_is_waited_for(fresh_database: Database) -> None:
    engine, provider = await sending(fresh_database)
    [token] = await engine.enroll(await make_contacts(fresh_database, engine.plan.workspace_id, 3))
    async with full_disk(fresh_database, "steps"):
        running = asyncio.create_task(engine.run([token]))

        async def taken() -> bool:
            return len(provider.mails) == 3

        await until(taken)
    [waiting] = await running
    assert waiting.node_id == "pause"
    assert len(provider.mails) == 3
    assert await engine.messages() == {"sent": 3}


async def test_an_event_for_which_there_is_no_room_is_not_acknowledged_and_counts_once_when_it_comes_again(
    fresh_database: Database,
) -> None:
    workspace_id = await make_workspace(fresh_database)
    key = await create_key(fresh_database, "write", None, "test", workspace_id)
    async with (
        serve(make_app(fresh_database.url)) as address,
        httpx.AsyncClient(base_url=address, headers={"Authorization": f"Bearer {key}"}, trust_env=False) as client,
    ):
        async with full_disk(fresh_database, "events"):
            assert (await client.post("/v1/batch", json=EVENT)).status_code == 503
        for _ in range(2):
            assert (await client.post("/v1/batch", json=EVENT)).status_code == 200
    async with fresh_database.engine() as session:
        assert await session.scalar(text("SELECT count(*) FROM events WHERE name = 'Signed Up'")) == 1


async def test_a_clock_that_jumps_ahead_and_back_doubles_nothing_and_loses_nobody(fresh_database_url: str) -> None:
    set_clock_apart(fresh_database_url, datetime.now(UTC) + timedelta(weeks=1))
    database = Database(fresh_database_url)
    engine, provider = await sending(database)
    clock = Earnest(database, engine.plan.workspace_id)
    [token] = await engine.enroll(await make_contacts(database, engine.plan.workspace_id, 3))
    await clock.jump(datetime.now(UTC) + timedelta(days=1))
    [waiting] = await engine.run([token])
    assert len(provider.mails) == 3

    clock.ahead = timedelta(0)
    await clock.jump(datetime.now(UTC) - timedelta(hours=1))
    [early] = await engine.run([waiting.model_copy(update={"wake_at": None})])
    assert (early.node_id, early.wake_at) == ("pause", waiting.wake_at)
    assert await engine.stage(token) == [waiting], "a repeated stage answers as before"

    await clock.jump(datetime.now(UTC) + timedelta(days=2))
    assert await engine.run([early.model_copy(update={"wake_at": None})]) == []
    assert len(provider.mails) == 6
    assert await engine.messages() == {"sent": 6}
    assert await engine.states() == {"completed": 3}
    await database.close()
