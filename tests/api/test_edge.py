"""What every answer has in common: errors, limits, headers, idempotent repeats."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest
import uvicorn
from fastapi import FastAPI
from sqlalchemy import text as sql

from api.errors import add_error_handlers
from api.middleware import Surroundings
from journeys.db.room import MOST
from journeys.db.session import Database
from tests.api.conftest import client_of
from tests.factories.drawn_journeys import drawn
from tests.until import until


async def test_an_error_is_a_problem_document(anonymous: httpx.AsyncClient) -> None:
    for path, status in (("/api/nothing", 404), ("/api/workspace", 401)):
        answer = await anonymous.get(path)
        assert answer.status_code == status
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.json()["status"] == status


async def test_a_wrong_field_is_named_by_a_pointer(client: httpx.AsyncClient) -> None:
    answer = await client.patch("/api/workspace", json={"time_zone": "Mars/Olympus", "colour": "red"})
    assert answer.status_code == 422
    assert {each["pointer"] for each in answer.json()["errors"]} == {"/time_zone", "/colour"}


async def test_a_body_that_is_not_json_is_named(client: httpx.AsyncClient) -> None:
    answer = await client.post("/api/keys", content="{", headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["title"]) == (400, "Not JSON")


async def test_a_large_body_is_refused(client: httpx.AsyncClient) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(11):
            yield b"x" * 100_000

    for body in (b"x" * 1_100_000, chunks()):
        answer = await client.post("/api/keys", content=body, headers={"X-Request-ID": "abcdefgh-1"})
        assert answer.status_code == 413
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.json()["detail"] == "The body is over the limit."
        assert answer.headers["X-Request-ID"] == "abcdefgh-1"


async def test_a_website_may_read_that_its_events_are_too_large(anonymous: httpx.AsyncClient) -> None:
    answer = await anonymous.post("/v1/track", content=b"x" * 1_100_000)
    assert (answer.status_code, answer.headers.get("Access-Control-Allow-Origin")) == (413, "*")


@pytest.mark.parametrize("text", ["a\x00b", "\ud800"])
async def test_characters_that_cannot_be_stored_are_refused(client: httpx.AsyncClient, text: str) -> None:
    body = '{"name": "x' + text.encode("unicode_escape").decode().replace("\\x00", "\\u0000") + '", "role": "analyst"}'
    answer = await client.post("/api/keys", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 422


async def test_what_is_nested_without_end_is_refused_in_a_view_and_a_simulation(client: httpx.AsyncClient) -> None:
    rule: dict[str, object] = {"attribute": "city", "op": "eq", "value": "Rome"}
    for _ in range(300):
        rule = {"not": rule}
    view = await client.post("/api/contact-views", json={"name": "deep", "search": {"rule": rule}})
    assert (view.status_code, view.json()["detail"]) == (422, "the rule is nested too deeply")
    graph = drawn({"start": ("api_trigger", {}), "end": ("exit", {})}, [("start", None, "end")]).model_dump(mode="json")
    journey = (await client.post("/api/journeys", json={"name": "Deep", "graph": graph})).json()["id"]
    tried = await client.post(f"/api/journeys/{journey}/simulate", json={"synthetic": [{"attributes": {"deep": rule}}]})
    assert (tried.status_code, tried.json()["errors"][0]["pointer"]) == (422, "/synthetic/0")


async def test_a_workspace_has_room_for_much_and_not_for_everything(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    rule = {"attribute": "city", "op": "eq", "value": "Rome"}
    things: list[tuple[str, dict[str, object]]] = [
        ("segments", {"rule": rule}),
        ("contact-views", {"search": {"rule": rule}}),
        ("keys", {"role": "analyst"}),
        ("journeys", {}),
        ("forms", {"fields": [{"name": "email"}]}),
    ]
    made = {path: (await client.post(f"/api/{path}", json={"name": "one", **body})) for path, body in things}
    assert {answer.status_code for answer in made.values()} == {201}, {path: each.text for path, each in made.items()}
    monkeypatch.setattr("journeys.db.room.MOST", dict.fromkeys(MOST, 1))
    for path, body in things:
        answer = await client.post(f"/api/{path}", json={"name": "two", **body})
        assert (answer.status_code, "no room" in answer.json()["detail"]) == (409, True), path


async def test_a_wrong_cursor_is_refused(client: httpx.AsyncClient) -> None:
    assert (await client.get("/api/audit?cursor=nonsense")).status_code == 422


async def test_a_repeated_post_makes_one_thing_and_gets_the_same_answer(client: httpx.AsyncClient) -> None:
    headers = {"Idempotency-Key": "once"}
    rule = {"attribute": "city", "op": "eq", "value": "Rome"}
    first = await client.post("/api/segments", json={"name": "Romans", "rule": rule}, headers=headers)
    again = await client.post("/api/segments", json={"name": "Romans", "rule": rule}, headers=headers)
    assert (again.status_code, again.json()) == (201, first.json())
    assert again.headers["Idempotency-Replayed"] == "true"
    assert [each["name"] for each in (await client.get("/api/segments")).json()["items"]] == ["Romans"]
    other = await client.post("/api/segments", json={"name": "Others", "rule": rule}, headers=headers)
    assert other.status_code == 422


async def test_a_key_is_made_once_and_its_secret_is_kept_nowhere(client: httpx.AsyncClient, database: Database) -> None:
    headers, body = {"Idempotency-Key": "secret"}, {"name": "once only", "role": "analyst"}
    assert (await client.post("/api/keys", json=body, headers=headers)).status_code == 201
    assert (await client.post("/api/keys", json=body, headers=headers)).status_code == 409
    assert [each["name"] for each in (await client.get("/api/keys")).json()["items"]].count("once only") == 1
    async with database.engine() as session:
        kept = await session.scalars(
            sql("SELECT convert_from(body, 'UTF8') FROM idempotent_answers WHERE body IS NOT NULL")
        )
        assert not [each for each in kept if "once only" in each]


async def test_the_answer_to_a_repeat_is_for_nobody_else(client: httpx.AsyncClient, app: FastAPI) -> None:
    headers, body = (
        {"Idempotency-Key": "mine"},
        {"name": "Members", "rule": {"attribute": "city", "op": "eq", "value": "Rome"}},
    )
    assert (await client.post("/api/segments", json=body, headers=headers)).status_code == 201
    analyst = (await client.post("/api/keys", json={"name": "reader", "role": "analyst"})).json()["key"]
    async with client_of(app, Authorization=f"Bearer {analyst}") as reader:
        assert (await reader.post("/api/segments", json=body, headers=headers)).status_code == 403


async def test_a_refused_post_may_be_tried_again_under_its_key(client: httpx.AsyncClient) -> None:
    headers = {"Idempotency-Key": "again"}
    assert (await client.post("/api/keys", json={"name": "k"}, headers=headers)).status_code == 422
    assert (await client.post("/api/keys", json={"name": "k", "role": "analyst"}, headers=headers)).status_code == 201


async def test_answers_carry_security_headers_and_an_id(anonymous: httpx.AsyncClient) -> None:
    answer = await anonymous.get("/healthz", headers={"X-Request-ID": "abcdefgh-1"})
    assert answer.headers["X-Request-ID"] == "abcdefgh-1"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


async def test_metrics_count_requests_by_route(anonymous: httpx.AsyncClient) -> None:
    await anonymous.get("/healthz")
    assert (
        'sojourn_http_requests_total{method="GET",route="/healthz",status="200"}'
        in (await anonymous.get("/metrics")).text
    )


@pytest.fixture
async def failing() -> AsyncIterator[str]:
    """A server with a route that fails as nobody expected; yields its address."""
    app = FastAPI()
    app.add_middleware(Surroundings)
    add_error_handlers(app)

    @app.get("/fails")
    async def fail() -> None:
        raise RuntimeError("secret words")

    server = uvicorn.Server(uvicorn.Config(app, port=0, lifespan="off", log_config=None))
    serving = asyncio.create_task(server.serve())

    async def is_up() -> bool:
        return server.started

    await until(is_up)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    await serving


async def test_an_unexpected_error_is_answered_and_the_connection_goes_on(failing: str) -> None:
    async with httpx.AsyncClient(base_url=failing, limits=httpx.Limits(max_connections=1)) as caller:
        answers = [await caller.get("/fails", headers={"X-Request-ID": f"abcdefgh-{n}"}) for n in range(3)]
    assert {answer.status_code for answer in answers} == {500}
    assert answers[0].headers["Content-Type"] == "application/problem+json"
    assert answers[0].headers["X-Request-ID"] == "abcdefgh-0"
    assert "abcdefgh-0" in answers[0].json()["detail"]
    assert "secret words" not in answers[0].text
    assert len({answer.extensions["network_stream"] for answer in answers}) == 1, "one connection carried them all"
