"""What contacts did, read for people: a contact's timeline, and the names and properties to choose from."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select, text, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from journeys.db.field_hints import FieldHint, list_field_hints
from journeys.events.models import Event

_RECENT = 1_000


async def list_timeline(
    session: AsyncSession,
    workspace_id: UUID,
    contact_id: UUID,
    limit: int,
    before: tuple[datetime, UUID] | None = None,
) -> list[Event]:
    """Return a contact's events, the newest first; `before` is the time and id of the last one already seen."""
    query = select(Event).where(Event.workspace_id == workspace_id, Event.contact_id == contact_id)
    if before:
        query = query.where(tuple_(Event.occurred_at, Event.id) < before)
    return list(await session.scalars(query.order_by(Event.occurred_at.desc(), Event.id.desc()).limit(limit)))


# Reads one index entry for each name, however many events there are: the next name is found from the one before.
_NAMES = text("""
WITH RECURSIVE names AS (
  (SELECT name FROM events WHERE workspace_id = :workspace_id AND name >= :prefix ORDER BY name LIMIT 1)
  UNION ALL
  SELECT (SELECT e.name FROM events e WHERE e.workspace_id = :workspace_id AND e.name > n.name ORDER BY e.name LIMIT 1)
  FROM names n WHERE n.name IS NOT NULL
)
SELECT name FROM names WHERE name IS NOT NULL AND starts_with(name, :prefix) LIMIT :limit
""")


async def list_event_names(session: AsyncSession, workspace_id: UUID, prefix: str = "", limit: int = 100) -> list[str]:
    """Return the names of events that were ever seen, in order."""
    names = await session.scalars(_NAMES, {"workspace_id": workspace_id, "prefix": prefix, "limit": limit})
    return list(names)


_DOCUMENTS = f"""
    SELECT properties AS document FROM events WHERE workspace_id = :workspace_id AND name = :name
    ORDER BY occurred_at DESC LIMIT {_RECENT}
"""


async def list_event_properties(session: AsyncSession, workspace_id: UUID, name: str) -> list[FieldHint]:
    """Return the properties of the newest events of a name, the most frequent first."""
    return await list_field_hints(session, _DOCUMENTS, {"workspace_id": workspace_id, "name": name})
