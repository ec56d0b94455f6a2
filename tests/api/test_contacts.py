"""Contacts over the API: made, matched, found, changed, erased."""

from uuid import UUID

import httpx
import pytest
from sqlalchemy import text

from journeys.db.session import Database
from journeys.events.record import NewEvent, record_events


async def make(client: httpx.AsyncClient, **fields: object) -> dict[str, object]:
    """Make a contact and return it."""
    answer = await client.post("/api/contacts", json=fields)
    assert answer.status_code in (200, 201), answer.text
    contact: dict[str, object] = answer.json()
    return contact


async def test_a_contact_is_made_once_and_then_updated(client: httpx.AsyncClient) -> None:
    first = await client.post(
        "/api/contacts", json={"email": " Ada@Example.com ", "attributes": {"plan": "pro", "n": 1}}
    )
    again = await client.post(
        "/api/contacts", json={"email": "ada@example.com", "first_name": "Ada", "attributes": {"n": 2}}
    )
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json()["id"] == first.json()["id"]
    assert again.json()["attributes"] == {"plan": "pro", "n": 2}
    assert again.json()["email"] == "ada@example.com"


async def test_an_external_id_decides_before_the_address(client: httpx.AsyncClient) -> None:
    known = await make(client, external_id="u1", email="old@example.com")
    moved = await make(client, external_id="u1", email="new@example.com")
    assert (moved["id"], moved["email"]) == (known["id"], "new@example.com")


async def test_what_would_join_two_contacts_is_refused_with_the_reason(client: httpx.AsyncClient) -> None:
    await make(client, external_id="u1", email="one@example.com")
    await make(client, external_id="u2", email="two@example.com")
    answer = await client.post("/api/contacts", json={"external_id": "u1", "email": "two@example.com"})
    assert answer.status_code == 409
    assert "one contact" in answer.json()["detail"]
    answer = await client.post("/api/contacts", json={"external_id": "u3", "email": "two@example.com"})
    assert answer.status_code == 409
    assert "another external_id" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ({"email": "nobody"}, "/email"),
        ({"email": "a@example.com", "time_zone": "Mars/Olympus"}, "/time_zone"),
        ({"email": "a@example.com", "attributes": {"email": "b@example.com"}}, "/attributes/email"),
        ({"email": "a@example.com", "attributes": {f"a{n}": n for n in range(300)}}, "/attributes"),
        ({"email": "a@example.com", "attributes": {"x": "a\x00b"}}, "/attributes"),
        ({"email": "a@example.com", "first_name": "a\x00b"}, "/first_name"),
        ({"email": "a@example.com", "nickname": "a"}, "/nickname"),
    ],
)
async def test_a_wrong_field_is_named(client: httpx.AsyncClient, fields: dict[str, object], pointer: str) -> None:
    answer = await client.post("/api/contacts", json=fields)
    assert answer.status_code == 422
    assert pointer in [each["pointer"] for each in answer.json()["errors"]]


async def test_a_contact_that_would_grow_too_large_is_left_as_it_was(client: httpx.AsyncClient) -> None:
    contact = await make(client, email="a@example.com", attributes={f"a{n}": n for n in range(200)})
    answer = await client.patch(f"/api/contacts/{contact['id']}", json={"attributes": {f"b{n}": n for n in range(100)}})
    assert answer.status_code == 422
    assert (await client.get(f"/api/contacts/{contact['id']}")).json()["attributes"] == contact["attributes"]


async def test_null_clears_a_field_and_removes_an_attribute(client: httpx.AsyncClient) -> None:
    contact = await make(
        client, email="a@example.com", city="Bern", tags=["a", "b"], attributes={"plan": "pro", "n": 1}
    )
    body = {"city": None, "attributes": {"plan": None}, "add_tags": ["c"], "remove_tags": ["a"]}
    changed = (await client.patch(f"/api/contacts/{contact['id']}", json=body)).json()
    assert (changed["city"], changed["attributes"], changed["tags"]) == (None, {"n": 1}, ["b", "c"])


async def test_an_address_that_is_taken_cannot_be_given_to_another(client: httpx.AsyncClient) -> None:
    await make(client, email="a@example.com")
    other = await make(client, email="b@example.com")
    answer = await client.patch(f"/api/contacts/{other['id']}", json={"email": "a@example.com"})
    assert answer.status_code == 409


async def test_contacts_are_found_by_parts_of_their_names_and_by_tag(client: httpx.AsyncClient) -> None:
    await make(client, email="ada@example.com", first_name="Ada", last_name="Lovelace", tags=["vip"])
    await make(client, email="bob_100%@example.com")
    for query, found in (("q=lovel", 1), ("q=ada l", 1), ("q=0%25", 1), ("q=example", 2), ("tag=vip", 1), ("q=_a", 0)):
        assert len((await client.get(f"/api/contacts?{query}")).json()["items"]) == found, query


async def test_pages_hold_every_contact_once(client: httpx.AsyncClient) -> None:
    made = {(await make(client, email=f"c{n}@example.com"))["id"] for n in range(7)}
    seen: list[object] = []
    cursor = ""
    while True:
        answer = (await client.get(f"/api/contacts?limit=3{cursor}")).json()
        seen += [each["id"] for each in answer["items"]]
        if answer["next_cursor"] is None:
            break
        cursor = f"&cursor={answer['next_cursor']}"
    assert len(seen) == 7
    assert set(seen) == made


async def test_the_timeline_is_read_in_pages(
    client: httpx.AsyncClient, database: Database, owned: tuple[UUID, str]
) -> None:
    contact = await make(client, email="a@example.com")
    async with database.engine() as session:
        events = [NewEvent(owned[0], UUID(str(contact["id"])), f"Event {n}") for n in range(5)]
        await record_events(session, events)
    first = (await client.get(f"/api/contacts/{contact['id']}/timeline?limit=3")).json()
    rest = (await client.get(f"/api/contacts/{contact['id']}/timeline?cursor={first['next_cursor']}")).json()
    assert [each["name"] for each in first["items"] + rest["items"]] == [f"Event {n}" for n in (4, 3, 2, 1, 0)]


async def test_an_erased_person_is_gone_and_stays_out(
    client: httpx.AsyncClient, database: Database, owned: tuple[UUID, str]
) -> None:
    contact = await make(client, email="a@example.com", attributes={"secret": "x"})
    async with database.engine() as session:
        await record_events(session, [NewEvent(owned[0], UUID(str(contact["id"])), "Visited", properties={"s": 1})])
    exported = (await client.get(f"/api/contacts/{contact['id']}/export")).json()
    assert exported["contact"]["attributes"] == {"secret": "x"}
    assert [each["name"] for each in exported["events"]] == ["Visited"]
    assert (await client.post(f"/api/contacts/{contact['id']}/erase")).status_code == 204
    assert (await client.get(f"/api/contacts/{contact['id']}")).status_code == 404
    assert (await client.post("/api/contacts", json={"email": "a@example.com"})).status_code == 409
    assert (await client.delete("/api/suppressions/a@example.com")).status_code == 409
    async with database.engine() as session:
        row = (await session.execute(text("SELECT * FROM contacts WHERE id = :id"), {"id": contact["id"]})).one()
        assert (row.email, row.attributes) == (None, {})
        left = await session.scalar(text("SELECT count(*) FROM events WHERE contact_id = :id"), {"id": contact["id"]})
        assert left == 0


async def test_a_deleted_contact_may_come_back(client: httpx.AsyncClient) -> None:
    contact = await make(client, email="a@example.com")
    assert (await client.delete(f"/api/contacts/{contact['id']}")).status_code == 204
    assert (await make(client, email="a@example.com"))["id"] != contact["id"]


async def test_suppression_and_consent_show_on_the_contact(client: httpx.AsyncClient) -> None:
    contact = await make(client, email="a@example.com")
    assert (
        await client.post(f"/api/contacts/{contact['id']}/suppress", json={"scope": "marketing"})
    ).status_code == 200
    said = {"state": "unsubscribed"}
    assert (await client.put(f"/api/contacts/{contact['id']}/consents/marketing", json=said)).status_code == 200
    assert (await client.put(f"/api/contacts/{contact['id']}/consents/none", json=said)).status_code == 404
    detail = (await client.get(f"/api/contacts/{contact['id']}")).json()
    assert detail["suppression"]["scope"] == "marketing"
    assert [(each["topic"], each["state"]) for each in detail["consents"]] == [("marketing", "unsubscribed")]
    assert len((await client.get("/api/suppressions?q=a@")).json()["items"]) == 1
    assert (await client.delete("/api/suppressions/A@example.com")).status_code == 204
    assert (await client.get("/api/suppressions")).json()["items"] == []


async def test_a_weaker_suppression_does_not_replace_a_stronger(client: httpx.AsyncClient) -> None:
    for scope in ("all", "marketing"):
        body = {"addresses": ["a@example.com"], "scope": scope, "reason": scope}
        assert (await client.post("/api/suppressions", json=body)).status_code == 204
    assert [each["reason"] for each in (await client.get("/api/suppressions")).json()["items"]] == ["all"]


async def test_the_topic_marketing_is_there_and_stays(client: httpx.AsyncClient) -> None:
    assert [each["key"] for each in (await client.get("/api/topics")).json()["items"]] == ["marketing"]
    assert (await client.delete("/api/topics/marketing")).status_code == 409
    assert (
        await client.post("/api/topics", json={"key": "news", "name": "News", "policy": "opt_in"})
    ).status_code == 201
    assert (await client.post("/api/topics", json={"key": "news", "name": "News"})).status_code == 409
    assert (await client.patch("/api/topics/news", json={"name": "Weekly"})).json()["name"] == "Weekly"
    assert (await client.delete("/api/topics/news")).status_code == 204
