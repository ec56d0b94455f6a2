"""The statements that read and write who is who: set-based, one for all contacts of a batch."""

from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from journeys.db.json import to_json
from journeys.events.people import IdKey, Person

_LOCK_SPACE = 7_305_218
_COLUMNS = (
    "external_id", "email", "phone", "first_name", "last_name", "country", "city", "time_zone", "language", "lifecycle",
)  # fmt: skip


class Collision(Exception):
    """Someone else changed who is who at the same time: read it again, alone."""


_LOCK = text("""
SELECT CASE WHEN :alone THEN pg_advisory_xact_lock(:space, key) ELSE pg_advisory_xact_lock_shared(:space, key) END
FROM (SELECT DISTINCT hashtext(id::text) AS key FROM unnest(CAST(:ids AS uuid[])) AS id ORDER BY key) AS keys
""")


async def lock_identities(session: AsyncSession, workspace_ids: Collection[UUID], *, alone: bool) -> None:
    """Keep who is who in these workspaces from being merged under us, or, alone, keep every other batch out."""
    await session.execute(_LOCK, {"alone": alone, "space": _LOCK_SPACE, "ids": list(workspace_ids)})


# A contact's own userId comes last: it wins over an id that it had before.
_FIND = text("""
WITH wanted AS MATERIALIZED (
  SELECT * FROM jsonb_to_recordset(CAST(:ids AS jsonb)) AS x(workspace_id uuid, kind text, value text)
)
SELECT w.workspace_id, w.kind, w.value, c.id, c.external_id, c.email
FROM wanted w JOIN identities i USING (workspace_id, kind, value) JOIN contacts c ON c.id = i.contact_id
WHERE w.kind IN ('user', 'anonymous') AND c.erased_at IS NULL
UNION ALL
SELECT w.workspace_id, w.kind, w.value, c.id, c.external_id, c.email
FROM wanted w JOIN contacts c
  ON c.workspace_id = w.workspace_id AND c.external_id = w.value AND c.external_id IS NOT NULL
WHERE w.kind = 'user'
UNION ALL
SELECT w.workspace_id, w.kind, w.value, c.id, c.external_id, c.email
FROM wanted w JOIN contacts c ON c.workspace_id = w.workspace_id AND c.email = w.value AND c.email IS NOT NULL
WHERE w.kind = 'email'
""")


async def find_people(session: AsyncSession, ids: Iterable[IdKey]) -> dict[IdKey, Person]:
    """Return the contact that each id stands for; ids that nobody has are absent."""
    rows = await session.execute(_FIND, {"ids": to_json([key._asdict() for key in ids])})
    people: dict[UUID, Person] = {}
    found: dict[IdKey, Person] = {}
    for workspace_id, kind, value, contact_id, external_id, email in rows:
        person = people.get(contact_id) or Person(contact_id, workspace_id, external_id, email)
        found[IdKey(workspace_id, kind, value)] = people[contact_id] = person
    return found


_CREATE = text(f"""
INSERT INTO contacts (id, workspace_id, {", ".join(_COLUMNS)}, attributes)
SELECT id, workspace_id, {", ".join(f"columns->>'{column}'" for column in _COLUMNS)}, attributes - removed
FROM jsonb_to_recordset(CAST(:rows AS jsonb))
  AS x(id uuid, workspace_id uuid, columns jsonb, attributes jsonb, removed text[])
ORDER BY workspace_id, columns->>'external_id', id
ON CONFLICT DO NOTHING RETURNING id
""")

_CHANGE = text(f"""
WITH wanted AS MATERIALIZED (
  SELECT * FROM jsonb_to_recordset(CAST(:rows AS jsonb))
    AS x(id uuid, workspace_id uuid, columns jsonb, attributes jsonb, removed text[])
), locked AS MATERIALIZED (
  SELECT c.id FROM contacts c WHERE c.id IN (SELECT id FROM wanted) ORDER BY c.id FOR NO KEY UPDATE
)
UPDATE contacts c SET
  {", ".join(f"{c} = CASE WHEN w.columns ? '{c}' THEN w.columns->>'{c}' ELSE c.{c} END" for c in _COLUMNS)},
  attributes = (c.attributes || w.attributes) - w.removed,
  updated_at = clock_timestamp()
FROM wanted w JOIN locked USING (id)
WHERE c.id = w.id AND (:alone OR c.external_id IS NULL OR NOT w.columns ? 'external_id')
  AND ((c.attributes || w.attributes) - w.removed <> c.attributes
    OR NOT to_jsonb(c) @> w.columns)
RETURNING c.id
""")

# Alone, an id may be taken from the contact that it stood for.
_LINK = text("""
INSERT INTO identities (workspace_id, kind, value, contact_id)
SELECT * FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS x(workspace_id uuid, kind text, value text, contact_id uuid)
ORDER BY workspace_id, kind, value
ON CONFLICT (workspace_id, kind, value) DO UPDATE SET contact_id = excluded.contact_id WHERE :alone
RETURNING 1
""")


async def create_contacts(session: AsyncSession, people: list[Person]) -> None:
    """Insert contacts that are new, or raise Collision when one of their ids was taken meanwhile."""
    if people:
        made = await session.scalars(_CREATE, {"rows": to_json([_row(person) for person in people])})
        if len(made.all()) < len(people):
            raise Collision


async def change_contacts(session: AsyncSession, people: list[Person], *, alone: bool) -> None:
    """Write new values where they differ; only alone may a userId replace another."""
    if people:
        rows = to_json([_row(person) for person in people])
        changed = set(await session.scalars(_CHANGE, {"rows": rows, "alone": alone}))
        if any("external_id" in person.columns and person.id not in changed for person in people):
            raise Collision


async def link_ids(session: AsyncSession, links: dict[IdKey, Person], *, alone: bool) -> None:
    """Let ids stand for contacts; raise Collision when one stands for somebody already and we are not alone."""
    if links:
        rows = to_json([{**key._asdict(), "contact_id": person.survivor.id} for key, person in links.items()])
        linked = await session.scalars(_LINK, {"rows": rows, "alone": alone})
        if len(linked.all()) < len(links):
            raise Collision


def _row(person: Person) -> dict[str, Any]:
    return {
        "id": person.id,
        "workspace_id": person.workspace_id,
        "columns": person.columns,
        "attributes": {name: value for name, value in person.attributes.items() if value is not None},
        "removed": [name for name, value in person.attributes.items() if value is None],
    }
