"""Rows of the send ledger for tests of what comes after sending."""

from pathlib import Path
from uuid import UUID

from sqlalchemy import text

from journeys.connectors.base import Mail
from journeys.connectors.outbox.provider import OutboxProvider
from journeys.db.ids import new_id
from journeys.db.session import Database

_INSERT = text("""
    INSERT INTO messages (enrollment_id, node_id, visit, id, workspace_id, contact_id, template_version_id, category, topic,
        provider, to_address, state, sent_at)
    VALUES (:enrollment_id, 'mail', 1, :id, :workspace_id, :contact_id, :version_id, 'marketing', 'marketing',
        'outbox', :to, 'sent', now())
""")


async def add_message(
    database: Database, workspace_id: UUID, contact_id: str, version_id: str | None = None, to: str = "a@example.com"
) -> UUID:
    """Insert a mail that was sent; return its id."""
    message_id = new_id()
    async with database.engine() as session:
        await session.execute(
            _INSERT,
            {
                "enrollment_id": new_id(),
                "id": message_id,
                "workspace_id": workspace_id,
                "contact_id": contact_id,
                "version_id": version_id,
                "to": to,
            },
        )
    return message_id


async def write_mail(home: Path, workspace_id: UUID, message_id: UUID, subject: str = "Hello Ada") -> None:
    """Write a mail as the built-in outbox does."""
    mail = Mail(
        key=f"{message_id}:mail:1",
        workspace_id=workspace_id,
        message_id=message_id,
        sender="shop@example.com",
        sender_name="Shop",
        to="a@example.com",
        to_name="Ada",
        subject=subject,
        html="<p>Hello <b>Ada</b></p>",
        text="Hello Ada",
        headers={},
    )
    [outcome] = await OutboxProvider(home / "outbox").send([mail])
    assert outcome.state == "sent"
