"""A person's data: all of it handed over, or all of it taken away."""

from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from journeys.contacts.consent import suppress
from journeys.contacts.models import STANDARD_ATTRIBUTES, Contact
from journeys.errors import Conflict

ERASED = "erased"

_PARTS = {
    "identities": "SELECT kind, value FROM identities WHERE contact_id = :id",
    "consents": "SELECT channel, topic, state, source, at FROM consents WHERE contact_id = :id ORDER BY at",
    "suppressions": """SELECT s.channel, s.scope, s.reason, s.source, s.created_at FROM suppressions s
        JOIN contacts c ON c.workspace_id = s.workspace_id AND c.email = s.address WHERE c.id = :id""",
    "segments": """SELECT s.name, m.entered_at FROM segment_members m JOIN segments s ON s.id = m.segment_id
        WHERE m.contact_id = :id""",
    "scores": "SELECT model, value, updated_at FROM scores WHERE contact_id = :id",
    "score_changes": """SELECT model, at, before, after, reason FROM score_changes WHERE contact_id = :id ORDER BY seq""",
    "events": """SELECT id, type, name, occurred_at, received_at, value, message_id, journey_id, node_id, properties, context
        FROM events WHERE contact_id = :id ORDER BY occurred_at""",
    "enrollments": """SELECT id, journey_id, state, entered_at, ended_at, end_reason, goal_at, key, payload
        FROM enrollments WHERE contact_id = :id ORDER BY entered_at""",
    "steps": """SELECT s.enrollment_id, s.at, s.node_id, s.outlet, s.reason, s.detail
        FROM trace s JOIN enrollments e ON e.id = s.enrollment_id WHERE e.contact_id = :id ORDER BY s.at""",
    "messages": """SELECT id, journey_id, node_id, channel, category, topic, to_address, state, reason, queued_at, sent_at,
        opened_at, clicked_at FROM messages WHERE contact_id = :id ORDER BY queued_at""",
}

_FORGET = (
    "DELETE FROM identities WHERE contact_id = :id",
    "DELETE FROM consents WHERE contact_id = :id",
    "DELETE FROM segment_members WHERE contact_id = :id",
    "DELETE FROM contact_event_stats WHERE contact_id = :id",
    "DELETE FROM scores WHERE contact_id = :id",
    "DELETE FROM score_changes WHERE contact_id = :id",
    "DELETE FROM event_queue WHERE contact_id = :id",
    "DELETE FROM dead_events WHERE contact_id = :id",
    "DELETE FROM events WHERE contact_id = :id",
    "UPDATE enrollments SET payload = NULL, key = NULL, cause = split_part(cause, ':', 1) WHERE contact_id = :id",
    """UPDATE steps s SET detail = NULL FROM enrollments e
       WHERE s.enrollment_id = e.id AND e.contact_id = :id AND s.detail IS NOT NULL""",
    "UPDATE effects SET outcome = NULL WHERE contact_id = :id",
    "UPDATE entry_refusals SET detail = NULL WHERE contact_id = :id AND detail IS NOT NULL",
    "DELETE FROM entries WHERE contact_id = :id AND key <> ''",
    "DELETE FROM simulations WHERE strpos(CAST(result AS text), CAST(:id AS text)) > 0",
    "DELETE FROM idempotent_answers WHERE position(convert_to(CAST(:id AS text), 'UTF8') IN body) > 0",
    "UPDATE messages SET to_address = NULL, detail = NULL WHERE contact_id = :id",
)

_TAKE_FILES = (
    """WITH held AS (SELECT id, path FROM bulk_jobs
        WHERE workspace_id = :workspace_id AND path IS NOT NULL AND finished_at IS NOT NULL FOR UPDATE)
       UPDATE bulk_jobs j SET path = NULL FROM held WHERE j.id = held.id RETURNING held.path""",
    """WITH held AS (SELECT id, refused_path FROM import_jobs
        WHERE workspace_id = :workspace_id AND refused_path IS NOT NULL AND finished_at IS NOT NULL FOR UPDATE)
       UPDATE import_jobs j SET refused_path = NULL FROM held WHERE j.id = held.id RETURNING held.refused_path""",
)
_EXPORT_ANEW = """
    UPDATE bulk_jobs SET cursor = NULL, total = NULL, done = 0, written_bytes = 0
    WHERE workspace_id = :workspace_id AND finished_at IS NULL AND action ->> 'type' = 'export'
"""

_TOMBSTONE = f"""
    UPDATE contacts SET {", ".join(f"{name} = NULL" for name in STANDARD_ATTRIBUTES)}, tags = '{{}}', attributes = '{{}}',
        erased_at = now(), updated_at = now()
    WHERE id = :id
"""


async def export_contact(session: AsyncSession, contact: Contact) -> dict[str, Any]:
    """Return everything that is stored about a person, by kind."""
    own = {name: getattr(contact, name) for name in ("id", *STANDARD_ATTRIBUTES, "tags", "attributes", "created_at")}
    parts: dict[str, Any] = {"contact": own}
    for name, statement in _PARTS.items():
        rows = await session.execute(text(statement), {"id": contact.id})
        parts[name] = [dict(row) for row in rows.mappings()]
    return parts


async def take_files(session: AsyncSession, workspace_id: UUID) -> list[str]:
    """Let go of the files that a workspace's exports and imports have written, for they may hold anyone; return them.

    An export that is under way begins anew.
    """
    values = {"workspace_id": workspace_id}
    await session.execute(text(_EXPORT_ANEW), values)
    return [path for statement in _TAKE_FILES for path in await session.scalars(text(statement), values)]


async def erase_contact(session: AsyncSession, contact: Contact, *, keep_out: bool) -> None:
    """Forget a person; an empty row stays, so that what counts them still adds up.

    Their enrollments must have ended before. With `keep_out` the address alone is kept, so that it does not come back.
    """
    sending = "SELECT 1 FROM messages WHERE contact_id = :id AND state = 'sending' AND lease_until > now() LIMIT 1"
    if await session.scalar(text(sending), {"id": contact.id}):
        raise Conflict("A message to this person is just being sent. Try again in a minute.")
    if keep_out and contact.email:
        await suppress(session, contact.workspace_id, [contact.email], ERASED, "erasure")
    for statement in (*_FORGET, _TOMBSTONE):
        await session.execute(text(statement), {"id": contact.id})
