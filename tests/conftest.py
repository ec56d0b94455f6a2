"""Real servers for every test that needs them: started once a session, a fresh database or workspace for each test."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import settings
from sqlalchemy import create_engine, text

from journeys.db.ids import new_id
from journeys.db.migrate import upgrade
from journeys.db.session import Database, async_url
from worker.embedded.stack import EmbeddedStack

TEMPLATE = "sojourn_template"

settings.register_profile("steady", derandomize=True)
settings.load_profile("steady")
"""The same examples in every run of one version: `pytest --hypothesis-profile=default` looks for new ones."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the tests of a file, and of a folder that shares a running product, in one session of those side by side."""
    for item in items:
        if item.get_closest_marker("xdist_group") is None:
            folder = item.path.parent.name
            item.add_marker(pytest.mark.xdist_group(folder if folder == "features" else str(item.path)))


@pytest.fixture(autouse=True)
def _patient_simulations(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give simulations longer than a person would wait: the machine may be busy with other tests."""
    monkeypatch.setattr("journeys.simulation.simulate.LONGEST_SECONDS", 300.0)


@pytest.fixture(scope="session")
async def store(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[EmbeddedStack]:
    """Postgres and Valkey, started once."""
    async with EmbeddedStack(tmp_path_factory.mktemp("store"), parts={"postgres", "valkey"}, quick=True) as stack:
        _run(stack.database_url, f"CREATE DATABASE {TEMPLATE}")
        await asyncio.to_thread(upgrade, _url_of(stack.database_url, TEMPLATE))
        yield stack


@pytest.fixture(scope="session")
async def temporal_server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[EmbeddedStack]:
    """A Temporal dev server, started once."""
    async with EmbeddedStack(tmp_path_factory.mktemp("temporal"), parts={"temporal"}, quick=True) as stack:
        yield stack


@pytest.fixture(scope="session")
def redis_url(store: EmbeddedStack) -> str:
    """The session's Valkey."""
    return store.redis_url


@pytest.fixture
def fresh_database_url(store: EmbeddedStack) -> str:
    """A migrated database of this test's own, for what looks across workspaces (the router, dispatches, sign-in)."""
    name = f"t{new_id().hex}"
    # Copied by the system, and not block by block through the log, at half the cost.
    _run(store.database_url, f"CREATE DATABASE {name} TEMPLATE {TEMPLATE} STRATEGY FILE_COPY")
    return _url_of(store.database_url, name)


@pytest.fixture
async def fresh_database(fresh_database_url: str) -> AsyncIterator[Database]:
    """The pools of this test's own database."""
    database = Database(fresh_database_url)
    yield database
    await database.close()


@pytest.fixture(scope="session")
async def database(store: EmbeddedStack) -> AsyncIterator[Database]:
    """A migrated database shared by the session's tests; each works in a workspace of its own."""
    _run(store.database_url, f"CREATE DATABASE sojourn_shared TEMPLATE {TEMPLATE}")
    database = Database(_url_of(store.database_url, "sojourn_shared"))
    yield database
    await database.close()


async def make_workspace(database: Database, name: str = "Test") -> UUID:
    """Insert a workspace and return its id."""
    workspace_id = new_id()
    async with database.engine() as session:
        await session.execute(
            text("INSERT INTO workspaces (id, name, slug) VALUES (:id, :name, :slug)"),
            {"id": workspace_id, "name": name, "slug": workspace_id.hex},
        )
    return workspace_id


@pytest.fixture
async def workspace_id(database: Database) -> UUID:
    """A new workspace in the shared database."""
    return await make_workspace(database)


def _url_of(database_url: str, name: str) -> str:
    return f"{database_url.rpartition('/')[0]}/{name}"


def _run(database_url: str, statement: str) -> None:
    engine = create_engine(async_url(database_url), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home folder of this test's own."""
    return tmp_path / "home"
