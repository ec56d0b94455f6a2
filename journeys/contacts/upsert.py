"""Make or update contacts, a whole chunk in a few statements: the one way in for the API and for imports.

A row belongs to the contact with its external id, else to the one with its address. A row that would join two contacts,
or rename one that has another external id, is refused with the reason; the others go on.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from journeys.contacts.models import STANDARD_ATTRIBUTES
from journeys.contacts.rows import MOST_ATTRIBUTES, MOST_BYTES, ContactRow
from journeys.db.ids import new_id
from journeys.db.json import to_json
from journeys.errors import Conflict, InvalidInput
from journeys.events.queue import partition_sql

NO_KEY = "A contact needs an email address or an external_id."
TWO_CONTACTS = "The external_id belongs to one contact and the email address to another."
OTHER_ID = "The email address belongs to a contact with another external_id."
ERASED = "The person with this address was erased and does not come back."
TOO_MUCH = f"A contact has at most {MOST_ATTRIBUTES} attributes, of 1 MB together."
_ATTEMPTS = 3


class UpsertResult(NamedTuple):
    """What became of a row; `reason` is set when it was refused."""

    contact_id: UUID | None
    outcome: Literal["created", "updated", "refused"]
    reason: str | None = None


@dataclass(eq=False, slots=True)
class _Target:
    """A contact that rows of this chunk change; rows for the same one are laid over each other in order."""

    id: UUID
    external_id: str | None
    email: str | None
    is_new: bool
    columns: dict[str, str | None] = field(default_factory=dict)
    attributes: dict[str, Any] = field(default_factory=dict)
    add_tags: dict[str, None] = field(default_factory=dict)
    remove_tags: dict[str, None] = field(default_factory=dict)

    def take(self, row: ContactRow) -> None:
        """Lay a row over what is there."""
        self.columns.update(row.columns)
        self.attributes.update(row.attributes)
        for tag in row.add_tags:
            self.remove_tags.pop(tag, None)
            self.add_tags[tag] = None
        for tag in row.remove_tags:
            self.add_tags.pop(tag, None)
            self.remove_tags[tag] = None

    def as_row(self) -> dict[str, Any]:
        """Return what the statements below read."""
        return {
            "id": self.id,
            "columns": self.columns,
            "attributes": self.attributes,
            "add_tags": list(self.add_tags),
            "remove_tags": list(self.remove_tags),
        }


async def upsert_contacts(
    session: AsyncSession, workspace_id: UUID, rows: Sequence[ContactRow], *, dry_run: bool = False
) -> list[UpsertResult]:
    """Make or update one contact per row and owe the router a look at each; return the results in order."""
    for _ in range(_ATTEMPTS):
        chunk = _Chunk(session, workspace_id)
        results = await chunk.resolve(rows)
        if dry_run:
            return results
        try:
            async with session.begin_nested():
                await chunk.write()
        except IntegrityError:
            continue  # somebody else made one of these contacts meanwhile: look again
        return [chunk.checked(result) for result in results]
    raise Conflict("The same contacts are being changed elsewhere. Try again.")


async def change_contact(session: AsyncSession, workspace_id: UUID, contact_id: UUID, row: ContactRow) -> None:
    """Change one known contact, its ids included."""
    chunk = _Chunk(session, workspace_id)
    result = chunk.resolve_as(contact_id, row)
    try:
        async with session.begin_nested():
            await chunk.write()
    except IntegrityError:
        raise Conflict("Another contact has this email address or external_id.") from None
    if chunk.checked(result).outcome == "refused":
        raise InvalidInput(TOO_MUCH)


class _Chunk:
    """The rows of one call, and the contacts that they mean."""

    def __init__(self, session: AsyncSession, workspace_id: UUID) -> None:
        self.session, self.workspace_id = session, workspace_id
        self._by_external_id: dict[str, _Target] = {}
        self._by_email: dict[str, _Target] = {}
        self._changed: dict[UUID, _Target] = {}
        self._too_large: set[UUID] = set()

    async def resolve(self, rows: Sequence[ContactRow]) -> list[UpsertResult]:
        """Find whose each row is."""
        emails = sorted({row.email for row in rows if row.email})
        await self._load(emails, sorted({row.external_id for row in rows if row.external_id}))
        erased = await self._list_erased(emails)
        return [self._take(row, erased) for row in rows]

    def resolve_as(self, contact_id: UUID, row: ContactRow) -> UpsertResult:
        """Take a row as meant for this contact, whatever ids it carries."""
        target = _Target(contact_id, None, None, is_new=False)
        target.take(row)
        self._changed[contact_id] = target
        return UpsertResult(contact_id, "updated")

    async def _load(self, emails: list[str], external_ids: list[str]) -> None:
        found = await self.session.execute(
            _FIND, {"workspace_id": self.workspace_id, "emails": emails, "external_ids": external_ids}
        )
        for contact_id, external_id, email in found:
            target = _Target(contact_id, external_id, email, is_new=False)
            self._index(target)

    async def _list_erased(self, emails: list[str]) -> frozenset[str]:
        found = await self.session.scalars(_ERASED, {"workspace_id": self.workspace_id, "emails": emails})
        return frozenset(found)

    def _index(self, target: _Target) -> None:
        if target.external_id:
            self._by_external_id[target.external_id] = target
        if target.email:
            self._by_email[target.email] = target

    def _take(self, row: ContactRow, erased: frozenset[str]) -> UpsertResult:
        if not row.email and not row.external_id:
            return UpsertResult(None, "refused", NO_KEY)
        if row.email in erased:
            return UpsertResult(None, "refused", ERASED)
        named = self._by_external_id.get(row.external_id) if row.external_id else None
        addressed = self._by_email.get(row.email) if row.email else None
        if named and addressed and named is not addressed:
            return UpsertResult(None, "refused", TWO_CONTACTS)
        if not named and addressed and row.external_id and addressed.external_id:
            return UpsertResult(None, "refused", OTHER_ID)
        target = named or addressed
        outcome: Literal["created", "updated"] = "updated" if target else "created"
        target = target or _Target(new_id(), None, None, is_new=True)
        self._give(target, row)
        return UpsertResult(target.id, outcome)

    def _give(self, target: _Target, row: ContactRow) -> None:
        if row.email and target.email and row.email != target.email:
            self._by_email.pop(target.email, None)
        target.email = row.email or target.email
        target.external_id = row.external_id or target.external_id
        target.take(row)
        self._index(target)
        self._changed[target.id] = target

    async def write(self) -> None:
        """Insert the new contacts and change the known ones, in id order, and queue them all for the router."""
        if not self._changed:
            return
        in_order = sorted(self._changed.values(), key=lambda target: target.id)
        known = [target.as_row() for target in in_order if not target.is_new]
        new = [target.as_row() for target in in_order if target.is_new]
        if known:
            written = await self.session.scalars(_UPDATE, {"rows": to_json(known)})
            self._too_large = {row["id"] for row in known} - set(written)
        if new:
            await self.session.execute(_INSERT, {"workspace_id": self.workspace_id, "rows": to_json(new)})
        ids = [target.id for target in in_order if target.id not in self._too_large]
        await self.session.execute(_QUEUE, {"workspace_id": self.workspace_id, "ids": ids})

    def checked(self, result: UpsertResult) -> UpsertResult:
        """Return a result after the writing: a contact that would have grown too large was left as it was."""
        return UpsertResult(None, "refused", TOO_MUCH) if result.contact_id in self._too_large else result


# `FOR UPDATE` in id order: chunks that share contacts take turns instead of waiting for each other in a ring.
_FIND = text("""
    SELECT id, external_id, email FROM contacts
    WHERE workspace_id = :workspace_id
      AND (email = ANY(CAST(:emails AS text[])) OR external_id = ANY(CAST(:external_ids AS text[])))
    ORDER BY id FOR UPDATE
""")

_ERASED = text("""
    SELECT address FROM suppressions
    WHERE workspace_id = :workspace_id AND channel = 'email' AND reason = 'erased'
      AND address = ANY(CAST(:emails AS text[]))
""")

_ROWS = """jsonb_to_recordset(CAST(:rows AS jsonb))
    AS x(id uuid, columns jsonb, attributes jsonb, add_tags text[], remove_tags text[])"""

_INSERT = text(f"""
    INSERT INTO contacts (id, workspace_id, {", ".join(STANDARD_ATTRIBUTES)}, attributes, tags)
    SELECT x.id, :workspace_id, {", ".join(f"x.columns ->> '{name}'" for name in STANDARD_ATTRIBUTES)},
           jsonb_strip_nulls(x.attributes), x.add_tags
    FROM {_ROWS}
""")

_SET = ", ".join(
    f"{name} = CASE WHEN x.columns ? '{name}' THEN x.columns ->> '{name}' ELSE c.{name} END"
    for name in STANDARD_ATTRIBUTES
)

_UPDATE = text(f"""
    UPDATE contacts c SET {_SET}, updated_at = now(),
        attributes = CASE WHEN x.attributes = '{{}}' THEN c.attributes ELSE x.merged END,
        tags = CASE WHEN x.add_tags = '{{}}' AND x.remove_tags = '{{}}' THEN c.tags
               ELSE ARRAY(SELECT DISTINCT tag FROM unnest(c.tags || x.add_tags) AS tag
                          WHERE tag <> ALL (x.remove_tags) ORDER BY tag) END
    FROM (SELECT x.*, CASE WHEN x.attributes <> '{{}}' THEN jsonb_strip_nulls(k.attributes || x.attributes) END AS merged
          FROM {_ROWS} JOIN contacts k ON k.id = x.id) AS x
    WHERE c.id = x.id AND (x.merged IS NULL OR (octet_length(x.merged::text) <= {MOST_BYTES}
        AND (SELECT count(*) FROM jsonb_object_keys(x.merged)) <= {MOST_ATTRIBUTES}))
    RETURNING c.id
""")

# A queue row of type `profile` names no event: the router looks at the contact's segments again.
_QUEUE = text(f"""
    INSERT INTO event_queue (partition, event_id, workspace_id, contact_id, type, name, occurred_at)
    SELECT {partition_sql("id")}, gen_random_uuid(), :workspace_id, id, 'profile', '', now()
    FROM unnest(CAST(:ids AS uuid[])) AS id
""")
