"""Store a batch of incoming events in one transaction: each once, for the right contact, on disk when it returns."""

from typing import Any

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from journeys.db.json import to_json
from journeys.db.session import Database
from journeys.events.erased import drop_erased
from journeys.events.identities import (
    Collision,
    change_contacts,
    create_contacts,
    find_people,
    link_ids,
    lock_identities,
)
from journeys.events.merge import merge_contacts
from journeys.events.normalize import Incoming
from journeys.events.people import People, Person, ids_of
from journeys.events.record import NewEvent, record_events

MERGED = "Contacts Merged"
"""The event that a merge leaves with the survivor, who may now be in one journey twice."""

_TRIES_ALONE = 3
_INTEGRITY, _ROLLBACK = "23", "40"
"""Classes of SQLSTATE that mean someone else was faster: a unique key that is taken, a deadlock."""


async def store_events(database: Database, events: list[Incoming]) -> int:
    """Store those events that were not seen before and return how many those were.

    Batches go side by side; one that collides with another over who is who is repeated with the others shut out.
    """
    for attempt in range(_TRIES_ALONE + 1):
        try:
            async with database.engine() as session:
                return await _store(session, events, alone=attempt > 0)
        except Collision:
            if attempt == _TRIES_ALONE:
                raise
        except DBAPIError as error:
            if attempt == _TRIES_ALONE or _sqlstate(error)[:2] not in (_INTEGRITY, _ROLLBACK):
                raise
    raise AssertionError("unreachable")


def _sqlstate(error: DBAPIError) -> str:
    return getattr(error.orig, "sqlstate", None) or ""


async def _store(session: AsyncSession, events: list[Incoming], *, alone: bool) -> int:
    await lock_identities(session, {event.workspace_id for event in events}, alone=alone)
    fresh = await _claim(session, events)
    await drop_erased(session, fresh)
    people = People(await find_people(session, ids_of(fresh)))
    owned = [(event, people.person_of(event)) for event in fresh]
    await _save(session, people, alone=alone)
    await record_events(session, _merge_events(people) + [_to_new(event, person.survivor) for event, person in owned])
    return len(fresh)


_CLAIM = text("""
INSERT INTO events_seen (workspace_id, message_key)
SELECT * FROM jsonb_to_recordset(CAST(:keys AS jsonb)) AS x(workspace_id uuid, message_key text)
ORDER BY workspace_id, message_key
ON CONFLICT DO NOTHING RETURNING workspace_id, message_key
""")


async def _claim(session: AsyncSession, events: list[Incoming]) -> list[Incoming]:
    """Return the events whose message id this transaction is the first to store, and those that have none."""
    keyed: dict[tuple[Any, str], Incoming] = {}
    for event in events:
        if event.message_key is not None:
            keyed.setdefault((event.workspace_id, event.message_key), event)
    if keyed:
        keys = to_json([{"workspace_id": workspace_id, "message_key": key} for workspace_id, key in keyed])
        claimed = {(workspace_id, key) for workspace_id, key in await session.execute(_CLAIM, {"keys": keys})}
    first = {id(event) for key, event in keyed.items() if key in claimed}
    return [event for event in events if event.message_key is None or id(event) in first]


async def _save(session: AsyncSession, people: People, *, alone: bool) -> None:
    if people.merges and not alone:
        raise Collision
    await create_contacts(session, people.created())
    if people.merges:
        await merge_contacts(session, [(visitor.id, person.survivor.id) for visitor, person in people.merges])
    await change_contacts(session, people.changed(), alone=alone)
    await link_ids(session, people.links, alone=alone)


def _merge_events(people: People) -> list[NewEvent]:
    """Tell the survivors' history, and the router, who became part of whom."""
    return [
        NewEvent(
            workspace_id=person.workspace_id,
            contact_id=person.survivor.id,
            name=MERGED,
            type="merge",
            properties={"merged_contact_id": visitor.id},
        )
        for visitor, person in people.merges
    ]


def _to_new(event: Incoming, person: Person) -> NewEvent:
    return NewEvent(
        workspace_id=event.workspace_id,
        contact_id=person.id,
        name=event.name,
        type=event.type,
        occurred_at=event.occurred_at,
        properties=event.properties or None,
        context=event.context or None,
        value=event.value,
    )
