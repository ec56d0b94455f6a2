"""What open sockets hear, on a real server."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import httpx
import pytest
import uvicorn
from fastapi import FastAPI
from redis.asyncio import Redis
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from journeys.db.ids import new_id
from journeys.db.session import Database
from journeys.live.presence import Presence, tell_presence
from journeys.live.publish import HISTORY, publish
from tests.api.conftest import client_of, make_key

TOPIC = f"journey:{new_id()}"


@pytest.fixture
async def address(app: FastAPI) -> AsyncIterator[str]:
    """The app on a free port, for sockets."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, lifespan="off", log_level="error"))
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    yield f"127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    await serving


async def follow(client: httpx.AsyncClient, address: str, **said: Any) -> ClientConnection:
    """Open a socket and say something; an answer to an unknown position shows that it was heard."""
    ticket = (await client.post("/api/live/ticket")).json()["ticket"]
    socket = await connect(f"ws://{address}/ws?ticket={ticket}")
    await socket.send(json.dumps(said))
    await socket.send(json.dumps({"resume": {f"contact:{new_id()}": 1}}))
    if "resume" not in said:
        assert (await hear(socket))["type"] == "refetch"
    return socket


async def hear(socket: ClientConnection) -> dict[str, Any]:
    """Return the next message."""
    async with asyncio.timeout(5):
        message: dict[str, Any] = json.loads(await socket.recv())
    return message


async def test_a_follower_hears_its_topics_in_order(
    app: FastAPI, client: httpx.AsyncClient, owned: tuple[UUID, str], address: str
) -> None:
    socket = await follow(client, address, subscribe=[TOPIC])
    await publish(app.state.redis, owned[0], "dashboard", "changed")
    for n in range(3):
        await publish(app.state.redis, owned[0], TOPIC, "changed", {"n": n})
    heard = [await hear(socket) for _ in range(3)]
    assert [each["data"]["n"] for each in heard] == [0, 1, 2]
    assert heard[2]["seq"] == heard[0]["seq"] + 2
    await socket.close()


async def test_nobody_hears_another_workspace(
    app: FastAPI, client: httpx.AsyncClient, owned: tuple[UUID, str], database: Database, address: str
) -> None:
    other, key = await make_key(database)
    async with client_of(app, Authorization=f"Bearer {key}") as outsider:
        socket = await follow(outsider, address, subscribe=[TOPIC])
    await publish(app.state.redis, owned[0], TOPIC, "changed", "secret")
    await publish(app.state.redis, other, TOPIC, "changed", "mine")
    assert (await hear(socket))["data"] == "mine"
    await socket.close()


async def test_a_socket_that_was_away_hears_what_it_missed(
    app: FastAPI, client: httpx.AsyncClient, owned: tuple[UUID, str], address: str
) -> None:
    socket = await follow(client, address, subscribe=[TOPIC])
    await publish(app.state.redis, owned[0], TOPIC, "changed", 0)
    seq = (await hear(socket))["seq"]
    await socket.close()
    await publish(app.state.redis, owned[0], TOPIC, "changed", 1)
    again = await follow(client, address, resume={TOPIC: seq})
    assert await hear(again) == {"seq": seq + 1, "topic": TOPIC, "type": "changed", "data": 1}
    await again.close()


async def test_a_socket_that_was_away_too_long_fetches_again(
    app: FastAPI, client: httpx.AsyncClient, owned: tuple[UUID, str], address: str
) -> None:
    for n in range(HISTORY + 5):
        await publish(app.state.redis, owned[0], TOPIC, "changed", n)
    socket = await follow(client, address, resume={TOPIC: 1})
    assert await hear(socket) == {"topic": TOPIC, "type": "refetch"}
    await socket.close()


async def test_a_ticket_works_once(client: httpx.AsyncClient, address: str) -> None:
    ticket = (await client.post("/api/live/ticket")).json()["ticket"]
    async with connect(f"ws://{address}/ws?ticket={ticket}"):
        pass
    async with connect(f"ws://{address}/ws?ticket={ticket}") as socket:
        with pytest.raises(ConnectionClosed):
            await socket.recv()


async def test_topics_of_another_shape_are_refused(client: httpx.AsyncClient, address: str) -> None:
    ticket = (await client.post("/api/live/ticket")).json()["ticket"]
    async with connect(f"ws://{address}/ws?ticket={ticket}") as socket:
        await socket.send(json.dumps({"subscribe": ["live-ticket:x"]}))
        with pytest.raises(ConnectionClosed):
            await socket.recv()


async def test_those_at_the_same_canvas_see_each_other_come_point_and_go(
    client: httpx.AsyncClient, address: str
) -> None:
    ada = await follow(client, address, subscribe=[TOPIC])
    bob = await follow(client, address, subscribe=[TOPIC])
    await ada.send(json.dumps({"presence": {"topic": TOPIC, "selection": ["mail"], "cursor": {"x": 1.5, "y": 2}}}))
    heard = await hear(bob)
    who = heard["data"].pop("socket_id")
    assert heard == {
        "topic": TOPIC,
        "type": "presence",
        "data": {"name": "test", "selection": ["mail"], "cursor": {"x": 1.5, "y": 2.0}, "here": True},
    }
    await ada.close()
    gone = (await hear(bob))["data"]
    assert (gone["socket_id"], gone["here"]) == (who, False)
    await bob.close()


async def test_presence_stays_in_its_workspace_and_comes_back_to_nobody(
    app: FastAPI, client: httpx.AsyncClient, owned: tuple[UUID, str], database: Database, address: str
) -> None:
    other, key = await make_key(database)
    async with client_of(app, Authorization=f"Bearer {key}") as stranger:
        outside = await follow(stranger, address, subscribe=[TOPIC])
    inside = await follow(client, address, subscribe=[TOPIC])
    await inside.send(json.dumps({"presence": {"topic": TOPIC}}))
    await inside.send(json.dumps({"resume": {f"contact:{new_id()}": 1}}))
    assert (await hear(inside))["type"] == "refetch"
    await publish(app.state.redis, owned[0], TOPIC, "changed", "ours")
    await publish(app.state.redis, other, TOPIC, "changed", "theirs")
    assert (await hear(inside))["data"] == "ours"
    assert (await hear(outside))["data"] == "theirs"
    await inside.close()
    await outside.close()


async def test_nothing_fails_while_redis_is_away() -> None:
    redis = Redis(port=1)
    await publish(redis, new_id(), TOPIC, "changed")
    await tell_presence(redis, new_id(), TOPIC, Presence("s1", "Ada"))
    await redis.aclose()
