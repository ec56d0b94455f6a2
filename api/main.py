"""The app: routers, errors and middleware put together, and the connections that live as long as it does."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import structlog
from fastapi import FastAPI
from fastapi.openapi.docs import get_swagger_ui_html
from redis.asyncio import Redis
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import HTMLResponse

from api.errors import add_error_handlers
from api.middleware import Surroundings
from api.routers import ROUTERS
from api.routers.system import product_version
from api.schemas.base import Problem
from api.web import WebApp
from journeys.auth.secret_key import load_secret_key
from journeys.auth.throttle import Throttle
from journeys.db.session import Database
from journeys.errors import Unavailable
from journeys.messaging.links import TrackingTokens
from journeys.settings import Settings, get_settings

BODY_LIMIT = 1_000_000
_PROBLEM = {"model": Problem, "content": {"application/problem+json": {}}}
_DOCS_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' https://cdn.jsdelivr.net;"
    " style-src 'self' 'unsafe-inline' https://cdn.jsdelivr.net; img-src 'self' data: https://fastapi.tiangolo.com"
)


def create_app(settings: Settings | None = None) -> FastAPI:
    """Return the app; it connects when it starts."""
    settings = settings or get_settings()
    app = FastAPI(
        title="Sojourn",
        version=product_version(),
        lifespan=_lifespan,
        docs_url=None,
        redoc_url=None,
        max_body_size=BODY_LIMIT,
        generate_unique_id_function=lambda route: route.name,
        responses={"4XX": _PROBLEM},
        swagger_ui_oauth2_redirect_url=None,
    )
    app.state.settings = settings
    app.add_middleware(GZipMiddleware, minimum_size=1_000, compresslevel=5)
    app.add_middleware(Surroundings)
    add_error_handlers(app)
    for router in ROUTERS:
        app.include_router(router)
    app.add_api_route("/docs", _docs, include_in_schema=False)
    app.mount("/", WebApp(), name="web")
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Open what requests share, and close it at the end."""
    settings: Settings = app.state.settings
    if not settings.database_url or not settings.redis_url:
        raise Unavailable("DATABASE_URL and REDIS_URL are not set; `sojourn up` sets them.")
    _log_as_json()
    database = Database(settings.database_url)
    redis = Redis.from_url(settings.redis_url, socket_timeout=5, socket_connect_timeout=2)
    app.state.database, app.state.redis = database, redis
    app.state.throttle = Throttle(redis)
    app.state.tokens = TrackingTokens(load_secret_key(settings))
    app.state.ask_temporal = _no_temporal
    try:
        yield
    finally:
        await redis.aclose()
        await database.close()


async def _no_temporal() -> None:
    raise Unavailable("Temporal is not connected.")


async def _docs() -> HTMLResponse:
    """Show the API's description."""
    page = get_swagger_ui_html(openapi_url="/openapi.json", title="Sojourn API")
    page.headers["Content-Security-Policy"] = _DOCS_POLICY
    return page


def _log_as_json() -> None:
    """Write one JSON object a line, with the request's id."""
    processors: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        structlog.processors.JSONRenderer(),
    ]
    structlog.configure(processors=processors, cache_logger_on_first_use=True)
