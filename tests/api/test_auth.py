"""Signing in, and who may do what."""

from pathlib import Path
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI, Request

from api.deps import COOKIE, client_network
from journeys.auth.keys import create_key
from journeys.auth.links import first_owner_link
from journeys.auth.roles import Role
from journeys.db.session import Database
from tests.api.conftest import PASSWORD, browser_of, client_of, make_key, make_settings, running, setup_body


async def test_the_first_owner_sets_up_with_a_link_that_works_once(fresh_app: FastAPI) -> None:
    database = fresh_app.state.database
    stale = await first_owner_link(database, "http://test")
    link = await first_owner_link(database, "http://test")
    assert stale
    assert link
    async with client_of(fresh_app) as client:
        assert (await client.get("/api/config")).json()["needs_setup"] is True
        assert (await client.post("/api/auth/setup", json=setup_body(stale))).status_code == 404
        answer = await client.post("/api/auth/setup", json=setup_body(link))
        assert answer.status_code == 200
        assert answer.json()["user"]["email"] == "ada@example.com"
        assert answer.json()["workspace"]["name"] == "Fernweh Supply"
        assert answer.json()["role"] == "owner"
        assert (await client.post("/api/auth/setup", json=setup_body(link))).status_code == 404
        assert (await client.get("/api/config")).json()["needs_setup"] is False
    assert await first_owner_link(database, "http://test") is None


async def test_the_first_owner_takes_over_the_workspace_that_a_first_key_made(fresh_app: FastAPI) -> None:
    database = fresh_app.state.database
    key = await create_key(database, "api", "owner", "script")
    link = await first_owner_link(database, "http://test")
    assert link
    async with client_of(fresh_app) as client:
        mine = (await client.post("/api/auth/setup", json=setup_body(link))).json()["workspace"]
    async with client_of(fresh_app, Authorization=f"Bearer {key}") as server:
        assert (await server.get("/api/auth/me")).json()["workspace"] == mine


async def test_signing_out_ends_the_session(browser: httpx.AsyncClient) -> None:
    cookie = browser.cookies[COOKIE]
    assert (await browser.post("/api/auth/sign-out")).status_code == 204
    browser.cookies.set(COOKIE, cookie)
    assert (await browser.get("/api/auth/me")).status_code == 401
    wrong = await browser.post("/api/auth/sign-in", json={"email": "ada@example.com", "password": "wrong"})
    assert wrong.status_code == 401
    assert wrong.headers["Content-Type"] == "application/problem+json"
    right = await browser.post("/api/auth/sign-in", json={"email": "ADA@example.com", "password": PASSWORD})
    assert right.status_code == 200


async def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(browser: httpx.AsyncClient) -> None:
    answer = await browser.post("/api/auth/sign-in", json={"email": "ada@example.com", "password": PASSWORD})
    cookie = answer.headers["Set-Cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie


async def test_the_cookie_goes_over_tls_alone_where_the_product_is_found_by_https(
    fresh_database_url: str, redis_url: str, tmp_path: Path
) -> None:
    settings = make_settings(fresh_database_url, redis_url, tmp_path).model_copy(
        update={"base_url": "https://mail.example.com"}
    )
    async with running(settings) as app, client_of(app) as client:
        link = await first_owner_link(app.state.database, "http://test")
        assert link
        answer = await client.post("/api/auth/setup", json=setup_body(link))
    assert "secure" in answer.headers["Set-Cookie"].lower(), "a proxy in front may well speak http to the product"


async def test_signing_in_again_ends_the_session_that_the_browser_had(browser: httpx.AsyncClient) -> None:
    before = browser.cookies[COOKIE]
    await browser.post("/api/auth/sign-in", json={"email": "ada@example.com", "password": PASSWORD})
    assert (await browser.get("/api/auth/me")).status_code == 200
    browser.cookies.clear()
    browser.cookies.set(COOKIE, before)
    assert (await browser.get("/api/auth/me")).status_code == 401


async def test_a_changed_password_signs_the_person_out_everywhere_else(
    browser: httpx.AsyncClient, fresh_app: FastAPI
) -> None:
    async def sign_in(password: str) -> httpx.AsyncClient:
        caller = client_of(fresh_app)
        answer = await caller.post("/api/auth/sign-in", json={"email": "ada@example.com", "password": password})
        assert answer.status_code in (200, 401)
        return caller

    elsewhere = await sign_in(PASSWORD)
    change = {"current_password": "guessed", "new_password": "a new one, and long"}
    wrong = await browser.post("/api/auth/password", json=change)
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (422, "/current_password")
    assert (await elsewhere.get("/api/auth/me")).status_code == 200
    short = await browser.post("/api/auth/password", json={**change, "new_password": "short"})
    assert (short.status_code, short.json()["errors"][0]["pointer"]) == (422, "/new_password")
    right = await browser.post("/api/auth/password", json={**change, "current_password": PASSWORD})
    assert right.status_code == 204
    assert (await browser.get("/api/auth/me")).status_code == 200, "who changed it stays signed in"
    assert (await elsewhere.get("/api/auth/me")).status_code == 401
    assert (await (await sign_in(PASSWORD)).get("/api/auth/me")).status_code == 401
    assert (await (await sign_in(change["new_password"])).get("/api/auth/me")).status_code == 200
    assert (await browser.get("/api/audit?entity=password")).json()["items"][0]["action"] == "changed"


async def test_a_key_has_no_password_and_guesses_at_one_are_slowed_down(
    client: httpx.AsyncClient, browser: httpx.AsyncClient
) -> None:
    guess = {"current_password": "guessed", "new_password": "a new one, and long"}
    assert (await client.post("/api/auth/password", json=guess)).status_code == 403
    answers = [(await browser.post("/api/auth/password", json=guess)).status_code for _ in range(9)]
    assert answers == [422] * 8 + [429]


@pytest.mark.parametrize("token", [None, "", "guessed"])
async def test_a_change_from_a_browser_needs_the_csrf_token(browser: httpx.AsyncClient, token: str | None) -> None:
    del browser.headers["X-CSRF-Token"]
    headers = {} if token is None else {"X-CSRF-Token": token}
    answer = await browser.patch("/api/workspace", json={"name": "Stolen"}, headers=headers)
    assert answer.status_code == 403
    assert (await browser.get("/api/workspace")).json()["name"] == "Fernweh Supply"


async def test_guessing_passwords_is_slowed_down_and_others_still_sign_in(fresh_app: FastAPI) -> None:
    async with client_of(fresh_app) as client:
        attempt = {"email": "victim@example.com", "password": "guess"}
        answers = [await client.post("/api/auth/sign-in", json=attempt) for _ in range(9)]
        assert [answer.status_code for answer in answers] == [401] * 8 + [429]
        assert int(answers[-1].headers["Retry-After"]) > 0
        other = await client.post("/api/auth/sign-in", json={"email": "other@example.com", "password": "guess"})
        assert other.status_code == 401
    async with client_of(fresh_app) as elsewhere:
        assert (await elsewhere.post("/api/auth/sign-in", json=attempt)).status_code == 401


async def test_a_key_is_shown_once_and_stops_when_it_is_revoked(client: httpx.AsyncClient, app: FastAPI) -> None:
    made = (await client.post("/api/keys", json={"name": "shop", "role": "marketer"})).json()
    assert made["key"].startswith(made["prefix"])
    listed = (await client.get("/api/keys")).json()["items"]
    assert all("key" not in each for each in listed)
    async with client_of(app, Authorization=f"Bearer {made['key']}") as server:
        assert (await server.get("/api/auth/me")).json()["role"] == "marketer"
        assert (await client.delete(f"/api/keys/{made['id']}")).status_code == 204
        assert (await server.get("/api/auth/me")).status_code == 401


async def test_a_write_key_cannot_read(client: httpx.AsyncClient, app: FastAPI) -> None:
    made = (await client.post("/api/keys", json={"name": "site", "kind": "write"})).json()
    assert made["key"].startswith("wk_")
    async with client_of(app, Authorization=f"Bearer {made['key']}") as site:
        assert (await site.get("/api/workspace")).status_code == 401


@pytest.mark.parametrize(("role", "status"), [("owner", 200), ("marketer", 403), ("developer", 403), ("analyst", 403)])
async def test_only_an_owner_changes_the_workspace(database: Database, app: FastAPI, role: Role, status: int) -> None:
    _, key = await make_key(database, role)
    async with client_of(app, Authorization=f"Bearer {key}") as client:
        assert (await client.patch("/api/workspace", json={"name": "New"})).status_code == status
        assert (await client.get("/api/workspace")).status_code == 200


async def test_a_developer_cannot_make_an_owners_key(database: Database, app: FastAPI) -> None:
    _, key = await make_key(database, "developer")
    async with client_of(app, Authorization=f"Bearer {key}") as client:
        assert (await client.post("/api/keys", json={"name": "up", "role": "owner"})).status_code == 403


async def test_an_invited_person_joins_with_the_role_they_were_given(
    browser: httpx.AsyncClient, fresh_app: FastAPI
) -> None:
    invited = (await browser.post("/api/users", json={"email": "bo@example.com", "role": "analyst"})).json()
    token = invited["link"].partition("token=")[2]
    async with client_of(fresh_app) as client:
        about = (await client.post("/api/auth/link", json={"token": token})).json()
        assert about == {
            "purpose": "invite",
            "email": "bo@example.com",
            "role": "analyst",
            "workspace_name": "Fernweh Supply",
        }
        joined = await client.post("/api/auth/setup", json={"token": token, "name": "Bo", "password": PASSWORD})
        assert joined.json()["role"] == "analyst"
        client.headers["X-CSRF-Token"] = joined.json()["csrf_token"]
        assert (await client.post("/api/keys", json={"name": "k", "role": "analyst"})).status_code == 403
        assert (await browser.delete(f"/api/users/{joined.json()['user']['id']}")).status_code == 204
        assert (await client.get("/api/auth/me")).status_code == 401


async def test_the_keys_of_somebody_who_is_removed_or_demoted_stop_with_their_rights(
    database: Database, app: FastAPI, owned: tuple[UUID, str], client: httpx.AsyncClient
) -> None:
    bo = await browser_of(app, owned[0], "Bo", "developer")
    me = (await bo.get("/api/auth/me")).json()["user"]["id"]
    roles = ("developer", "marketer", "analyst")
    made = {role: (await bo.post("/api/keys", json={"name": role, "role": role})).json()["key"] for role in roles}
    site = (await bo.post("/api/keys", json={"name": "site", "kind": "write"})).json()["id"]

    async def working() -> list[str]:
        callers = {role: client_of(app, Authorization=f"Bearer {key}") for role, key in made.items()}
        return [role for role, caller in callers.items() if (await caller.get("/api/workspace")).status_code == 200]

    assert (await client.patch(f"/api/users/{me}", json={"role": "marketer"})).status_code == 200
    assert await working() == ["marketer", "analyst"]
    assert (await client.delete(f"/api/users/{me}")).status_code == 204
    assert await working() == []
    entries = (await client.get("/api/audit?entity=key")).json()["items"]
    assert [each["diff"]["name"] for each in entries if each["action"] == "revoked"] == [
        "analyst",
        "marketer",
        "developer",
    ]
    listed = (await client.get("/api/keys")).json()["items"]
    assert {each["id"] for each in listed if each["revoked_at"] is None} >= {site}, "a website does not lose its events"


async def test_an_invitation_to_a_lower_role_stops_keys_too_and_leaves_an_owner(
    browser: httpx.AsyncClient, fresh_app: FastAPI
) -> None:
    me = (await browser.get("/api/auth/me")).json()
    key = (await browser.post("/api/keys", json={"name": "all", "role": "owner"})).json()["key"]

    async def accept(role: str) -> httpx.Response:
        invited = await browser.post("/api/users", json={"email": me["user"]["email"], "role": role})
        token = invited.json()["link"].partition("token=")[2]
        async with client_of(fresh_app) as other:
            return await other.post("/api/auth/setup", json={"token": token, "name": "Ada", "password": PASSWORD})

    assert (await accept("analyst")).status_code == 409
    second = await browser_of(fresh_app, UUID(me["workspace"]["id"]), "Bo", "owner")
    assert (await accept("analyst")).status_code == 200
    async with client_of(fresh_app, Authorization=f"Bearer {key}") as server:
        assert (await server.get("/api/workspace")).status_code == 401
    assert (await second.get("/api/audit?entity=key")).json()["items"][0]["action"] == "revoked"


async def test_invitations_are_listed_until_used_or_withdrawn(browser: httpx.AsyncClient, fresh_app: FastAPI) -> None:
    async def invited() -> list[str]:
        listed = (await browser.get("/api/users/invitations")).json()["items"]
        return [f"{each['email']} as {each['role']}" for each in listed]

    for name, role in (("bo", "analyst"), ("cy", "developer"), ("bo", "marketer")):
        answer = await browser.post("/api/users", json={"email": f"{name}@example.com", "role": role})
    token = answer.json()["link"].partition("token=")[2]
    assert await invited() == ["bo@example.com as marketer", "cy@example.com as developer"]
    async with client_of(fresh_app) as bo:
        joined = await bo.post("/api/auth/setup", json={"token": token, "name": "Bo", "password": PASSWORD})
        assert joined.status_code == 200
        assert (await bo.get("/api/users/invitations")).status_code == 403
    assert await invited() == ["cy@example.com as developer"]
    [cy] = (await browser.get("/api/users/invitations")).json()["items"]
    assert (await browser.delete(f"/api/users/invitations/{cy['id']}")).status_code == 204
    assert (await browser.delete(f"/api/users/invitations/{cy['id']}")).status_code == 404
    assert await invited() == []
    entry = (await browser.get("/api/audit?entity=invitation")).json()["items"][0]
    assert (entry["action"], entry["entity_id"]) == ("withdrew", "cy@example.com")


@pytest.mark.parametrize("lost", ["demoted", "removed"])
async def test_the_invitations_of_an_owner_go_with_the_right_to_invite(
    browser: httpx.AsyncClient, fresh_app: FastAPI, lost: str
) -> None:
    workspace_id = UUID((await browser.get("/api/auth/me")).json()["workspace"]["id"])
    bo = await browser_of(fresh_app, workspace_id, "Bo", "owner")
    invited = await bo.post("/api/users", json={"email": "friend@example.com", "role": "owner"})
    await browser.post("/api/users", json={"email": "cy@example.com", "role": "analyst"})
    me = (await bo.get("/api/auth/me")).json()["user"]["id"]
    path = f"/api/users/{me}"
    answer = await (browser.patch(path, json={"role": "developer"}) if lost == "demoted" else browser.delete(path))
    assert answer.is_success
    async with client_of(fresh_app) as friend:
        token = invited.json()["link"].partition("token=")[2]
        assert (await friend.post("/api/auth/link", json={"token": token})).status_code == 404
    listed = (await browser.get("/api/users/invitations")).json()["items"]
    assert [each["email"] for each in listed] == ["cy@example.com"]


async def test_the_last_owner_stays_an_owner(browser: httpx.AsyncClient) -> None:
    me = (await browser.get("/api/auth/me")).json()["user"]["id"]
    assert (await browser.patch(f"/api/users/{me}", json={"role": "analyst"})).status_code == 409
    assert (await browser.delete(f"/api/users/{me}")).status_code == 409


async def test_every_change_is_in_the_audit_log(client: httpx.AsyncClient) -> None:
    await client.patch("/api/workspace", json={"name": "Renamed"})
    entry = (await client.get("/api/audit")).json()["items"][0]
    assert (entry["action"], entry["entity"], entry["diff"]) == ("changed", "workspace", {"name": ["Shop", "Renamed"]})


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("testclient", "testclient"),
    ],
)
def test_who_has_a_network_of_ipv6_is_one_caller(address: str, network: str) -> None:
    assert client_network(Request({"type": "http", "client": (address, 1)})) == network
