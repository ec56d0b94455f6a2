"""A server killed under load: every event that it acknowledged is on disk, and sending again loses and doubles none."""

import asyncio
import itertools
import json
from datetime import UTC, datetime
from uuid import UUID

import pytest
from sqlalchemy import text

from journeys.auth.keys import add_key
from journeys.db.session import Database
from journeys.errors import Unavailable
from journeys.events.ingest import IngestBatcher
from journeys.events.normalize import Received, normalize
from tests.api.ingest_server import make_app, serve, serve_apart
from tests.api.plain_http import PlainClient

SENDERS = 16
ENOUGH = 300


async def message_ids(database: Database, workspace_id: UUID) -> list[str]:
    async with database.engine() as session:
        names = await session.scalars(text("SELECT name FROM events WHERE workspace_id = :w"), {"w": workspace_id})
        return list(names)


def body_of(number: int) -> bytes:
    return json.dumps({"userId": f"u{number % 40}", "event": f"m{number}", "messageId": f"m{number}"}).encode()


async def test_a_killed_server_loses_no_acknowledged_event(database: Database, workspace_id: UUID) -> None:
    async with database.engine() as session:
        _, key = await add_key(session, workspace_id, "write", None, "shop")
    numbers, sent, acknowledged = itertools.count(), set[int](), set[int]()
    enough = asyncio.Event()

    async def send(address: str) -> None:
        async with PlainClient(address, key) as client:
            for number in numbers:
                sent.add(number)
                assert await client.post("/v1/track", body_of(number)) == 200
                acknowledged.add(number)
                if len(acknowledged) >= ENOUGH:
                    enough.set()

    async with serve_apart(database.url) as (process, address):
        senders = [asyncio.create_task(send(address)) for _ in range(SENDERS)]
        await enough.wait()
        process.kill()
        ends = await asyncio.gather(*senders, return_exceptions=True)
    assert all(isinstance(end, OSError | EOFError) for end in ends)
    stored = await message_ids(database, workspace_id)
    assert {f"m{number}" for number in acknowledged} <= set(stored)
    assert len(stored) == len(set(stored))

    async with serve(make_app(database.url)) as address, PlainClient(address, key) as client:
        again = [json.loads(body_of(number)) | {"type": "track"} for number in sent]
        assert await client.post("/v1/batch", json.dumps({"batch": again}).encode()) == 200
    assert sorted(await message_ids(database, workspace_id)) == sorted(f"m{number}" for number in sent)


async def test_a_flush_that_fails_tells_only_its_own_callers(database: Database, workspace_id: UUID) -> None:
    request = Received(workspace_id, datetime.now(UTC))
    event = normalize({"type": "track", "userId": "u1", "event": "Kept"}, request)
    poisoned = normalize({"type": "track", "userId": "u2", "event": "Poisoned"}, request)
    poisoned.name = "\0"
    async with IngestBatcher(database, flushers=1) as batcher:
        outcomes = await asyncio.gather(batcher.add([event]), batcher.add([poisoned]), return_exceptions=True)
        assert outcomes[0] is None
        assert getattr(outcomes[1], "status", None) == 422
    assert await message_ids(database, workspace_id) == ["Kept"]


async def test_without_a_database_the_caller_is_told_to_send_again(workspace_id: UUID) -> None:
    nowhere = Database("postgresql://nobody@127.0.0.1:1/none")
    event = normalize({"type": "track", "userId": "u1", "event": "E"}, Received(workspace_id, datetime.now(UTC)))
    async with IngestBatcher(nowhere) as batcher:
        with pytest.raises(Unavailable):
            await batcher.add([event])
    await nowhere.close()


async def test_what_was_taken_is_stored_before_the_batcher_stops(database: Database, workspace_id: UUID) -> None:
    request = Received(workspace_id, datetime.now(UTC))
    async with IngestBatcher(database) as batcher:
        waiting = [
            asyncio.create_task(batcher.add([normalize({"type": "track", "userId": "u", "event": f"E{n}"}, request)]))
            for n in range(50)
        ]
        await asyncio.sleep(0)
    await asyncio.gather(*waiting)
    assert len(await message_ids(database, workspace_id)) == 50
