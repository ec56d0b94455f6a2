"""Keep out the addresses of people who were erased: an event that names one is stored without it."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from journeys.contacts.addresses import normalize_address
from journeys.db.json import to_json
from journeys.events.normalize import Incoming

NOTE = "The person with this address was erased; the address was not stored."

_ERASED = text("""
SELECT s.workspace_id, s.address
FROM jsonb_to_recordset(CAST(:emails AS jsonb)) AS x(workspace_id uuid, address text)
JOIN suppressions s ON s.workspace_id = x.workspace_id AND s.channel = 'email' AND s.address = x.address
WHERE s.reason = 'erased'
""")


async def drop_erased(session: AsyncSession, events: list[Incoming]) -> None:
    """Take erased addresses out of these events' traits and properties, with a note."""
    emails = {(event.workspace_id, email) for event in events if (email := event.traits.columns.get("email"))}
    if not emails:
        return
    wanted = to_json([{"workspace_id": workspace_id, "address": email} for workspace_id, email in emails])
    erased = {(workspace_id, address) for workspace_id, address in await session.execute(_ERASED, {"emails": wanted})}
    for event in events:
        email = event.traits.columns.get("email")
        if email and (event.workspace_id, email) in erased:
            _drop(event, email)


def _drop(event: Incoming, email: str) -> None:
    del event.traits.columns["email"]
    event.properties = {
        name: value
        for name, value in (event.properties or {}).items()
        if not (isinstance(value, str) and normalize_address(value) == email)
    }
    event.note(NOTE)
