"""What the process's requests share: opened at the start, closed at the end."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import structlog
from fastapi import FastAPI
from temporalio.client import Client

from api.live.hub import Hub
from journeys import temporal
from journeys.auth.secret_key import load_secret_key
from journeys.auth.throttle import Throttle
from journeys.db.session import Database
from journeys.errors import Unavailable
from journeys.events.ingest import IngestBatcher
from journeys.live.connect import open_redis
from journeys.messaging.links import TrackingTokens
from journeys.nodes.custom import install_activities
from journeys.settings import Settings


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Open what requests share; the last opened is closed first."""
    settings: Settings = app.state.settings
    if not settings.database_url or not settings.redis_url:
        raise Unavailable("DATABASE_URL and REDIS_URL are not set; `sojourn up` sets them.")
    _log_as_json()
    install_activities(settings.activities)
    async with AsyncExitStack() as stack:
        database = Database(settings.database_url)
        stack.push_async_callback(database.close)
        redis = open_redis(settings.redis_url)
        stack.push_async_callback(redis.aclose)
        app.state.database, app.state.redis = database, redis
        app.state.throttle = Throttle(redis)
        app.state.tokens = TrackingTokens(load_secret_key(settings))
        app.state.temporal = TemporalLink(settings)
        app.state.ingest = await stack.enter_async_context(IngestBatcher(database))
        app.state.hub = await stack.enter_async_context(Hub(redis))
        yield


class TemporalLink:
    """A Temporal client that connects when it is first needed: the app starts and serves without it."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = asyncio.Lock()
        self._client: Client | None = None

    async def check(self) -> None:
        """Make sure that Temporal answers."""
        async with self._lock:
            self._client = self._client or await temporal.connect(self._settings)
        await self._client.service_client.check_health()


def _log_as_json() -> None:
    """Write one JSON object a line, with the request's id."""
    processors: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        structlog.processors.JSONRenderer(),
    ]
    structlog.configure(processors=processors)
