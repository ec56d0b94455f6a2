"""Forms: what pages send becomes events of contacts; robots, strangers and nonsense are kept out."""

from typing import Any
from uuid import UUID

import httpx
from sqlalchemy import text

from journeys.db.session import Database
from tests.api.test_journeys import make_live, waiting_journey

FIELDS = [
    {"name": "email", "required": True},
    {"name": "name", "label": "First name", "attribute": "first_name"},
    {"name": "size", "required": True},
    {"name": "note", "attribute": ""},
]


async def make_form(client: httpx.AsyncClient, **options: Any) -> dict[str, Any]:
    answer = await client.post("/api/forms", json={"name": "Newsletter", "fields": FIELDS, **options})
    assert answer.status_code == 201, answer.text
    form: dict[str, Any] = answer.json()
    return form


async def submitted(database: Database, workspace_id: UUID) -> list[Any]:
    async with database.engine() as session:
        rows = await session.execute(
            text("""SELECT c.email, c.first_name, c.attributes, v.properties FROM events v
                JOIN contacts c ON c.id = v.contact_id
                WHERE v.workspace_id = :w AND v.name = 'Form Submitted' ORDER BY v.received_at"""),
            {"w": workspace_id},
        )
        return [tuple(row) for row in rows]


async def test_what_a_page_sends_is_an_event_of_its_contact(
    client: httpx.AsyncClient, anonymous: httpx.AsyncClient, database: Database, owned: tuple[UUID, str]
) -> None:
    form = await make_form(client)
    filled = {
        "email": " Anna@Example.com ",
        "name": "Anna",
        "size": "M",
        "note": "hi",
        "is_admin": "yes",
        "website": "",
    }
    answer = await anonymous.post(f"/f/{form['key']}", data=filled)
    assert (answer.status_code, "Thank you" in answer.text) == (200, True)
    [(email, first_name, attributes, properties)] = await submitted(database, owned[0])
    assert (email, first_name, attributes) == ("anna@example.com", "Anna", {"size": "M"})
    assert properties == {
        "email": "anna@example.com",
        "name": "Anna",
        "size": "M",
        "note": "hi",
        "form": form["key"],
        "form_name": "Newsletter",
    }


async def test_a_script_of_any_page_may_send_json(
    client: httpx.AsyncClient, anonymous: httpx.AsyncClient, database: Database, owned: tuple[UUID, str]
) -> None:
    form = await make_form(client)
    assert (await anonymous.options(f"/f/{form['key']}")).headers["Access-Control-Allow-Origin"] == "*"
    answer = await anonymous.post(f"/f/{form['key']}", json={"email": "ben@example.com", "size": 4})
    assert (answer.json(), answer.headers["Access-Control-Allow-Origin"]) == ({"success": True}, "*")
    assert (await submitted(database, owned[0]))[0][2] == {"size": 4}
    bad = await anonymous.post(f"/f/{form['key']}", json={"email": "no address", "size": {"a": 1}})
    assert (bad.status_code, {each["pointer"] for each in bad.json()["errors"]}) == (422, {"/email", "/size"})
    page = await anonymous.post(f"/f/{form['key']}", data={"email": "x@example.com"})
    assert (page.status_code, "size: Fill this in." in page.text) == (422, True)


async def test_a_robot_is_thanked_and_forgotten(
    client: httpx.AsyncClient, anonymous: httpx.AsyncClient, database: Database, owned: tuple[UUID, str]
) -> None:
    form = await make_form(client, redirect_url="https://shop.example/thanks")
    filled = {"email": "bot@example.com", "size": "M", "website": "http://spam.example"}
    answer = await anonymous.post(f"/f/{form['key']}", data=filled)
    assert (answer.status_code, answer.headers["Location"]) == (303, "https://shop.example/thanks")
    assert await submitted(database, owned[0]) == []


async def test_a_stranger_changes_nothing_of_a_customer_who_has_an_account(
    client: httpx.AsyncClient, anonymous: httpx.AsyncClient, database: Database, owned: tuple[UUID, str]
) -> None:
    await client.post("/api/contacts", json={"email": "vip@example.com", "external_id": "u1", "first_name": "Vera"})
    form = await make_form(client)
    await anonymous.post(f"/f/{form['key']}", json={"email": "vip@example.com", "name": "Hacked", "size": "XL"})
    [(email, first_name, attributes, _)] = await submitted(database, owned[0])
    assert (email, first_name, attributes) == ("vip@example.com", "Vera", {})


async def test_a_form_that_is_closed_or_sent_from_elsewhere_takes_nothing(
    client: httpx.AsyncClient, anonymous: httpx.AsyncClient
) -> None:
    form = await make_form(client, origins=["https://shop.example"])
    filled = {"email": "a@example.com", "size": "M"}
    path = f"/f/{form['key']}"
    assert (await anonymous.post(path, json=filled)).status_code == 403
    from_shop = {"Origin": "https://shop.example"}
    assert (await anonymous.post(path, json=filled, headers=from_shop)).status_code == 200
    assert (await client.patch(f"/api/forms/{form['id']}", json={"disabled": True})).json()["disabled"] is True
    assert (await anonymous.post(path, json=filled, headers=from_shop)).status_code == 404
    assert (await anonymous.post("/f/unknown", json=filled)).status_code == 404
    assert (await anonymous.post(path, content=b"x" * 70_000)).status_code == 413
    assert (await anonymous.post(path, content=b"[1]", headers={"Content-Type": "application/json"})).status_code == 422


async def test_a_form_shows_html_to_paste_and_needs_an_address(client: httpx.AsyncClient) -> None:
    form = await make_form(client, name="<b>")
    assert form["url"].endswith(f"/f/{form['key']}")
    assert '<label>First name <input type="text" name="name"></label>' in form["html"]
    assert 'name="website"' in form["html"]
    assert [each["id"] for each in (await client.get("/api/forms")).json()["items"]] == [form["id"]]
    answer = await client.post("/api/forms", json={"name": "x", "fields": [{"name": "phone"}]})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/fields")
    answer = await client.post("/api/forms", json={"name": "x", "fields": [{"name": "email"}, {"name": "form"}]})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/fields/1/name")


async def test_a_form_is_deleted_unless_a_live_journey_starts_with_it(
    client: httpx.AsyncClient, anonymous: httpx.AsyncClient
) -> None:
    form, unused = await make_form(client), await make_form(client)
    journey = waiting_journey()
    journey["graph"]["nodes"][0] |= {"type": "form_trigger", "data": {"form": form["key"]}}
    journey_id = await make_live(client, journey)
    refused = await client.delete(f"/api/forms/{form['id']}")
    assert (refused.status_code, refused.json()["detail"]) == (409, "Newsletter is used by Wait a day")
    assert (await client.delete(f"/api/forms/{unused['id']}")).status_code == 204
    assert (await anonymous.post(f"/f/{unused['key']}", json={"email": "anna@example.com"})).status_code == 404
    await client.post(f"/api/journeys/{journey_id}/archive")
    assert (await client.delete(f"/api/forms/{form['id']}")).status_code == 204
    assert (await client.get("/api/forms")).json()["items"] == []
