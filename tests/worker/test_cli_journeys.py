"""Journeys and contacts from a terminal, on a real database."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from journeys.db.session import Database
from tests.factories.journeys import make_contacts
from worker.cli import app

WELCOME = Path(__file__).parents[2] / "examples" / "journeys" / "welcome-series.yaml"

Sojourn = Callable[..., Result]


@pytest.fixture
def sojourn(fresh_database_url: str, home: Path, monkeypatch: pytest.MonkeyPatch) -> Sojourn:
    """The command, on a database with one workspace."""
    monkeypatch.setenv("DATABASE_URL", fresh_database_url)
    monkeypatch.setenv("SOJOURN_HOME", str(home))

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(app, [*arguments])

    return run


async def call(sojourn: Sojourn, *arguments: str) -> Result:
    """Run a command beside the test's own event loop."""
    return await asyncio.to_thread(sojourn, *arguments)


async def test_a_file_is_checked_published_and_exported_again(sojourn: Sojourn, tmp_path: Path) -> None:
    assert (await call(sojourn, "key", "create", "--role", "owner")).stdout.startswith("sk_")
    assert "can be published" in (await call(sojourn, "journey", "validate", str(WELCOME))).stdout
    published = await call(sojourn, "journey", "publish", str(WELCOME))
    assert published.stdout.startswith("welcome-series version 1 ("), published.output
    exported = tmp_path / "again.yaml"
    exported.write_text((await call(sojourn, "journey", "export", "welcome-series")).stdout)
    assert (await call(sojourn, "journey", "publish", str(exported))).stdout == published.stdout


async def test_a_file_is_simulated_with_made_up_contacts(sojourn: Sojourn, tmp_path: Path) -> None:
    await call(sojourn, "key", "create", "--role", "owner")
    more = tmp_path / "request.yaml"
    more.write_text("assumptions: {mail: {open_rate: 1, click_rate: 0, unsubscribe_rate: 0, median_hours: 0.1}}")
    arguments = ("--made-up", "5", "--request", str(more), "--start-at", "2027-03-01T09:00:00")
    answer = await call(sojourn, "journey", "simulate", str(WELCOME), *arguments)
    assert answer.exit_code == 0, answer.output
    assert "5 contacts: 5 came in, 5 completed" in answer.stdout
    assert "Branch: Opened the welcome?: 5 in, opened 5" in answer.stdout


async def test_a_faulty_file_names_its_faults_and_fails(sojourn: Sojourn, tmp_path: Path) -> None:
    await call(sojourn, "key", "create", "--role", "owner")
    faulty = tmp_path / "faulty.yaml"
    faulty.write_text(
        "name: Faulty\nnodes:\n- {id: in, type: api_trigger}\n- {id: day, type: wait, data: {days: soon}}\n"
    )
    answer = await call(sojourn, "journey", "validate", str(faulty))
    assert answer.exit_code == 1
    assert "error: day: " in answer.stdout


async def test_where_tells_that_someone_is_in_no_journey(sojourn: Sojourn, fresh_database: Database) -> None:
    await call(sojourn, "key", "create", "--role", "owner")
    async with fresh_database.engine() as session:
        from sqlalchemy import text

        workspace_id = await session.scalar(text("SELECT id FROM workspaces"))
    await make_contacts(fresh_database, workspace_id, 1)
    assert (await call(sojourn, "where", "Person0@example.com")).stdout == "In no journey.\n"
    assert "person0@example.com" in (await call(sojourn, "contact", "show", "person0@example.com")).stdout
