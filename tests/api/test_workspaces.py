"""Several workspaces of one person: listed, made, changed between."""

import httpx

from journeys.db.ids import new_id


async def test_a_person_makes_a_second_workspace_and_changes_back(browser: httpx.AsyncClient) -> None:
    first = (await browser.get("/api/auth/me")).json()["workspace"]
    await browser.post("/api/contacts", json={"email": "ada@example.com"})
    made = await browser.post("/api/workspaces", json={"name": "Second", "time_zone": "Europe/Bern"})
    assert made.status_code == 422
    made = await browser.post("/api/workspaces", json={"name": "Second", "time_zone": "Europe/Zurich"})
    assert made.status_code == 201, made.text

    me = (await browser.get("/api/auth/me")).json()
    assert (me["workspace"]["name"], me["role"]) == ("Second", "owner")
    assert (await browser.get("/api/contacts")).json()["items"] == []
    listed = (await browser.get("/api/workspaces")).json()["items"]
    assert [each["name"] for each in listed] == ["Fernweh Supply", "Second"]

    assert (await browser.post(f"/api/workspaces/{first['id']}/open")).status_code == 204
    assert len((await browser.get("/api/contacts")).json()["items"]) == 1


async def test_nobody_opens_a_workspace_they_do_not_belong_to(browser: httpx.AsyncClient) -> None:
    assert (await browser.post(f"/api/workspaces/{new_id()}/open")).status_code == 404


async def test_a_key_stays_in_its_workspace(client: httpx.AsyncClient) -> None:
    [own] = (await client.get("/api/workspaces")).json()["items"]
    assert (await client.post(f"/api/workspaces/{own['id']}/open")).status_code == 404
    assert (await client.post("/api/workspaces", json={"name": "Second"})).status_code == 403
