"""Stock Segment clients, unchanged, against a real server."""

import asyncio
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from segment.analytics.client import Client
from sqlalchemy import text

from journeys.db.session import Database

CLIENTS = Path(__file__).parent.parent / "clients"
KINDS = {"identify", "track", "page", "screen", "group", "alias"}


async def rows(database: Database, statement: str, workspace_id: UUID) -> list[Any]:
    async with database.engine() as session:
        return list((await session.execute(text(statement), {"w": workspace_id})).all())


def send_everything(client: Client) -> None:
    client.identify("py-1", {"email": "Pia@Example.com", "first_name": "Pia", "plan": "pro"})
    client.track("py-1", "Order Completed", {"revenue": 40.5, "items": ["a", "b"]})
    client.page("py-1", "Shop", "Home", {"url": "https://shop.example/"})
    client.screen(anonymous_id="py-visitor", name="Start")
    client.group("py-1", "acme", {"name": "Acme"})
    client.alias("py-visitor", "py-1")


async def check_everything(database: Database, workspace_id: UUID, email: str) -> None:
    contacts = await rows(database, "SELECT id, email, attributes FROM contacts WHERE workspace_id = :w", workspace_id)
    assert [(email_, attributes) for _, email_, attributes in contacts] == [
        (email, {"plan": "pro", "group_id": "acme"})
    ]
    events = await rows(
        database,
        "SELECT type, value, contact_id, occurred_at FROM events WHERE workspace_id = :w AND type <> 'merge'",
        workspace_id,
    )
    assert {event.type for event in events} == KINDS
    assert len(events) == len(KINDS)
    assert {event.contact_id for event in events} == {contacts[0].id}
    assert {event.value for event in events if event.type == "track"} == {40.5}
    assert all(abs(datetime.now(UTC) - event.occurred_at) < timedelta(minutes=1) for event in events)


@pytest.mark.parametrize(
    "options",
    [{"sync_mode": True}, {"sync_mode": True, "gzip": True}, {"gzip": True, "upload_size": 4}],
    ids=["each at once", "each at once, packed", "by a thread, packed"],
)
async def test_the_python_client_works_unchanged(
    address: str, write_key: str, database: Database, workspace_id: UUID, options: dict[str, Any]
) -> None:
    errors: list[Exception] = []

    def run() -> None:
        client = Client(write_key, host=address, on_error=lambda error, _batch: errors.append(error), **options)
        send_everything(client)
        if not options.get("sync_mode"):
            client.shutdown()

    await asyncio.to_thread(run)
    assert errors == []
    await check_everything(database, workspace_id, "pia@example.com")


async def test_the_node_client_works_unchanged(
    address: str, write_key: str, database: Database, workspace_id: UUID
) -> None:
    await asyncio.to_thread(install_node_client)
    process = await asyncio.create_subprocess_exec("node", "segment-node.mjs", address, write_key, cwd=CLIENTS)
    assert await process.wait() == 0
    await check_everything(database, workspace_id, "nora@example.com")


def install_node_client() -> None:
    """Install what the lock says, unless it is there."""
    if not (CLIENTS / "node_modules" / "@segment" / "analytics-node").exists():
        npm = shutil.which("npm")
        assert npm, "npm is needed to install the stock Node client"
        subprocess.run([npm, "ci", "--silent"], cwd=CLIENTS, check=True)
