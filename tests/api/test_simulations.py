"""Simulating a journey over the API."""

import asyncio
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI

from api import simulator
from journeys.auth.keys import add_key
from journeys.db.session import Database
from tests.api.conftest import client_of, make_key
from tests.factories.drawn_journeys import drawn, mail
from tests.factories.journeys import make_contacts


def welcome() -> dict[str, Any]:
    graph = drawn(
        {
            "start": ("event_trigger", {"event": "Signed Up"}),
            "hello": ("send_email", mail("hello")),
            "week": ("wait", {"days": 7}),
            "more": ("send_email", mail("more")),
        },
        [("start", None, "hello"), ("hello", "sent", "week"), ("week", None, "more")],
    )
    return {"name": "Welcome", "graph": graph.model_dump(mode="json")}


async def make_journey(client: httpx.AsyncClient) -> str:
    answer = await client.post("/api/journeys", json=welcome())
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def test_a_draft_is_simulated_and_the_outcome_kept_without_the_bodies_of_mails(
    client: httpx.AsyncClient, owned: tuple[UUID, str], database: Database
) -> None:
    journey_id = await make_journey(client)
    await make_contacts(database, owned[0], 2)
    answer = await client.post(
        f"/api/journeys/{journey_id}/simulate",
        json={
            "contacts": ["person0@example.com"],
            "start_at": "2027-03-01T09:00:00Z",
            "seed": 7,
            "assumptions": {"mail": {"unsubscribe_rate": 0}},
        },
    )
    assert answer.status_code == 200, answer.text
    simulated = answer.json()
    [passage] = simulated["result"]["contacts"][0]["passages"]
    assert [step["node_id"] for step in passage["path"]] == ["start", "hello", "week", "more"]
    assert "Hello P0" in passage["mails"][0]["html"]
    [kept] = (await client.get(f"/api/journeys/{journey_id}/simulations")).json()["items"]
    assert (kept["id"], kept["draft_hash"], kept["counts"]["sent"]) == (simulated["id"], simulated["draft_hash"], 2)
    assert kept["request"]["seed"] == 7
    detail = (await client.get(f"/api/journeys/{journey_id}/simulations/{kept['id']}")).json()
    mails = detail["result"]["contacts"][0]["passages"][0]["mails"]
    assert [(each["subject"], each["html"]) for each in mails] == [("About hello", None), ("About more", None)]
    published = (await client.post(f"/api/journeys/{journey_id}/publish")).json()
    assert published["hash"] == kept["draft_hash"]


async def test_made_up_contacts_leave_nothing_when_nothing_is_to_be_kept(client: httpx.AsyncClient) -> None:
    journey_id = await make_journey(client)
    body = {"synthetic": [{"first_name": "Mia", "time_zone": "Asia/Tokyo", "count": 3}], "keep": False}
    simulated = (await client.post(f"/api/journeys/{journey_id}/simulate", json=body)).json()
    assert (simulated["id"], simulated["result"]["counts"]["completed"]) == (None, 3)
    assert (await client.get(f"/api/journeys/{journey_id}/simulations")).json()["items"] == []
    assert (await client.get("/api/contacts")).json()["items"] == []


async def test_faults_of_the_draft_and_of_the_request_are_problems_with_pointers(client: httpx.AsyncClient) -> None:
    faulty = welcome()
    faulty["graph"]["edges"] = faulty["graph"]["edges"][:2]
    journey_id = (await client.post("/api/journeys", json=faulty)).json()["id"]
    answer = await client.post(f"/api/journeys/{journey_id}/simulate", json={"synthetic": [{}]})
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert {each["pointer"] for each in answer.json()["errors"]} >= {"/nodes/week"}
    bodies: list[dict[str, Any]] = [
        {},
        {"synthetic": [{"count": 5_000}]},
        {"synthetic": [{"time_zone": "Mars"}]},
        {"contacts": []},
    ]
    for body in bodies:
        answer = await client.post(f"/api/journeys/{journey_id}/simulate", json=body)
        assert answer.status_code == 422, body


async def test_only_a_few_simulations_run_at_once(client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    journey_id = await make_journey(client)
    monkeypatch.setattr(simulator, "_running", asyncio.Semaphore(0))
    answer = await client.post(f"/api/journeys/{journey_id}/simulate", json={"synthetic": [{}]})
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "5")


async def test_a_journey_of_another_workspace_is_not_found(client: httpx.AsyncClient, database: Database) -> None:
    journey_id = await make_journey(client)
    _, theirs = await make_key(database, name="Other")
    headers = {"Authorization": f"Bearer {theirs}"}
    answer = await client.post(f"/api/journeys/{journey_id}/simulate", json={"synthetic": [{}]}, headers=headers)
    assert answer.status_code == 404
    answer = await client.get(f"/api/journeys/{journey_id}/simulations", headers=headers)
    assert answer.status_code == 404


async def test_an_analyst_may_look_at_simulations_and_not_run_them(
    app: FastAPI, client: httpx.AsyncClient, database: Database, owned: tuple[UUID, str]
) -> None:
    journey_id = await make_journey(client)
    async with database.engine() as session:
        _, secret = await add_key(session, owned[0], "api", "analyst", "reports")
    async with client_of(app, Authorization=f"Bearer {secret}") as analyst:
        answer = await analyst.post(f"/api/journeys/{journey_id}/simulate", json={"synthetic": [{}]})
        assert answer.status_code == 403
        assert (await analyst.get(f"/api/journeys/{journey_id}/simulations")).status_code == 200
