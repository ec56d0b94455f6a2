"""Journeys over the API: from a file to a live version, who is inside, and what is refused."""

from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import text

from journeys.db.session import Database
from tests.api.conftest import browser_of, client_of, make_key
from tests.factories.journeys import make_contacts

EXAMPLES = Path(__file__).parents[2] / "examples" / "journeys"


@pytest.fixture
async def shop(app: FastAPI, database: Database) -> tuple[UUID, httpx.AsyncClient]:
    """A workspace and its owner's client."""
    workspace_id, secret = await make_key(database)
    return workspace_id, client_of(app, Authorization=f"Bearer {secret}")


def waiting_journey(**settings: Any) -> dict[str, Any]:
    return {
        "name": "Wait a day",
        "graph": {
            "nodes": [
                {"id": "in", "type": "api_trigger", "position": {"x": 0, "y": 0}, "data": {}},
                {"id": "day", "type": "wait", "position": {"x": 0, "y": 100}, "data": {"days": 1}},
                {"id": "end", "type": "exit", "position": {"x": 0, "y": 200}, "data": {}},
            ],
            "edges": [
                {"id": "e1", "source": "in", "sourceHandle": "next", "target": "day"},
                {"id": "e2", "source": "day", "sourceHandle": "next", "target": "end"},
            ],
        },
        "settings": settings,
    }


async def make_live(client: httpx.AsyncClient, journey: dict[str, Any]) -> str:
    made = await client.post("/api/journeys", json=journey)
    assert made.status_code == 201, made.text
    published = await client.post(f"/api/journeys/{made.json()['id']}/publish", json={})
    assert published.status_code == 200, published.text
    return str(made.json()["id"])


@pytest.mark.parametrize("name", ["welcome-series", "abandoned-cart", "win-back"])
async def test_an_example_can_be_imported_and_published(shop: tuple[UUID, httpx.AsyncClient], name: str) -> None:
    _, client = shop
    content = (EXAMPLES / f"{name}.yaml").read_text()
    made = await client.post("/api/journeys/import", json={"content": content})
    assert made.status_code == 201, made.text
    journey_id = made.json()["id"]
    checked = (await client.post(f"/api/journeys/{journey_id}/validate")).json()
    assert (checked["valid"], checked["errors"]) == (True, [])
    version = (await client.post(f"/api/journeys/{journey_id}/publish", json={})).json()
    assert version["version"] == 1
    exported = await client.get(f"/api/journeys/{journey_id}/export")
    again = await client.post("/api/journeys/import", json={"content": exported.text})
    same = (await client.post(f"/api/journeys/{again.json()['id']}/publish", json={})).json()
    assert same["hash"] == version["hash"]
    assert (await client.get(f"/api/journeys/{journey_id}/status")).json()["state"] == "live"


async def test_contacts_are_enrolled_and_their_way_is_told(
    shop: tuple[UUID, httpx.AsyncClient], database: Database
) -> None:
    workspace_id, client = shop
    journey_id = await make_live(client, waiting_journey())
    await make_contacts(database, workspace_id, 2)
    who = {"emails": ["person0@example.com", "Person1@Example.com"], "payload": {"plan": "pro"}}
    assert (await client.post(f"/api/journeys/{journey_id}/enroll", json=who)).json() == {
        "entered": 2,
        "refused": 0,
        "intake_id": None,
    }
    again = (await client.post(f"/api/journeys/{journey_id}/enroll", json=who)).json()
    assert (again["entered"], again["refused"]) == (0, 2)
    status = (await client.get(f"/api/journeys/{journey_id}/status")).json()
    assert status["counts"] == {"entered": 2, "active": 2, "completed": 0, "exited": 0, "failed": 0, "converted": 0}
    assert (status["nodes"]["day"]["entered"], status["nodes"]["day"]["waiting"]) == (2, 2)
    people = (await client.get(f"/api/journeys/{journey_id}/enrollments")).json()["items"]
    assert {each["contact_email"] for each in people} == {"person0@example.com", "person1@example.com"}
    one = (await client.get(f"/api/enrollments/{people[0]['id']}")).json()
    assert one["node_id"] == "day"
    assert [(step["node_id"], step["outlet"], step["inputs"]) for step in one["trace"]] == [
        ("in", "next", {"event": {"plan": "pro"}})
    ]
    assert (await client.post(f"/api/enrollments/{people[0]['id']}/exit")).status_code == 204
    assert (await client.get(f"/api/journeys/{journey_id}/status")).json()["counts"]["exited"] == 1


async def test_an_unknown_address_is_named_and_nobody_enters(
    shop: tuple[UUID, httpx.AsyncClient], database: Database
) -> None:
    workspace_id, client = shop
    journey_id = await make_live(client, waiting_journey())
    await make_contacts(database, workspace_id, 1)
    answer = await client.post(
        f"/api/journeys/{journey_id}/enroll", json={"emails": ["person0@example.com", "nobody@example.com"]}
    )
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/emails/1"]
    assert (await client.get(f"/api/journeys/{journey_id}/status")).json()["counts"]["entered"] == 0


async def test_a_draft_with_faults_cannot_be_published_and_every_fault_names_its_node(
    shop: tuple[UUID, httpx.AsyncClient],
) -> None:
    _, client = shop
    journey = waiting_journey()
    journey["graph"]["nodes"][1]["data"] = {"days": "soon"}
    journey["graph"]["nodes"].append({"id": "lost", "type": "exit", "position": {"x": 0, "y": 0}, "data": {}})
    made = (await client.post("/api/journeys", json=journey)).json()
    refused = await client.post(f"/api/journeys/{made['id']}/publish", json={})
    assert refused.status_code == 422
    assert refused.headers["content-type"] == "application/problem+json"
    assert {error["pointer"].split("/")[2] for error in refused.json()["errors"]} >= {"day"}
    assert (await client.get(f"/api/journeys/{made['id']}")).json()["state"] == "draft"


async def test_who_saves_second_is_told_so(shop: tuple[UUID, httpx.AsyncClient]) -> None:
    _, client = shop
    made = await client.post("/api/journeys", json=waiting_journey())
    url, etag = f"/api/journeys/{made.json()['id']}", made.headers["etag"]
    assert (await client.patch(url, json={"name": "A"}, headers={"If-Match": etag})).status_code == 200
    late = await client.patch(url, json={"name": "B"}, headers={"If-Match": etag})
    assert late.status_code == 412
    assert (await client.get(url)).json()["name"] == "A"


async def test_a_journey_can_be_paused_resumed_and_archived(
    shop: tuple[UUID, httpx.AsyncClient], database: Database
) -> None:
    workspace_id, client = shop
    journey_id = await make_live(client, waiting_journey())
    await make_contacts(database, workspace_id, 1)
    await client.post(f"/api/journeys/{journey_id}/enroll", json={"emails": ["person0@example.com"]})
    assert (await client.post(f"/api/journeys/{journey_id}/pause")).status_code == 204
    assert (await client.post(f"/api/journeys/{journey_id}/pause")).status_code == 409
    closed = await client.post(f"/api/journeys/{journey_id}/enroll", json={"emails": ["person0@example.com"]})
    assert closed.status_code == 409
    assert (await client.post(f"/api/journeys/{journey_id}/resume", json={"waits": "keep"})).status_code == 204
    assert (await client.post(f"/api/journeys/{journey_id}/archive")).json() == {"ended": 1}
    assert (await client.delete(f"/api/journeys/{journey_id}")).status_code == 409


async def test_another_workspace_sees_nothing_of_a_journey(
    shop: tuple[UUID, httpx.AsyncClient], app: FastAPI, database: Database
) -> None:
    _, client = shop
    journey_id = await make_live(client, waiting_journey())
    _, secret = await make_key(database, name="Other")
    other = client_of(app, Authorization=f"Bearer {secret}")
    for path in ("", "/status", "/versions", "/export"):
        assert (await other.get(f"/api/journeys/{journey_id}{path}")).status_code == 404
    for action in ("publish", "pause", "archive", "validate"):
        assert (await other.post(f"/api/journeys/{journey_id}/{action}")).status_code == 404
    assert (await other.get("/api/journeys")).json()["items"] == []


async def test_a_launch_needs_as_many_others_as_the_workspace_asks_for_and_an_edit_voids_them(
    app: FastAPI, shop: tuple[UUID, httpx.AsyncClient]
) -> None:
    workspace_id, key = shop
    author, ann, bob = [await browser_of(app, workspace_id, name) for name in ("Author", "Ann", "Bob")]
    await key.patch("/api/workspace", json={"settings": {"approvals_needed": 2}})
    journey = (await author.post("/api/journeys", json=waiting_journey())).json()
    path = f"/api/journeys/{journey['id']}"

    refused = await author.post(f"{path}/publish", json={})
    assert refused.status_code == 409
    assert refused.json()["detail"] == "2 others must approve this draft before it is published; 0 did"
    for reviewer in (ann, bob):
        assert (await reviewer.post(f"{path}/approve")).status_code == 200
    assert len((await author.get(f"{path}/approvals")).json()["approvals"]) == 2

    graph = waiting_journey()["graph"]
    graph["nodes"][1]["data"] = {"days": 2}
    assert (await author.patch(path, json={"graph": graph})).status_code == 200
    assert (await ann.get(f"{path}/approvals")).json() == {"needed": 2, "approvals": [], "refusal": None}
    assert (await author.post(f"{path}/publish", json={})).status_code == 409
    for reviewer in (ann, bob):
        await reviewer.post(f"{path}/approve")
    assert (await author.post(f"{path}/publish", json={})).status_code == 200


async def test_approvals_are_given_by_people_who_did_not_make_the_changes(
    app: FastAPI, shop: tuple[UUID, httpx.AsyncClient], database: Database
) -> None:
    workspace_id, key = shop
    ann, bob, reader = [await browser_of(app, workspace_id, *who) for who in (("Ann",), ("Bob",), ("Eve", "analyst"))]
    await key.patch("/api/workspace", json={"settings": {"approvals_needed": 1}})
    path = f"/api/journeys/{(await ann.post('/api/journeys', json=waiting_journey())).json()['id']}"

    for who, reason in ((key, "not by a key"), (ann, "You changed this draft"), (reader, "analyst")):
        refused = await who.post(f"{path}/approve")
        assert (refused.status_code, reason in refused.json()["detail"]) == (403, True), refused.text
        if who is not reader:
            assert reason in (await who.get(f"{path}/approvals")).json()["refusal"]
    assert (await bob.post(f"{path}/approve")).status_code == 200
    async with database.engine() as session:
        await session.execute(
            text("UPDATE memberships SET role = 'analyst' WHERE workspace_id = :w AND user_id <> :ann"),
            {"w": workspace_id, "ann": (await ann.get("/api/auth/me")).json()["user"]["id"]},
        )
    assert (await ann.get(f"{path}/approvals")).json()["approvals"] == [], "whoever may publish no more does not count"
    assert (await ann.post(f"{path}/approve")).status_code == 200, "there is nobody else"


async def test_what_a_persons_key_changes_they_changed(
    app: FastAPI, shop: tuple[UUID, httpx.AsyncClient], database: Database
) -> None:
    workspace_id, _ = shop
    owner, _bob = [await browser_of(app, workspace_id, *who) for who in (("Ann", "owner"), ("Bob",))]
    made = (await owner.post("/api/keys", json={"kind": "api", "role": "marketer", "name": "robot"})).json()
    robot = client_of(app, Authorization=f"Bearer {made['key']}")
    path = f"/api/journeys/{(await robot.post('/api/journeys', json=waiting_journey())).json()['id']}"
    assert (await owner.post(f"{path}/approve")).status_code == 403


async def test_going_back_never_loses_a_draft_in_silence(shop: tuple[UUID, httpx.AsyncClient]) -> None:
    _, client = shop
    journey = await make_live(client, waiting_journey())
    path = f"/api/journeys/{journey}"
    graph = waiting_journey()["graph"]
    graph["nodes"][1]["data"] = {"days": 2}
    seen = (await client.patch(path, json={"graph": graph})).headers["ETag"]

    refused = await client.post(f"{path}/versions/1/publish")
    assert (refused.status_code, refused.json()["title"]) == (409, "Conflict")
    graph["nodes"][1]["data"] = {"days": 3}
    newest = (await client.patch(path, json={"graph": graph})).headers["ETag"]
    for target in (f"{path}/versions/1/publish", f"{path}/publish"):
        assert (await client.post(target, headers={"If-Match": seen})).status_code == 412
    assert (await client.get(path)).json()["graph"]["nodes"][1]["data"] == {"days": 3}

    went_back = await client.post(f"{path}/versions/1/publish", headers={"If-Match": newest})
    assert went_back.status_code == 200, went_back.text
    assert (await client.get(path)).json()["graph"]["nodes"][1]["data"] == {"days": 1}
    assert (await client.post(f"{path}/versions/1/publish")).status_code == 200, "nothing would be lost"


async def test_a_request_that_lacks_what_the_trigger_asks_for_is_refused(client: httpx.AsyncClient) -> None:
    fields = [{"name": "coupon", "type": "text", "required": True}]
    graph = {
        "nodes": [
            {"id": "start", "type": "api_trigger", "data": {"payload": fields}},
            {"id": "tag", "type": "tag", "data": {"add": ["a"]}},
        ],
        "edges": [{"source": "start", "target": "tag"}],
    }
    journey = (await client.post("/api/journeys", json={"name": "Coupons", "graph": graph})).json()["id"]
    assert (await client.post(f"/api/journeys/{journey}/publish", json={})).status_code == 200
    contact = (await client.post("/api/contacts", json={"email": "a@example.com"})).json()["id"]
    answer = await client.post(f"/api/journeys/{journey}/enroll", json={"contact_ids": [contact]})
    assert (answer.status_code, answer.json()["errors"]) == (
        422,
        [{"pointer": "/payload/coupon", "message": "this is required"}],
    )
    body = {"contact_ids": [contact], "payload": {"coupon": "X"}}
    assert (await client.post(f"/api/journeys/{journey}/enroll", json=body)).json()["entered"] == 1
