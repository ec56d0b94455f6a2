"""The Segment endpoints over real HTTP: what is taken, what is refused by name, and who may send."""

import asyncio
import gzip
import json
from base64 import b64encode
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text

from journeys.auth.keys import add_key, revoke_key
from journeys.db.session import Database
from journeys.events.write_keys import WriteKeys
from tests.api.plain_http import PlainClient

Rows = list[dict[str, Any]]


@pytest.fixture
async def client(address: str, write_key: str) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=address, auth=(write_key, "")) as client:
        yield client


async def stored(database: Database, workspace_id: UUID) -> Rows:
    async with database.engine() as session:
        found = await session.execute(
            text("SELECT * FROM events WHERE workspace_id = :w ORDER BY received_at, id"), {"w": workspace_id}
        )
        return [dict(row) for row in found.mappings()]


def track(**fields: Any) -> dict[str, Any]:
    return {"type": "track", "userId": "u1", "event": "Seen"} | fields


async def test_each_kind_of_message_has_its_own_address(
    client: httpx.AsyncClient, database: Database, workspace_id: UUID
) -> None:
    sent: dict[str, dict[str, Any]] = {
        "identify": {"traits": {"email": "ann@example.com"}},
        "track": {"event": "Order Completed", "properties": {"revenue": 12.5}},
        "page": {"name": "Home", "properties": {"url": "https://example.com"}},
        "screen": {"name": "Start"},
        "group": {"groupId": "g1", "traits": {"name": "Acme"}},
        "alias": {"previousId": "anon-1"},
    }
    for kind, body in sent.items():
        answer = await client.post(f"/v1/{kind}", json={"userId": "u1", **body})
        assert (answer.status_code, answer.json()) == (200, {"success": True}), kind
    events = await stored(database, workspace_id)
    assert [(event["type"], event["name"]) for event in events] == [
        ("identify", "Identified"),
        ("track", "Order Completed"),
        ("page", "Page Viewed"),
        ("screen", "Screen Viewed"),
        ("group", "Group Joined"),
        ("alias", "Aliased"),
    ]
    assert events[1]["value"] == 12.5
    assert events[2]["properties"] == {"name": "Home", "url": "https://example.com"}


async def test_a_batch_takes_the_good_and_names_the_refused(
    client: httpx.AsyncClient, database: Database, workspace_id: UUID
) -> None:
    batch = [track(), track(userId=None), track(event=7, messageId="m3"), "no object", track(timestamp="yesterday")]
    answer = await client.post("/v1/batch", json={"batch": batch})
    assert answer.status_code == 200
    assert answer.json()["success"] is True
    refused = answer.json()["refused"]
    assert [(each["index"], each["errors"][0]["pointer"]) for each in refused] == [
        (1, "/batch/1/userId"),
        (2, "/batch/2/event"),
        (3, "/batch/3"),
        (4, "/batch/4/timestamp"),
    ]
    assert refused[0]["reason"] == "A userId or an anonymousId is required"
    assert refused[1]["message_id"] == "m3"
    assert len(await stored(database, workspace_id)) == 1


async def test_a_batch_with_nothing_good_is_a_problem(client: httpx.AsyncClient) -> None:
    answer = await client.post("/v1/batch", json={"batch": [{"type": "track", "userId": "u"}, {"type": "dance"}]})
    assert answer.status_code == 400
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert [each["pointer"] for each in answer.json()["errors"]] == ["/batch/0/event", "/batch/1/type"]


@pytest.mark.parametrize(
    ("path", "body", "pointer"),
    [
        ("track", {"event": "Seen"}, "/userId"),
        ("track", {"userId": "u1"}, "/event"),
        ("track", {"userId": "u1", "event": ""}, "/event"),
        ("track", {"userId": "u1", "event": "x" * 300}, "/event"),
        ("track", {"userId": ["u1"], "event": "Seen"}, "/userId"),
        ("track", {"userId": "u1", "event": "Seen", "properties": []}, "/properties"),
        ("track", {"userId": "u1", "event": "Seen", "timestamp": 12}, "/timestamp"),
        ("identify", {"userId": "u1", "traits": "x"}, "/traits"),
        ("group", {"userId": "u1"}, "/groupId"),
        ("alias", {"userId": "u1"}, "/previousId"),
        ("batch", {"batch": {}}, "/batch"),
    ],
)
async def test_a_bad_field_is_named(client: httpx.AsyncClient, path: str, body: dict[str, Any], pointer: str) -> None:
    answer = await client.post(f"/v1/{path}", json=body)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["pointer"] == pointer


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"7", b"\xff\xfe", b"[" * 100_000])
async def test_a_body_that_is_no_object_is_refused(client: httpx.AsyncClient, body: bytes) -> None:
    answer = await client.post("/v1/track", content=body)
    assert answer.status_code == 400
    assert answer.json()["title"] == "Not readable"


async def test_a_body_of_two_megabytes_is_too_large(client: httpx.AsyncClient) -> None:
    batch = {"batch": [track(properties={"x": "y" * 20_000}) for _ in range(100)]}
    assert (await client.post("/v1/batch", json=batch)).status_code == 413

    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(32):
            yield b" " * 65_536

    assert (await client.post("/v1/batch", content=chunks())).status_code == 413


async def test_gzip_is_read_and_a_bomb_is_too_large(
    client: httpx.AsyncClient, database: Database, workspace_id: UUID
) -> None:
    headers = {"Content-Encoding": "gzip"}
    packed = gzip.compress(json.dumps(track()).encode())
    assert (await client.post("/v1/track", content=packed, headers=headers)).status_code == 200
    assert len(await stored(database, workspace_id)) == 1
    bomb = gzip.compress(b" " * 50_000_000)
    assert (await client.post("/v1/track", content=bomb, headers=headers)).status_code == 413
    for broken in (packed[:-9], b"plain"):
        assert (await client.post("/v1/track", content=broken, headers=headers)).status_code == 400


async def test_an_event_over_32_kb_is_refused_and_its_neighbour_taken(client: httpx.AsyncClient) -> None:
    answer = await client.post("/v1/batch", json={"batch": [track(), track(properties={"x": "y" * 40_000})]})
    assert answer.status_code == 200
    assert "the limit is 32,768" in answer.json()["refused"][0]["reason"]


async def test_what_postgres_cannot_store_is_mended_or_refused_alone(
    client: httpx.AsyncClient, database: Database, workspace_id: UUID
) -> None:
    deep = "[" * 300 + "]" * 300
    body = (
        '{"batch": ['
        '{"type": "track", "userId": "u\\u0000 1", "event": "Nul\\u0000", "properties": {"a\\u0000": "b\\u0000"}},'
        '{"type": "track", "userId": "u2", "event": "Half \\ud800", "properties": {"n": NaN, "i": Infinity}},'
        '{"type": "track", "userId": "u3", "event": "Large", "properties": {"n": 123456789012345678901234567890}},'
        f'{{"type": "track", "userId": "u4", "event": "Deep", "properties": {{"x": {deep}}}}}]}}'
    )
    answer = await client.post("/v1/batch", content=body)
    assert answer.status_code == 200
    assert [each["index"] for each in answer.json()["refused"]] == [3]
    names = {event["name"]: event["properties"] for event in await stored(database, workspace_id)}
    assert names == {
        "Nul": {"a": "b"},
        "Half \ufffd": {"n": None, "i": None},
        "Large": {"n": "123456789012345678901234567890"},
    }


async def test_a_clock_two_years_off_is_corrected_by_when_it_sent(
    client: httpx.AsyncClient, database: Database, workspace_id: UUID
) -> None:
    off = datetime.now(UTC) - timedelta(days=730)
    body = track(timestamp=(off - timedelta(hours=1)).isoformat(), sentAt=off.isoformat())
    assert (await client.post("/v1/track", json=body)).status_code == 200
    (event,) = await stored(database, workspace_id)
    assert abs(event["received_at"] - event["occurred_at"] - timedelta(hours=1)) < timedelta(seconds=5)
    assert event["context"] is None


@pytest.mark.parametrize("days", [-730, 730])
async def test_a_time_that_cannot_be_believed_is_replaced_and_kept_beside(
    client: httpx.AsyncClient, database: Database, workspace_id: UUID, days: int
) -> None:
    stated = datetime.now(UTC) + timedelta(days=days)
    assert (await client.post("/v1/track", json=track(timestamp=stated.isoformat()))).status_code == 200
    (event,) = await stored(database, workspace_id)
    assert abs(event["received_at"] - event["occurred_at"]) < timedelta(seconds=5)
    assert event["context"]["original_timestamp"] == stated.isoformat()
    assert "stored at the time it was received" in event["context"]["notes"][0]


async def test_the_same_message_twice_counts_once(
    client: httpx.AsyncClient, database: Database, workspace_id: UUID
) -> None:
    answers = await asyncio.gather(*(client.post("/v1/track", json=track(messageId="same")) for _ in range(20)))
    assert {answer.status_code for answer in answers} == {200}
    assert len(await stored(database, workspace_id)) == 1


async def test_a_thousand_events_at_once_are_all_on_disk_when_acknowledged(
    address: str, write_key: str, database: Database, workspace_id: UUID
) -> None:
    async def send(n: int) -> int:
        body = track(userId=f"u{n % 250}", event=f"E{n}", messageId=f"m{n}")
        async with PlainClient(address, write_key) as client:
            return await client.post("/v1/track", json.dumps(body).encode())

    assert set(await asyncio.gather(*(send(n) for n in range(1_000)))) == {200}
    events = await stored(database, workspace_id)
    assert {event["name"] for event in events} == {f"E{n}" for n in range(1_000)}
    assert len({event["contact_id"] for event in events}) == 250


async def test_the_key_may_come_three_ways(address: str, write_key: str) -> None:
    basic = "Basic " + b64encode(f"{write_key}:".encode()).decode()
    async with httpx.AsyncClient(base_url=address) as nobody:
        for headers, extra in (
            ({"Authorization": basic}, {}),
            ({"Authorization": f"Bearer {write_key}"}, {}),
            ({"Content-Type": "text/plain"}, {"writeKey": write_key}),
        ):
            answer = await nobody.post("/v1/t", content=json.dumps(track(**extra)), headers=headers)
            assert answer.status_code == 200, headers


async def test_without_a_known_write_key_nothing_is_taken(address: str, database: Database, workspace_id: UUID) -> None:
    async with database.engine() as session:
        _, api_key = await add_key(session, workspace_id, "api", "owner", "server")
    async with httpx.AsyncClient(base_url=address) as nobody:
        for authorization in ("", "Basic !!", "Basic d2tfbm9uZTo=", "Bearer wk_none", f"Bearer {api_key}", "Digest x"):
            headers = {"Authorization": authorization} if authorization else {}
            answer = await nobody.post("/v1/track", json=track(), headers=headers)
            assert answer.status_code == 401, authorization
    assert await stored(database, workspace_id) == []


async def test_a_revoked_key_stops_when_it_is_asked_for_again(database: Database, workspace_id: UUID) -> None:
    async with database.engine() as session:
        key, secret = await add_key(session, workspace_id, "write", None, "shop")
    remembering, asking = WriteKeys(database), WriteKeys(database, remember_seconds=0)
    assert await remembering.workspace_of(secret) == await asking.workspace_of(secret) == workspace_id
    async with database.engine() as session:
        await revoke_key(session, workspace_id, key.id)
    assert await remembering.workspace_of(secret) == workspace_id
    with pytest.raises(Exception, match="revoked"):
        await asking.workspace_of(secret)


async def test_pages_of_other_sites_may_send_and_read_errors(client: httpx.AsyncClient) -> None:
    asked = await client.options("/v1/track", headers={"Origin": "https://shop.example"})
    assert asked.status_code == 204
    assert "Authorization" in asked.headers["Access-Control-Allow-Headers"]
    for body in (track(), {}):
        answer = await client.post("/v1/track", json=body)
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
