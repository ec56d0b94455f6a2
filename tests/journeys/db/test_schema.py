"""The migrated schema is what the models say, and every table of it is behind a policy."""

from datetime import UTC, datetime, timedelta

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, text
from sqlalchemy.exc import ProgrammingError

from journeys.db import timeseries
from journeys.db.ids import new_id
from journeys.db.session import Database, async_url
from journeys.tables import metadata
from tests.conftest import make_workspace


def test_the_migrations_make_what_the_models_say(fresh_database_url: str) -> None:
    engine = create_engine(async_url(fresh_database_url))
    with engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), metadata)
    engine.dispose()
    assert [each for each in differences if not _is_partition(each)] == []


def _is_partition(difference: object) -> bool:
    kind, item = difference[0], difference[1]  # type: ignore[index]
    table = getattr(item, "table", item)
    return str(kind).startswith("remove_") and "_p20" in str(table.name)


async def test_every_table_has_row_level_security(database: Database) -> None:
    async with database.engine() as session:
        bare = await session.scalars(
            text("""
                SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace
                  AND NOT relrowsecurity AND NOT relispartition AND relname <> 'alembic_version'
            """)
        )
        assert bare.all() == []


async def test_a_session_of_one_workspace_sees_and_writes_no_other(database: Database) -> None:
    mine, theirs = await make_workspace(database), await make_workspace(database)
    insert = text("INSERT INTO contacts (id, workspace_id) VALUES (:id, :workspace_id)")
    async with database.workspace(theirs) as session:
        await session.execute(insert, {"id": new_id(), "workspace_id": theirs})
    async with database.workspace(mine) as session:
        assert await session.scalar(text("SELECT count(*) FROM contacts")) == 0
        assert await session.scalar(text("SELECT count(*) FROM workspaces")) == 1
    with pytest.raises(ProgrammingError, match="row-level security"):
        async with database.workspace(mine) as session:
            await session.execute(insert, {"id": new_id(), "workspace_id": theirs})


def test_partitions_are_made_ahead_and_dropped_past_retention(fresh_database_url: str) -> None:
    later = datetime.now(UTC) + timedelta(days=500)
    engine = create_engine(async_url(fresh_database_url))
    with engine.begin() as connection:
        assert timeseries.maintain(connection) == []
        made = timeseries.maintain(connection, retain_days=400, now=later)
        assert any(f"{later + timedelta(days=7):%Y}" in name for name in made)
        oldest = connection.scalar(
            text("SELECT min(relname) FROM pg_class WHERE relname LIKE 'events_p%' AND relispartition")
        )
    engine.dispose()
    assert datetime.strptime(oldest, "events_p%Y%m%d").replace(tzinfo=UTC) > later - timedelta(days=420)
