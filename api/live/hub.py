"""The hub: one subscription to Redis per process, handed on to the sockets that follow each topic."""

import asyncio
import contextlib
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any, Self
from uuid import UUID

import orjson
import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from journeys.db.ids import new_id
from journeys.live.publish import CHANNEL, read_history

log = structlog.get_logger()

REFETCH = b'{"type":"refetch"}'
_MOST_WAITING = 200
_MOST_MENTIONS = 50
_RECONNECT_SECONDS = 1.0

Topic = tuple[UUID, str]


@dataclass(eq=False)
class Follower:
    """One socket: whose it is, what it follows, and what it has not been sent yet."""

    workspace_id: UUID
    name: str = ""
    id: str = field(default_factory=lambda: new_id().hex)
    topics: set[str] = field(default_factory=set)
    present: set[str] = field(default_factory=set)
    """The topics where it has said that it is there."""
    waiting: asyncio.Queue[bytes] = field(default_factory=asyncio.Queue)

    def tell(self, message: bytes) -> None:
        """Queue a message; one that falls too far behind is told to fetch everything again instead."""
        if self.waiting.qsize() >= _MOST_WAITING:
            while not self.waiting.empty():
                self.waiting.get_nowait()
            message = REFETCH
        self.waiting.put_nowait(message)

    def mention(self, message: bytes) -> None:
        """Queue a message that nobody misses: one that has fallen behind does without."""
        if self.waiting.qsize() < _MOST_MENTIONS:
            self.waiting.put_nowait(message)


class Hub:
    """Hands what is published on to the followers of this process."""

    def __init__(self, redis: Redis) -> None:
        self.redis = redis
        self._followers: dict[Topic, set[Follower]] = defaultdict(set)
        self._listening: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._listening = asyncio.create_task(self._listen_always())
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._listening is not None
        self._listening.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._listening

    def follow(self, follower: Follower, topics: set[str]) -> None:
        """Let a socket hear topics of its own workspace."""
        for topic in topics - follower.topics:
            self._followers[follower.workspace_id, topic].add(follower)
        follower.topics |= topics

    def leave(self, follower: Follower) -> None:
        """Forget a socket."""
        for topic in follower.topics:
            key = (follower.workspace_id, topic)
            self._followers[key].discard(follower)
            if not self._followers[key]:
                del self._followers[key]

    async def resume(self, follower: Follower, topic: str, seq: int) -> None:
        """Send what a topic said after `seq`, or, when that is not known any more, tell to fetch again."""
        try:
            history = await read_history(self.redis, follower.workspace_id, topic)
        except (RedisError, OSError):
            history = []
        missed = [message for message in history if _seq(message) > seq]
        if not history or _seq(history[0]) > seq + 1 or _seq(history[-1]) < seq:
            follower.tell(orjson.dumps({"topic": topic, "type": "refetch"}))
            return
        for message in missed:
            follower.tell(message)

    async def _listen_always(self) -> None:
        """Listen; after Redis was away, everyone fetches again, because nobody knows what was missed."""
        while True:
            try:
                await self._listen()
            except (RedisError, OSError) as error:
                log.warning("live.deaf", error=type(error).__name__)
                await asyncio.sleep(_RECONNECT_SECONDS)
                for follower in {each for followers in self._followers.values() for each in followers}:
                    follower.tell(REFETCH)

    async def _listen(self) -> None:
        async with self.redis.pubsub(ignore_subscribe_messages=True) as subscription:
            await subscription.psubscribe(f"{CHANNEL}*")
            while True:
                # No timeout of the socket: a quiet hour is no failure.
                heard = await subscription.get_message(timeout=None)
                if heard:
                    self._hand_on(UUID(heard["channel"].decode().removeprefix(CHANNEL)), heard["data"])

    def _hand_on(self, workspace_id: UUID, message: bytes) -> None:
        heard: Any = orjson.loads(message)
        speaker = heard["data"]["socket_id"] if heard["type"] == "presence" else None
        for follower in self._followers.get((workspace_id, heard["topic"]), ()):
            if speaker is None:
                follower.tell(message)
            elif follower.id != speaker:
                follower.mention(message)


def _seq(message: bytes) -> int:
    return int(orjson.loads(message)["seq"])
