"""Sessions: one transaction each, either inside one workspace (row-level security) or for the engine itself."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from typing import Any, TypeAlias
from uuid import UUID

import orjson
from psycopg.types.json import set_json_dumps, set_json_loads
from sqlalchemy import event, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from journeys.db.id_lists import IdListDumper

set_json_dumps(lambda value: orjson.dumps(value, default=str))
set_json_loads(orjson.loads)

APP_ROLE = "sojourn_app"
ENGINE_ROLE = "sojourn_engine"

SESSION_OPTIONS = (
    "-c timezone=UTC -c plan_cache_mode=force_custom_plan -c idle_in_transaction_session_timeout=60000 -c jit=off"
)

Turn: TypeAlias = Callable[[], AbstractAsyncContextManager[None]]
"""What a transaction happens within."""


def async_url(database_url: str) -> str:
    """Return the URL with the driver that SQLAlchemy should use."""
    scheme, _, rest = database_url.partition("://")
    return f"postgresql+psycopg://{rest}" if scheme.startswith("postgres") else database_url


def _dumps(value: Any) -> str:
    return orjson.dumps(value, default=str).decode()


def make_engine(
    database_url: str,
    role: str,
    pool_size: int,
    statement_timeout_seconds: float,
    ping: bool,
    more_options: str = "",
    on_connect: Callable[[int], None] | None = None,
) -> AsyncEngine:
    """Return a pool of connections that have taken a role; `on_connect` is told the server's process of each."""
    options = f"{SESSION_OPTIONS} -c statement_timeout={int(statement_timeout_seconds * 1000)} {more_options}"
    engine = create_async_engine(
        async_url(database_url),
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=10,
        pool_pre_ping=ping,
        json_serializer=_dumps,
        json_deserializer=orjson.loads,
        connect_args={"options": options, "application_name": "sojourn"},
    )

    @event.listens_for(engine.sync_engine, "connect")
    def _take_role(connection: Any, _record: ConnectionPoolEntry) -> None:
        connection.execute(f"SET ROLE {role}")
        connection.commit()
        connection.driver_connection.adapters.register_dumper(list, IdListDumper)
        if on_connect is not None:
            on_connect(connection.driver_connection.info.backend_pid)

    return engine


class Database:
    """The connection pools of one process.

    With `ping` a connection is tried before each use, so that a restarted server is not noticed; without, for those who
    try again anyway, that round trip is saved and all dead connections are dropped at the first error. `turn` is what
    every transaction happens within, so that it may have to wait before it begins.
    """

    def __init__(
        self,
        database_url: str,
        *,
        pool_size: int = 8,
        statement_timeout_seconds: float = 30,
        ping: bool = True,
        on_connect: Callable[[int], None] | None = None,
        turn: Turn = nullcontext,
    ) -> None:
        self.url = database_url
        self._turn = turn
        self._app, self._engine = (
            make_engine(database_url, role, pool_size, statement_timeout_seconds, ping, on_connect=on_connect)
            for role in (APP_ROLE, ENGINE_ROLE)
        )

    @asynccontextmanager
    async def workspace(self, workspace_id: UUID) -> AsyncIterator[AsyncSession]:
        """Open a session that sees one workspace only; commit at the end, roll back on an error."""
        async with self._turn(), AsyncSession(self._app, expire_on_commit=False) as session, session.begin():
            await session.execute(text("SELECT set_config('app.workspace_id', :id, true)"), {"id": str(workspace_id)})
            yield session

    @asynccontextmanager
    async def engine(self) -> AsyncIterator[AsyncSession]:
        """Open a session that sees every workspace, for sign-in, ingest, the router and dispatches."""
        async with self._turn(), AsyncSession(self._engine, expire_on_commit=False) as session, session.begin():
            yield session

    @asynccontextmanager
    async def engine_connection(self) -> AsyncIterator[AsyncConnection]:
        """Open a bare connection in a transaction, for COPY and the bulk statements."""
        async with self._turn(), self._engine.begin() as connection:
            yield connection

    async def close(self) -> None:
        """Close both pools."""
        await self._app.dispose()
        await self._engine.dispose()
