"""The app in this process, on real Postgres and Valkey, and callers of it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from ipaddress import IPv6Address
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI

from api.main import create_app
from journeys.auth.keys import add_key
from journeys.auth.links import first_owner_link
from journeys.auth.roles import Role
from journeys.auth.workspaces import create_workspace
from journeys.db.ids import new_id
from journeys.db.session import Database
from journeys.settings import Settings
from tests.api.ingest_server import make_app, serve
from tests.factories.people import sign_in_as
from worker.embedded.stack import EmbeddedStack

PASSWORD = "correct horse battery"


def make_settings(database_url: str, redis_url: str, home: Path) -> Settings:
    """Return settings that name these servers."""
    variables: dict[str, Any] = {
        "SOJOURN_HOME": home,
        "SOJOURN_SECRET_KEY": "a secret of the tests",
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
    }
    return Settings(**variables, _env_file=None)


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[FastAPI]:
    """Run the app's lifespan around a test."""
    app = create_app(settings)
    async with app.router.lifespan_context(app):
        yield app


def client_of(app: FastAPI, **headers: str) -> httpx.AsyncClient:
    """Return a caller of the app with these headers, from a network address of its own."""
    address = str(IPv6Address(new_id().int))
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False, client=(address, 1))
    return httpx.AsyncClient(transport=transport, base_url="http://test", headers=headers)


async def make_key(database: Database, role: Role = "owner", name: str = "Shop") -> tuple[UUID, str]:
    """Make a workspace with its topic and outbox, and a key to it."""
    async with database.engine() as session:
        workspace = await create_workspace(session, name)
        _, secret = await add_key(session, workspace.id, "api", role, "test")
        return workspace.id, secret


@pytest.fixture(scope="session")
async def app(database: Database, redis_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[FastAPI]:
    """The app over the session's shared database."""
    async with running(make_settings(database.url, redis_url, tmp_path_factory.mktemp("home"))) as app:
        yield app


@pytest.fixture(scope="module")
async def address(database: Database) -> AsyncIterator[str]:
    """Where a server takes events."""
    async with serve(make_app(database.url)) as url:
        yield url


@pytest.fixture
async def write_key(database: Database, workspace_id: UUID) -> str:
    """A key that may send events to this test's workspace."""
    async with database.engine() as session:
        _, secret = await add_key(session, workspace_id, "write", None, "shop")
        return secret


@pytest.fixture
async def anonymous(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """A caller that is not signed in."""
    async with client_of(app) as client:
        yield client


@pytest.fixture
async def owned(database: Database) -> tuple[UUID, str]:
    """A workspace of this test's own, and an owner's key to it."""
    return await make_key(database)


@pytest.fixture
async def client(app: FastAPI, owned: tuple[UUID, str]) -> AsyncIterator[httpx.AsyncClient]:
    """A server that calls with an owner's key."""
    async with client_of(app, Authorization=f"Bearer {owned[1]}") as client:
        yield client


async def browser_of(app: FastAPI, workspace_id: UUID, name: str, role: Role = "marketer") -> httpx.AsyncClient:
    """Return the browser of a new person of a workspace."""
    return client_of(app, **await sign_in_as(app.state.database, workspace_id, name, role))


@pytest.fixture
async def fresh_app(fresh_database_url: str, store: EmbeddedStack, tmp_path: Path) -> AsyncIterator[FastAPI]:
    """The app over a database that nobody owns yet."""
    async with running(make_settings(fresh_database_url, store.redis_url, tmp_path)) as app:
        yield app


@pytest.fixture
async def browser(fresh_app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """A browser in which the first owner has just signed in; it sends its CSRF token."""
    link = await first_owner_link(fresh_app.state.database, "http://test")
    assert link
    async with client_of(fresh_app) as client:
        answer = await client.post("/api/auth/setup", json=setup_body(link))
        assert answer.status_code == 200, answer.text
        client.headers["X-CSRF-Token"] = answer.json()["csrf_token"]
        yield client


def setup_body(link: str) -> dict[str, str]:
    """Return what the first owner fills in."""
    return {
        "token": link.partition("token=")[2],
        "name": "Ada",
        "email": "Ada@Example.com",
        "password": PASSWORD,
        "workspace_name": "Fernweh Supply",
        "time_zone": "Europe/Berlin",
    }
