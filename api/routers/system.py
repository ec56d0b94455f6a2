"""Whether this process is alive and ready, its metrics, and what the web app must know first."""

import asyncio
from collections.abc import Awaitable, Callable
from importlib.metadata import PackageNotFoundError, version
from typing import Literal

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import text

from api.deps import DatabaseDep, EngineSession, RedisDep, SettingsDep
from api.schemas.auth import Config
from api.schemas.base import Schema
from journeys.auth.links import needs_setup

router = APIRouter(tags=["system"])
_PATIENCE_SECONDS = 2.0


class Alive(Schema):
    """This process answers."""

    status: Literal["ok"] = "ok"


class Ready(Schema):
    """Whether each part that is needed answers."""

    ready: bool
    parts: dict[str, bool]


def product_version() -> str:
    """Return the version of the installed product."""
    try:
        return version("sojourn")
    except PackageNotFoundError:
        return "dev"


@router.get("/healthz")
async def read_health() -> Alive:
    """Say that the process runs."""
    return Alive()


@router.get("/readyz", responses={503: {"model": Ready}})
async def read_readiness(request: Request, response: Response, database: DatabaseDep, redis: RedisDep) -> Ready:
    """Say whether the store, Redis and Temporal answer."""

    async def ask_database() -> None:
        async with database.engine() as session:
            await session.execute(text("SELECT 1"))

    async def ask_redis() -> None:
        await redis.ping()

    checks: dict[str, Callable[[], Awaitable[None]]] = {
        "database": ask_database,
        "redis": ask_redis,
        "temporal": request.app.state.temporal.check,
    }
    answers = await asyncio.gather(*(_answers(check) for check in checks.values()))
    parts = dict(zip(checks, answers, strict=True))
    ready = all(parts.values())
    response.status_code = 200 if ready else 503
    return Ready(ready=ready, parts=parts)


async def _answers(check: Callable[[], Awaitable[None]]) -> bool:
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            await check()
    except Exception:  # whatever went wrong, the part does not answer
        return False
    return True


@router.get("/metrics", include_in_schema=False)
async def read_metrics() -> Response:
    """Return what Prometheus collects."""
    return Response(generate_latest(), headers={"Content-Type": CONTENT_TYPE_LATEST})


@router.get("/api/config")
async def read_config(session: EngineSession, settings: SettingsDep) -> Config:
    """Return how to sign in and where things are."""
    return Config(
        temporal_ui_url=settings.temporal_ui_url, version=product_version(), needs_setup=await needs_setup(session)
    )
