"""The process's mailroom: whose way to send is limited, and that a change of limits is noticed."""

from pathlib import Path
from uuid import UUID

import pytest
import redis.asyncio as redis
from sqlalchemy import text

from journeys.connectors.outbox.provider import OutboxProvider
from journeys.db.ids import new_id
from journeys.db.session import Database
from journeys.errors import NotFound
from journeys.settings import Settings
from tests.until import until
from worker.mailroom import WorkspaceMailroom


async def test_a_connection_is_used_within_its_limits_and_a_change_of_them_is_noticed(
    database: Database, workspace_id: UUID, redis_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("worker.mailroom.KEEP_SECONDS", 0.0)
    connection_id = new_id()
    async with database.engine() as session:
        await session.execute(
            text("""
                INSERT INTO connections (id, workspace_id, connector, name, config)
                VALUES (:id, :w, 'outbox', 'limited', '{"per_second": 50, "at_once": 2}')
            """),
            {"id": connection_id, "w": workspace_id},
        )
    client = redis.Redis.from_url(redis_url)
    mailroom = WorkspaceMailroom(Settings(SOJOURN_HOME=tmp_path), database, client)
    for bulk in (False, True):
        channel = await mailroom.channel(workspace_id, "limited", bulk=bulk)
        assert (channel.connection_id, channel.provider.max_per_request) == (connection_id, 50)
    async with database.engine() as session:
        await session.execute(
            text("UPDATE connections SET config = '{}', updated_at = now() + interval '1 s' WHERE id = :id"),
            {"id": connection_id},
        )
    assert (await mailroom.channel(workspace_id, "limited")).provider.max_per_request == 1_000
    assert (await mailroom.channel(workspace_id, None)).connection_id is None
    await mailroom.close()
    await client.aclose()


async def test_a_changed_or_deleted_connection_is_closed_once_and_no_sooner_than_its_senders_are_done(
    database: Database, workspace_id: UUID, redis_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("worker.mailroom.KEEP_SECONDS", 0.0)
    closed: list[object] = []

    async def close(provider: OutboxProvider) -> None:
        closed.append(provider)

    monkeypatch.setattr(OutboxProvider, "close", close)
    monkeypatch.setattr(OutboxProvider, "timeout_seconds", 0.0)
    values = {"id": new_id(), "w": workspace_id}

    async def change(statement: str) -> None:
        async with database.engine() as session:
            await session.execute(text(statement), values)

    await change(
        "INSERT INTO connections (id, workspace_id, connector, name, config) VALUES (:id, :w, 'outbox', 'a', '{}')"
    )
    client = redis.Redis.from_url(redis_url)
    mailroom = WorkspaceMailroom(Settings(SOJOURN_HOME=tmp_path), database, client)
    await mailroom.channel(workspace_id, "a")
    await change("UPDATE connections SET updated_at = now() + interval '1 s' WHERE id = :id")
    await mailroom.channel(workspace_id, "a")
    assert closed == [], "somebody may be sending by it"
    monkeypatch.setattr("worker.mailroom.RETIRED_SECONDS", -20.0)  # less the patience of a limited connection
    await change("DELETE FROM connections WHERE id = :id")
    with pytest.raises(NotFound):
        await mailroom.channel(workspace_id, "a")

    async def is_closed() -> bool:
        return len(closed) == 1

    await until(is_closed)
    await mailroom.close()
    assert len(closed) == len(set(map(id, closed))) == 2
    await client.aclose()
