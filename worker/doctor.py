"""`sojourn doctor`: ask each part whether it works, and say what to do when it does not."""

import asyncio
import shutil
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from redis.asyncio import Redis
from sqlalchemy import Connection, create_engine, text
from temporalio.client import Client

from journeys.db.migrate import alembic_config
from journeys.db.session import async_url
from journeys.settings import Settings

SECONDS = 10.0
LOW_DISK_GIGABYTES = 2.0
START_HINT = "start it with `sojourn up`, or set its address"


class Trouble(RuntimeError):
    """A part that does not work, and what to do about it."""


@dataclass(frozen=True)
class Finding:
    """What was found out about one part."""

    part: str
    healthy: bool
    detail: str


async def examine(settings: Settings) -> list[Finding]:
    """Ask every part at once."""
    checks: dict[str, Callable[[Settings], Awaitable[str]]] = {
        "database": _database,
        "migrations": _migrations,
        "events": _events,
        "redis": _redis,
        "temporal": _temporal,
        "disk": _disk,
    }
    return await asyncio.gather(*(_find(part, check(settings)) for part, check in checks.items()))


async def _find(part: str, answer: Awaitable[str]) -> Finding:
    try:
        return Finding(part, True, await asyncio.wait_for(answer, SECONDS))
    except TimeoutError:
        return Finding(part, False, f"no answer within {SECONDS:.0f} s")
    except Exception as error:  # whatever a part says is the finding
        return Finding(part, False, f"{error}".splitlines()[0] if f"{error}" else type(error).__name__)


async def _database(settings: Settings) -> str:
    return await asyncio.to_thread(_ask_database, settings, _version)


async def _migrations(settings: Settings) -> str:
    return await asyncio.to_thread(_ask_database, settings, _revision)


async def _events(settings: Settings) -> str:
    return await asyncio.to_thread(_ask_database, settings, _stuck)


def _ask_database(settings: Settings, ask: Callable[[Connection], str]) -> str:
    if not settings.database_url:
        raise Trouble(f"no address known: {START_HINT} in DATABASE_URL")
    engine = create_engine(async_url(settings.database_url))
    try:
        with engine.connect() as connection:
            return ask(connection)
    finally:
        engine.dispose()


def _version(connection: Connection) -> str:
    return f"PostgreSQL {connection.scalar(text('SHOW server_version'))}"


def _revision(connection: Connection) -> str:
    newest = ScriptDirectory.from_config(alembic_config(str(connection.engine.url))).get_current_head()
    current = MigrationContext.configure(connection).get_current_revision()
    if current != newest:
        raise Trouble(f"at {current}, newest is {newest}: run `sojourn migrate`")
    return f"at {current}, the newest"


def _stuck(connection: Connection) -> str:
    """Name what was given up after several attempts."""
    dead = connection.scalar(text("SELECT count(*) FROM dead_events"))
    given_up = connection.scalar(
        text("SELECT count(*) FROM intakes WHERE finished_at IS NOT NULL AND error IS NOT NULL")
    )
    if dead:
        raise Trouble(f"{dead} could not be routed: see /api/dead-events, then POST /api/dead-events/replay")
    if given_up:
        raise Trouble(
            f"{given_up} intakes were given up: see /api/journeys/.../intakes, then POST /api/journeys/.../retry"
        )
    return "none was given up"


async def _redis(settings: Settings) -> str:
    if not settings.redis_url:
        raise Trouble(f"no address known: {START_HINT} in REDIS_URL")
    async with Redis.from_url(settings.redis_url) as client:
        information = await client.info("server")
        name = information.get("server_name", "redis")
        return f"{name} {information.get(f'{name}_version', information['redis_version'])}"


async def _temporal(settings: Settings) -> str:
    if not settings.temporal_address:
        raise Trouble(f"no address known: {START_HINT} in TEMPORAL_ADDRESS")
    key = settings.temporal_api_key.get_secret_value() if settings.temporal_api_key else None
    client = await Client.connect(
        settings.temporal_address, namespace=settings.temporal_namespace, api_key=key, tls=settings.temporal_tls
    )
    await client.service_client.check_health()
    running = await client.count_workflows('ExecutionStatus = "Running"')
    return f"namespace {settings.temporal_namespace}, {running.count} running"


async def _disk(settings: Settings) -> str:
    settings.home.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(settings.home).free / 1e9
    if free < LOW_DISK_GIGABYTES:
        raise Trouble(f"only {free:.1f} GB free for {settings.home.absolute()}")
    return f"{free:.0f} GB free for {settings.home.absolute()}"
