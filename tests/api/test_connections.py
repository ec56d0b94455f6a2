"""Connections: secrets go in and never come out; one of them is the default."""

import httpx
from sqlalchemy import text

from journeys.db.session import Database

SMTP = {"host": "127.0.0.1", "port": 1, "username": "u", "password": "hunter2-secret", "sender": "a@example.com"}


async def test_a_workspace_begins_with_the_outbox(client: httpx.AsyncClient) -> None:
    [outbox] = (await client.get("/api/connections")).json()["items"]
    assert (outbox["kind"], outbox["is_default"]) == ("outbox", True)
    assert (await client.post(f"/api/connections/{outbox['id']}/check")).json() == {"healthy": True, "detail": None}
    assert (await client.delete(f"/api/connections/{outbox['id']}")).status_code == 409


async def test_secrets_are_sealed_and_never_shown(client: httpx.AsyncClient, database: Database) -> None:
    made = await client.post("/api/connections", json={"kind": "smtp", "name": "Mail", "config": SMTP})
    assert made.status_code == 201, made.text
    assert made.json()["has_secrets"] is True
    path = f"/api/connections/{made.json()['id']}"
    changed = await client.patch(path, json={"config": {"port": 2}})
    for answer in (made, changed, await client.get("/api/connections"), await client.get("/api/audit")):
        assert "hunter2" not in answer.text
    assert changed.json()["config"]["port"] == 2
    assert (await client.post(f"{path}/check")).json()["healthy"] is False
    async with database.engine() as session:
        sealed = await session.scalar(text("SELECT sealed FROM connections WHERE id = :id"), {"id": made.json()["id"]})
    assert b"hunter2" not in sealed


async def test_another_connection_can_become_the_default(client: httpx.AsyncClient) -> None:
    made = (await client.post("/api/connections", json={"kind": "smtp", "name": "Mail", "config": SMTP})).json()
    assert (await client.patch(f"/api/connections/{made['id']}", json={"is_default": True})).json()["is_default"]
    defaults = [each["name"] for each in (await client.get("/api/connections")).json()["items"] if each["is_default"]]
    assert defaults == ["Mail"]


async def test_wrong_settings_are_named(client: httpx.AsyncClient) -> None:
    answer = await client.post("/api/connections", json={"kind": "smtp", "name": "Mail", "config": {"port": "x"}})
    assert answer.status_code == 422
    assert "/port" in [each["pointer"] for each in answer.json()["errors"]]
    assert (await client.post("/api/connections", json={"kind": "pigeon", "name": "Mail"})).status_code == 422
    assert (await client.post("/api/connections", json={"kind": "outbox", "name": "Outbox"})).status_code == 409


async def test_every_connector_describes_its_settings(client: httpx.AsyncClient) -> None:
    kinds = {each["kind"]: each for each in (await client.get("/api/connectors")).json()["items"]}
    assert {"outbox", "smtp", "http_mail"} <= kinds.keys()
    assert "host" in kinds["smtp"]["config_schema"]["properties"]


async def test_a_connection_has_limits_that_can_be_taken_away(client: httpx.AsyncClient) -> None:
    config = {**SMTP, "per_second": 14, "at_once": 2}
    made = (await client.post("/api/connections", json={"kind": "smtp", "name": "Mail", "config": config})).json()
    assert (made["config"]["per_second"], made["config"]["at_once"]) == (14, 2)
    path = f"/api/connections/{made['id']}"
    changed = (await client.patch(path, json={"config": {"per_second": None}})).json()
    assert (changed["config"]["per_second"], changed["config"]["at_once"]) == (None, 2)
    refused = await client.patch(path, json={"config": {"per_second": 0}})
    assert [each["pointer"] for each in refused.json()["errors"]] == ["/per_second"]


async def test_a_form_asks_for_limits_last(client: httpx.AsyncClient) -> None:
    for kind in (await client.get("/api/connectors")).json()["items"]:
        assert list(kind["config_schema"]["properties"])[-2:] == ["per_second", "at_once"]
