"""One workspace never sees another: by the database's own rules, and by every route that reads."""

import re
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from sqlalchemy import text

from api.routers import ROUTERS
from journeys.db.session import Database
from journeys.events.record import NewEvent, record_events
from tests.api.conftest import client_of, make_key
from tests.api.ledger import add_message
from tests.factories.drawn_journeys import drawn

MARK = "belongs-to-a"
OPEN_TO_ALL = {"/api/config", "/healthz", "/readyz", "/metrics"}
SIGN_IN = {f"/api/auth/{step}" for step in ("sign-in", "setup", "link", "password", "sign-out")}
CHANGES_NOTHING = {
    "/api/contacts/search",
    "/api/workspaces/{workspace_id}/open",
    "/api/live/ticket",
    "/api/segments/preview",
    "/api/segments/explain",
    "/api/templates/preview",
    "/api/journeys/{journey_id}/validate",
}


def routes(prefix: str = "/api") -> list[APIRoute]:
    """Return every documented route of the app."""
    found = [route for router in ROUTERS for route in router.routes if isinstance(route, APIRoute)]
    return [route for route in found if route.path.startswith(prefix)]


def methods_of(route: APIRoute) -> set[str]:
    """Return the methods that a route takes."""
    return set(route.methods or ())


def rights(route: APIRoute) -> set[str]:
    """Return the rights that a route asks for."""
    due, found = [route.dependant], set()
    while due:
        dependant = due.pop()
        due += dependant.dependencies
        if right := getattr(dependant.call, "right", None):
            found.add(right)
    return found


async def test_every_table_is_under_row_level_security(database: Database) -> None:
    async with database.engine() as session:
        open_tables = await session.scalars(
            text("""
                SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND NOT c.relrowsecurity
                  AND has_table_privilege('sojourn_app', c.oid, 'SELECT')
            """)
        )
        assert list(open_tables) == []


async def test_a_session_without_a_workspace_sees_nothing(database: Database, owned: tuple[UUID, str]) -> None:
    async with database.workspace(UUID(int=0)) as session:
        for table in ("contacts", "api_keys", "workspaces", "users", "memberships"):
            assert await session.scalar(text(f"SELECT count(*) FROM {table}")) == 0


def test_every_change_asks_for_a_right() -> None:
    changes = [route for route in routes() if methods_of(route) - {"GET", "HEAD"}]
    unguarded = {
        route.path for route in changes if not rights(route) - {"read"} and route.path not in SIGN_IN | CHANGES_NOTHING
    }
    assert unguarded == set()


def test_every_reading_route_asks_who_reads() -> None:
    assert {route.path for route in routes() if not rights(route)} <= SIGN_IN | OPEN_TO_ALL


async def fill(client: httpx.AsyncClient, database: Database, workspace_id: UUID) -> dict[str, str]:
    """Put one of everything into a workspace; return the ids by the names that routes give them."""

    async def made(path: str, **body: object) -> str:
        answer = await client.post(path, json=body)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    async def made_model() -> str:
        await made("/api/scoring/models", slug=MARK, name=MARK, rules=[])
        return MARK

    contact = await made("/api/contacts", email=f"{MARK}@example.com", first_name=MARK)
    template = await made("/api/templates", name=MARK, subject=MARK, html=MARK)
    message = await add_message(database, workspace_id, contact, to=f"{MARK}@example.com")
    async with database.engine() as session:
        await record_events(session, [NewEvent(workspace_id, UUID(contact), MARK)])
    await client.post("/api/suppressions", json={"addresses": [f"{MARK}@example.com"]})
    upload = await client.post("/api/contacts/import", files={"file": (f"{MARK}.csv", b"email\n")})
    graph = drawn({"start": ("api_trigger", {}), "end": ("exit", {"label": MARK})}, [("start", None, "end")])
    journey = await made("/api/journeys", name=MARK, graph=graph.model_dump(mode="json"))
    tried = await client.post(f"/api/journeys/{journey}/simulate", json={"synthetic": [{"first_name": MARK}]})
    bulk = await client.post("/api/contacts/bulk", json={"audience": {"q": MARK}, "action": {"type": "export"}})
    await client.post("/api/users", json={"email": f"{MARK}@example.com", "role": "analyst"})
    invitations = await client.get("/api/users/invitations")
    return {
        "contact_id": contact,
        "template_id": template,
        "message_id": str(message),
        "import_id": upload.json()["id"],
        "journey_id": journey,
        "simulation_id": tried.json()["id"],
        "segment_id": await made("/api/segments", name=MARK, rule={"attribute": "city", "op": "eq", "value": MARK}),
        "connection_id": await made("/api/connections", kind="outbox", name=MARK),
        "key_id": await made("/api/keys", name=MARK, role="analyst"),
        "topic": await made("/api/topics", key=MARK, name=MARK),
        "enrollment_id": str(message),
        "user_id": contact,
        "workspace_id": str(workspace_id),
        "slug": await made_model(),
        "form_id": await made("/api/forms", name=MARK),
        "view_id": await made("/api/contact-views", name=MARK, search={"q": MARK}),
        "job_id": bulk.json()["id"],
        "number": "1",
        "event_id": str(message),
        "intake_id": str(message),
        "invitation_id": invitations.json()["items"][0]["id"],
    }


@pytest.fixture
async def ids(client: httpx.AsyncClient, database: Database, owned: tuple[UUID, str]) -> dict[str, str]:
    """What is in workspace A."""
    return await fill(client, database, owned[0])


async def test_no_route_that_reads_shows_another_workspace(
    client: httpx.AsyncClient, app: FastAPI, database: Database, ids: dict[str, str]
) -> None:
    _, key = await make_key(database)
    seen_by_a = 0
    async with client_of(app, Authorization=f"Bearer {key}") as outsider:
        for route in (route for route in routes() if "GET" in methods_of(route)):
            path = re.sub(r"{(\w+)}", lambda name: ids[name[1]], route.path)
            path += f"?contact={ids['contact_id']}" if path.endswith(("/explain", "/history", "/why")) else ""
            path += f"?q={MARK}" if path.endswith("/find") else ""
            answer = await outsider.get(path)
            assert answer.status_code < 500, path
            assert MARK not in answer.text, path
            assert "{" not in route.path or answer.status_code == 404, path
            seen_by_a += MARK in (await client.get(path)).text
    assert seen_by_a > 15


async def test_no_route_that_changes_reaches_another_workspace(
    client: httpx.AsyncClient, app: FastAPI, database: Database, ids: dict[str, str]
) -> None:
    _, key = await make_key(database)
    bodies = {
        "/api/contacts/{contact_id}/consents/{topic}": {"state": "unsubscribed"},
        "/api/users/{user_id}": {"role": "analyst"},
        "/api/templates/{template_id}/send-test": {"to": "a@example.com"},
        "/api/journeys/{journey_id}/enroll": {"emails": ["a@example.com"]},
        "/api/journeys/{journey_id}/simulate": {"synthetic": [{}]},
    }
    async with client_of(app, Authorization=f"Bearer {key}") as outsider:
        for route in routes():
            for method in methods_of(route) - {"GET", "HEAD"}:
                if "{" not in route.path or route.path.startswith(("/api/topics", "/api/suppressions")):
                    continue
                path = re.sub(r"{(\w+)}", lambda name: ids[name[1]], route.path)
                body = None if method == "DELETE" else bodies.get(route.path, {})
                answer = await outsider.request(method, path, json=body)
                assert answer.status_code == 404, (method, path, answer.text)
    assert (await client.get(f"/api/contacts/{ids['contact_id']}")).status_code == 200
