"""A scratch copy of the schema: temporary tables of one connection, which nobody else sees and Postgres itself removes.

The connection has the application's role inside one workspace, and `public` is not on its search path: the engine's
own statements find the temporary tables or nothing, and what is copied in passes row-level security. `now()` is
found in the schema `simulation` before the built-in one, and tells the virtual clock.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from contextvars import ContextVar
from uuid import UUID

import psycopg
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from journeys.db.session import APP_ROLE, Database, make_engine
from journeys.events.models import ROUTER_PARTITIONS
from journeys.simulation.clock import VirtualClock

OPTIONS = "-c search_path=pg_temp,simulation,pg_catalog -c temp_buffers=64MB -c plan_cache_mode=force_generic_plan"
STATEMENT_SECONDS = 15.0
PREPARED = 2_000

LEFT_OUT = (
    "alembic_version", "api_keys", "audit_entries", "bulk_jobs", "contact_views", "events_seen",
    "idempotent_answers", "import_jobs", "memberships", "simulations", "user_sessions", "users", "write_keys",
)  # fmt: skip
"""Tables that no journey touches."""


class ScratchDatabase(Database):
    """A database whose sessions all share the one connection that has the temporary tables, one after the other."""

    def __init__(self, connection: AsyncConnection, workspace_id: UUID) -> None:
        self._connection, self.workspace_id = connection, workspace_id
        self._clock: VirtualClock | None = None
        self._alone = asyncio.Lock()
        self._session: ContextVar[AsyncSession | None] = ContextVar("session", default=None)

    async def begin(self, clock: VirtualClock) -> None:
        """Empty the tables and take on a clock, for the next simulation."""
        if self._clock is not None:
            await self._connection.execute(text(_EMPTY))
        self._clock = clock

    @asynccontextmanager
    async def workspace(self, workspace_id: UUID) -> AsyncIterator[AsyncSession]:
        """Open a session a moment later than the last; commit at the end, roll back on an error.

        Whoever opens another meanwhile, which in earnest takes a second connection, gets the same.
        """
        if (outer := self._session.get()) is not None:
            yield outer
            return
        assert self._clock is not None
        async with self._alone, AsyncSession(self._connection, expire_on_commit=False) as session, session.begin():
            await (await session.connection()).exec_driver_sql(_BEGIN.format(now=self._clock.tick().isoformat()))
            token = self._session.set(session)
            try:
                yield session
            finally:
                self._session.reset(token)

    @asynccontextmanager
    async def engine(self) -> AsyncIterator[AsyncSession]:
        """Open the same: there is one workspace only."""
        async with self.workspace(UUID(int=0)) as session:
            yield session

    async def close(self) -> None:
        """Do nothing: whoever opened the connection closes it."""


@asynccontextmanager
async def open_scratch(database_url: str, workspace_id: UUID) -> AsyncIterator[ScratchDatabase]:
    """Open a connection of its own with empty tables; they are gone when it is closed, or lost."""
    engine = make_engine(database_url, APP_ROLE, 1, STATEMENT_SECONDS, ping=False, more_options=OPTIONS)
    try:
        async with engine.connect() as connection:
            await connection.execution_options(isolation_level="AUTOCOMMIT")
            await _prepare_soon(connection)
            await connection.execute(_SET_WORKSPACE, {"id": str(workspace_id)})
            await connection.execute(text(_CREATE))
            await connection.execute(text(_LEASES))
            await connection.commit()
            yield ScratchDatabase(connection, workspace_id)
    finally:
        await engine.dispose()


async def _prepare_soon(connection: AsyncConnection) -> None:
    """Plan a statement once and for all when it comes a second time: the same few hundred come all the time."""
    driver = (await connection.get_raw_connection()).driver_connection
    assert isinstance(driver, psycopg.AsyncConnection)
    driver.prepare_threshold, driver.prepared_max = 1, PREPARED


_BEGIN = "BEGIN; SET LOCAL simulation.now = '{now}'"
"""One trip to the server in place of two; so the driver is told to begin nothing by itself."""
_SET_WORKSPACE = text("SELECT set_config('app.workspace_id', :id, false)")

_CREATE = f"""
    DO $$ DECLARE source record; BEGIN
      FOR source IN
        SELECT c.relname AS name FROM pg_class c
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
          AND has_table_privilege(c.oid, 'SELECT') AND c.relname NOT IN ({", ".join(f"'{name}'" for name in LEFT_OUT)})
      LOOP
        EXECUTE format('CREATE TEMPORARY TABLE %1$I (LIKE public.%1$I INCLUDING ALL)', source.name);
      END LOOP;
      EXECUTE 'CREATE TEMPORARY VIEW trace AS ' || replace(pg_get_viewdef('public.trace'::regclass), 'public.', 'pg_temp.');
      FOR source IN
        SELECT c.relname AS name, a.attname AS column_name FROM pg_attrdef d
        JOIN pg_class c ON c.oid = d.adrelid JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = d.adnum
        WHERE c.relnamespace = pg_my_temp_schema() AND pg_get_expr(d.adbin, c.oid) ~ '(now|clock_timestamp)\\(\\)$'
      LOOP
        EXECUTE format('ALTER TABLE pg_temp.%I ALTER %I SET DEFAULT simulation.now()', source.name, source.column_name);
      END LOOP;
      FOR source IN
        SELECT c.relname AS name, pg_get_triggerdef(t.oid) AS definition
        FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
        WHERE c.relnamespace = 'public'::regnamespace AND NOT t.tgisinternal AND t.tgname NOT LIKE 'announce%'
          AND to_regclass('pg_temp.' || quote_ident(c.relname)) IS NOT NULL
      LOOP
        EXECUTE replace(source.definition, format(' ON public.%I ', source.name), format(' ON pg_temp.%I ', source.name));
      END LOOP;
    END $$
"""
"""Copies of the tables and the trace, defaults on the virtual clock, and the triggers that let contacts in by an attribute."""

_EMPTY = """
    DO $$ DECLARE source record; BEGIN
      FOR source IN
        SELECT relname AS name FROM pg_class
        WHERE relnamespace = pg_my_temp_schema() AND relkind = 'r' AND relname <> 'router_leases'
      LOOP
        EXECUTE format('DELETE FROM pg_temp.%I', source.name);
      END LOOP;
    END $$
"""

# The application's role may not read who holds which lease; here one router holds all, for ever.
_LEASES = f"""
    CREATE TEMPORARY TABLE router_leases AS
    SELECT n::smallint AS partition, CAST('{UUID(int=0)}' AS uuid) AS owner, 1::bigint AS fence,
           CAST('infinity' AS timestamptz) AS expires_at
    FROM generate_series(0, {ROUTER_PARTITIONS - 1}) AS n
"""
