"""A test mail from a terminal lands in the outbox, and says what went wrong where it does not."""

import asyncio
from pathlib import Path
from uuid import UUID

from sqlalchemy import text

from journeys.db.session import Database
from journeys.messaging.compose import TemplateSource
from journeys.messaging.templates import create_template
from tests.factories.journeys import make_contacts
from tests.worker.test_cli_journeys import Sojourn, call, sojourn  # noqa: F401


async def make_template(database: Database) -> UUID:
    """Make a template in the first workspace; return the workspace."""
    async with database.engine() as session:
        workspace_id: UUID = (await session.execute(text("SELECT id FROM workspaces"))).scalar_one()
        source = TemplateSource(subject="Hello {{ contact.first_name }}", html="<p>Hi</p>")
        await create_template(session, workspace_id, "Hello", "hello", source, "test")
    return workspace_id


def subjects(home: Path) -> list[str]:
    """Return the subject lines of the outbox."""
    lines = [line for mail in home.rglob("*.eml") for line in mail.read_text().splitlines()]
    return [line for line in lines if line.startswith("Subject:")]


async def test_a_template_is_sent_once_as_a_contact_would_get_it(
    sojourn: Sojourn,  # noqa: F811
    fresh_database: Database,
    home: Path,
) -> None:
    await call(sojourn, "key", "create", "--role", "owner")
    workspace_id = await make_template(fresh_database)
    await make_contacts(fresh_database, workspace_id, 1)
    sent = await call(sojourn, "send-test", "hello", "me@example.com", "--contact", "person0@example.com")
    assert sent.exit_code == 0, sent.output
    assert await asyncio.to_thread(subjects, home) == ["Subject: Hello P0"]
    async with fresh_database.engine() as session:
        assert (await session.scalars(text("SELECT to_address FROM messages"))).all() == ["me@example.com"]


async def test_what_is_not_there_is_named(sojourn: Sojourn, fresh_database: Database) -> None:  # noqa: F811
    await call(sojourn, "key", "create", "--role", "owner")
    missing = await call(sojourn, "send-test", "nothing", "me@example.com")
    assert missing.exit_code != 0
    assert "nothing called nothing among the templates" in str(missing.exception)
