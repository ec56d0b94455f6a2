"""What a worker opens once and hands to its stages: database, mailroom, HTTP client, live updates, custom activities."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass, field
from http.cookiejar import DefaultCookiePolicy
from uuid import UUID

import httpx
from redis.asyncio import Redis

import journeys.tables  # noqa: F401  # every table, so that foreign keys find theirs
from journeys.connectors.outside import Reach
from journeys.contracts import StageOrder
from journeys.db.session import Database, Turn
from journeys.live.connect import open_redis
from journeys.live.publish import publish
from journeys.settings import Settings
from worker.activity_host import ActivityHost
from worker.mailroom import WorkspaceMailroom

PUBLISH_EVERY_SECONDS = 0.25


@dataclass
class LiveNotices:
    """Tells sockets which journeys changed, at most a few times a second each, however many stages are run."""

    redis: Redis
    _changed: dict[UUID, set[UUID]] = field(default_factory=dict)

    async def stage_done(self, order: StageOrder) -> None:
        """Note that a journey changed."""
        self.changed(order.workspace_id, order.journey_id)

    def changed(self, workspace_id: UUID, journey_id: UUID) -> None:
        """Note that a journey changed."""
        self._changed.setdefault(workspace_id, set()).add(journey_id)

    async def run(self) -> None:
        """Publish what changed, again and again."""
        while True:
            await asyncio.sleep(PUBLISH_EVERY_SECONDS)
            changed, self._changed = self._changed, {}
            for workspace_id, journey_ids in changed.items():
                for journey_id in journey_ids:
                    await publish(self.redis, workspace_id, f"journey:{journey_id}", "changed", {})


@dataclass
class Resources:
    """The open resources of a process."""

    settings: Settings
    database: Database
    mailroom: WorkspaceMailroom
    http: httpx.AsyncClient
    live: LiveNotices
    activities: ActivityHost


@asynccontextmanager
async def open_resources(
    settings: Settings,
    *,
    pool_size: int = 8,
    on_connect: Callable[[int], None] | None = None,
    turn: Turn = nullcontext,
) -> AsyncIterator[Resources]:
    """Open what a worker or router needs, and close it at the end; `on_connect` and `turn` are the database's."""
    if not settings.database_url or not settings.redis_url:
        raise RuntimeError("DATABASE_URL and REDIS_URL must be set; `sojourn up` sets them for its own servers.")
    database = Database(settings.database_url, pool_size=pool_size, ping=False, on_connect=on_connect, turn=turn)
    client = open_redis(settings.redis_url)
    # It looks things up while a stage holds a connection: from one pool, all of them could wait for a second one.
    lookups = Database(settings.database_url, pool_size=2, ping=False)
    mailroom = WorkspaceMailroom(settings, lookups, client)
    live = LiveNotices(client)
    activities = ActivityHost(settings)
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=50)
    outside = Reach.of(settings).transport(limits)
    plain = {"Accept-Encoding": "identity"}
    async with httpx.AsyncClient(transport=outside, headers=plain, follow_redirects=False, trust_env=False) as http:
        # One client serves all workspaces: what a server tells one of them to keep, another must not send.
        http.cookies.jar.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        notices = asyncio.create_task(live.run())
        try:
            yield Resources(settings, database, mailroom, http, live, activities)
        finally:
            await activities.close()
            notices.cancel()
            await mailroom.close()
            await client.aclose()
            await lookups.close()
            await database.close()
