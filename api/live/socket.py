"""The socket: `{"subscribe": [topics]}`, `{"resume": {topic: seq}}` and `{"presence": {...}}` in, messages out.

A message out is `{"topic", "seq", "type", "data"}`; those of the type `presence` have no `seq`.
"""

import asyncio
import re
from typing import Annotated

import structlog
from fastapi import APIRouter, WebSocket, WebSocketDisconnect
from pydantic import BaseModel, Field, StringConstraints, ValidationError

from api.deps import Reader, RedisDep
from api.live.hub import Follower, Hub
from api.schemas.base import Schema
from journeys.live.presence import Point, Presence, tell_presence
from journeys.live.tickets import Holder, issue_ticket, use_ticket

log = structlog.get_logger()
router = APIRouter(tags=["live"])

TOPIC = re.compile(r"dashboard|(journey|import|contact):[0-9a-f-]{36}")
Topic = Annotated[str, StringConstraints(pattern=rf"^({TOPIC.pattern})$")]
MOST_TOPICS = 100
LONGEST_SECONDS = 600
"""A socket is closed after ten minutes, and opened again by whoever is still signed in."""

TRY_AGAIN, NOT_ALLOWED, TOO_BAD = 1012, 4401, 4400


class Ticket(Schema):
    """What opens one socket, within a minute: `/ws?ticket=...`."""

    ticket: str


class Pointed(BaseModel):
    """Where somebody points on a canvas."""

    x: Annotated[float, Field(allow_inf_nan=False)]
    y: Annotated[float, Field(allow_inf_nan=False)]


class Present(BaseModel):
    """That somebody looks at a journey, what they have selected there and where they point."""

    topic: Annotated[str, StringConstraints(pattern=r"^journey:[0-9a-f-]{36}$")]
    selection: list[Annotated[str, StringConstraints(max_length=64)]] = Field(default_factory=list, max_length=20)
    cursor: Pointed | None = None
    here: bool = True


class Said(BaseModel):
    """What a client may say."""

    presence: Present | None = None
    subscribe: list[Topic] = Field(default_factory=list, max_length=MOST_TOPICS)
    resume: dict[Topic, int] = Field(default_factory=dict, max_length=MOST_TOPICS)


@router.post("/api/live/ticket")
async def create_live_ticket(reader: Reader, redis: RedisDep) -> Ticket:
    """Return a ticket to the live updates of the caller's workspace."""
    return Ticket(ticket=await issue_ticket(redis, Holder(reader.workspace_id, reader.name)))


@router.websocket("/ws")
async def follow_live(socket: WebSocket, ticket: str = "") -> None:
    """Send what happens in the ticket's workspace."""
    hub: Hub = socket.app.state.hub
    holder = await use_ticket(hub.redis, ticket)
    await socket.accept()
    if holder is None:
        await socket.close(NOT_ALLOWED, "This ticket is unknown, used or too old.")
        return
    follower = Follower(holder.workspace_id, holder.name)
    try:
        async with asyncio.timeout(LONGEST_SECONDS), asyncio.TaskGroup() as tasks:
            tasks.create_task(_send(socket, follower))
            tasks.create_task(_receive(socket, hub, follower))
    except* WebSocketDisconnect:
        pass
    except* ValidationError:
        await socket.close(TOO_BAD, "Topics are dashboard, journey:ID, import:ID and contact:ID.")
    except* TimeoutError:
        await socket.close(TRY_AGAIN)
    finally:
        hub.leave(follower)
        await _take_leave(hub, follower)


async def _send(socket: WebSocket, follower: Follower) -> None:
    while True:
        await socket.send_text((await follower.waiting.get()).decode())


async def _receive(socket: WebSocket, hub: Hub, follower: Follower) -> None:
    while True:
        said = Said.model_validate_json(await socket.receive_text())
        hub.follow(follower, {*said.subscribe, *said.resume} if len(follower.topics) < MOST_TOPICS else set())
        for topic, seq in said.resume.items():
            await hub.resume(follower, topic, seq)
        if said.presence and said.presence.topic in follower.topics:
            await _tell(hub, follower, said.presence)


async def _tell(hub: Hub, follower: Follower, said: Present) -> None:
    """Tell the others at a journey; whoever is there has said so, so that it can be taken back."""
    (follower.present.add if said.here else follower.present.discard)(said.topic)
    cursor = Point(said.cursor.x, said.cursor.y) if said.cursor else None
    presence = Presence(follower.id, follower.name, said.selection, cursor, said.here)
    await tell_presence(hub.redis, follower.workspace_id, said.topic, presence)


async def _take_leave(hub: Hub, follower: Follower) -> None:
    gone = Presence(follower.id, follower.name, here=False)
    for topic in follower.present:
        await tell_presence(hub.redis, follower.workspace_id, topic, gone)
