"""Webhooks: each call once per key, one contact's bad values fail alone, what is temporary is tried again."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from uuid import UUID

import pytest
from sqlalchemy import text

from journeys.db.ids import new_id
from journeys.db.json import to_json
from journeys.db.session import Database
from journeys.nodes.ops import CallWebhook
from tests.factories.journeys import make_contacts, node, publish_plan, trigger
from tests.fakes.engine import BareMailroom, Engine
from tests.fakes.provider import RecordingProvider


@asynccontextmanager
async def receiver(status: int = 200, *headers: str) -> AsyncIterator[tuple[str, list[str]]]:
    """A server that answers every call; yields its address and the heads of the calls."""
    calls: list[str] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        calls.append(head)
        lines = [f"HTTP/1.1 {status} X", "Content-Length: 0", "Connection: close", *headers, "", ""]
        writer.write("\r\n".join(lines).encode())
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/hook", calls


async def hook_engine(database: Database, workspace_id: UUID, op: CallWebhook) -> Engine:
    plan = await publish_plan(database, workspace_id, [trigger("call"), node("call", op, done=None, failed=None)])
    return Engine(database, plan, BareMailroom(database, RecordingProvider()))


async def test_each_contact_is_called_once_with_a_key_of_its_own(database: Database, workspace_id: UUID) -> None:
    async with receiver() as (url, calls):
        engine = await hook_engine(database, workspace_id, CallWebhook(url=url, body='{"to": "{{ contact.email }}"}'))
        [token] = await engine.enroll(await make_contacts(database, workspace_id, 3))
        assert await engine.stage(token) == []
        assert await engine.stage(token) == []
    keys = {line for call in calls for line in call.splitlines() if line.lower().startswith("idempotency-key")}
    assert (len(calls), len(keys)) == (3, 3)
    assert await engine.states() == {"completed": 3}


async def test_a_contact_whose_values_make_no_request_fails_alone(database: Database, workspace_id: UUID) -> None:
    async with receiver() as (url, calls):
        op = CallWebhook(url=url, headers={"X-City": "{{ contact.city }}", "X-Name": "{{ contact.note }}"})
        engine = await hook_engine(database, workspace_id, op)
        plain = await make_contacts(database, workspace_id, 1)
        [odd] = await make_contacts_named(database, workspace_id, "Zo\u00eb \u4e16")
        [token] = await engine.enroll([*plain, odd])
        assert await engine.stage(token) == []
    assert len(calls) == 1
    assert await engine.steps(odd) == [("start", "next"), ("call", "failed")]
    assert await engine.steps(plain[0]) == [("start", "next"), ("call", "done")]


async def make_contacts_named(database: Database, workspace_id: UUID, note: str) -> list[UUID]:
    contact_id = new_id()
    async with database.engine() as session:
        await session.execute(
            text("INSERT INTO contacts (id, workspace_id, attributes) VALUES (:id, :w, CAST(:attributes AS jsonb))"),
            {"id": contact_id, "w": workspace_id, "attributes": to_json({"note": note})},
        )
    return [contact_id]


async def test_a_server_that_is_busy_is_called_again_later(database: Database, workspace_id: UUID) -> None:
    async with receiver(503) as (url, _):
        engine = await hook_engine(database, workspace_id, CallWebhook(url=url))
        [later] = await engine.stage((await engine.enroll(await make_contacts(database, workspace_id, 1)))[0])
    assert later.effect
    assert later.wake_at is not None
    assert await engine.states() == {"active": 1}


@pytest.mark.parametrize(
    ("after", "least", "most"),
    [
        ("600", 590, 601),
        ("in half an hour, as a date", 1_500, 1_801),
        ("99999999", 3_590, 3_601),
        ("soon", 100, 121),
    ],
)
async def test_a_server_says_when_to_call_again(
    database: Database, workspace_id: UUID, after: str, least: float, most: float
) -> None:
    if after.endswith("as a date"):
        after = format_datetime(datetime.now(UTC) + timedelta(minutes=30), usegmt=True)
    async with receiver(429, f"Retry-After: {after}") as (url, _):
        engine = await hook_engine(database, workspace_id, CallWebhook(url=url))
        [later] = await engine.stage((await engine.enroll(await make_contacts(database, workspace_id, 1)))[0])
    assert later.wake_at is not None
    assert least <= (later.wake_at - await engine.now()).total_seconds() <= most
