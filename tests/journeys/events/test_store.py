"""Whose events these are: new contacts, claims, links, merges, and who wins over an address."""

import asyncio
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from journeys.db.ids import new_id
from journeys.db.session import Database
from journeys.events import merge
from journeys.events.erased import NOTE
from journeys.events.normalize import Incoming, Received, normalize
from journeys.events.record import NewEvent, record_events
from journeys.events.store import MERGED, store_events
from tests.conftest import make_workspace

Rows = list[dict[str, Any]]


def message(workspace_id: UUID, type_: str, **fields: Any) -> Incoming:
    return normalize({"type": type_, **fields}, Received(workspace_id, datetime.now(UTC)))


async def store(database: Database, workspace_id: UUID, *messages: dict[str, Any]) -> int:
    return await store_events(database, [message(workspace_id, **fields) for fields in messages])


async def rows(database: Database, statement: str, **parameters: Any) -> Rows:
    async with database.engine() as session:
        return [dict(row) for row in (await session.execute(text(statement), parameters)).mappings()]


async def contacts(database: Database, workspace_id: UUID) -> Rows:
    return await rows(database, "SELECT * FROM contacts WHERE workspace_id = :w ORDER BY id", w=workspace_id)


async def events(database: Database, workspace_id: UUID) -> Rows:
    return await rows(database, "SELECT * FROM events WHERE workspace_id = :w ORDER BY id", w=workspace_id)


def track(event: str = "Seen", **fields: Any) -> dict[str, Any]:
    return {"type_": "track", "event": event, **fields}


def identify(traits: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {"type_": "identify", "traits": traits, **fields}


async def test_a_new_user_becomes_one_contact_with_their_events(database: Database, workspace_id: UUID) -> None:
    await store(database, workspace_id, track(userId="u1"), track("Bought", userId="u1", properties={"total": 9}))
    await store(database, workspace_id, track("Left", userId="u1"))
    (contact,) = await contacts(database, workspace_id)
    stored = await events(database, workspace_id)
    assert contact["external_id"] == "u1"
    assert [(event["name"], event["contact_id"], event["value"]) for event in stored] == [
        ("Seen", contact["id"], None),
        ("Bought", contact["id"], 9.0),
        ("Left", contact["id"], None),
    ]


async def test_the_same_message_id_twice_counts_once(database: Database, workspace_id: UUID) -> None:
    again = track(userId="u1", messageId="m1")
    assert await store(database, workspace_id, again, again) == 1
    assert await store(database, workspace_id, again, track(userId="u1", messageId="m2")) == 1
    assert len(await events(database, workspace_id)) == 2
    assert len(await rows(database, "SELECT 1 FROM event_queue WHERE workspace_id = :w", w=workspace_id)) == 2


async def test_identify_sets_columns_and_merges_attributes(database: Database, workspace_id: UUID) -> None:
    first = {"email": " Ann@Example.com ", "firstName": "Ann", "plan": "pro", "old": 1, "address": {"country": "DE"}}
    second = {"timezone": "Europe/Berlin", "plan": "free", "old": None, "phone": 491}
    await store(database, workspace_id, identify(first, userId="u1"))
    await store(database, workspace_id, identify(second, userId="u1"))
    (contact,) = await contacts(database, workspace_id)
    assert (contact["email"], contact["first_name"], contact["country"]) == ("ann@example.com", "Ann", "DE")
    assert (contact["time_zone"], contact["phone"]) == ("Europe/Berlin", "491")
    assert contact["attributes"] == {"plan": "free", "address": {"country": "DE"}}


async def test_the_same_traits_again_change_nothing(database: Database, workspace_id: UUID) -> None:
    same = identify({"email": "a@example.com", "plan": "pro", "gone": None}, userId="u1")
    await store(database, workspace_id, same)
    (before,) = await contacts(database, workspace_id)
    await store(database, workspace_id, same)
    assert await contacts(database, workspace_id) == [before]


async def test_a_visitor_who_signs_up_keeps_contact_and_history(database: Database, workspace_id: UUID) -> None:
    await store(database, workspace_id, track(anonymousId="a1"))
    (visitor,) = await contacts(database, workspace_id)
    await store(database, workspace_id, identify({"email": "a@example.com"}, userId="u1", anonymousId="a1"))
    (contact,) = await contacts(database, workspace_id)
    assert (contact["id"], contact["external_id"], contact["email"]) == (visitor["id"], "u1", "a@example.com")


async def test_a_visitor_who_signs_in_is_merged_with_all_that_names_them(
    database: Database, workspace_id: UUID
) -> None:
    await store(database, workspace_id, identify({"email": "a@example.com", "plan": "pro"}, userId="u1"))
    await store(
        database, workspace_id, identify({"plan": "none", "seen": 1}, anonymousId="a1"), track(anonymousId="a1")
    )
    known, visitor = await contacts(database, workspace_id)
    async with database.engine() as session:
        await record_events(session, [NewEvent(workspace_id, visitor["id"], "Email Opened")])
        await session.execute(
            text("INSERT INTO contact_event_stats SELECT :v, 'Seen', :w, 3, NULL, now(), now()"),
            {"v": visitor["id"], "w": workspace_id},
        )
        await session.execute(
            text("INSERT INTO entries SELECT :j, unnest(ARRAY[:k, :v]), '', :w, now()"),
            {"j": new_id(), "k": known["id"], "v": visitor["id"], "w": workspace_id},
        )
    await store(database, workspace_id, track("Signed In", userId="u1", anonymousId="a1"))
    (contact,) = await contacts(database, workspace_id)
    assert (contact["id"], contact["attributes"]) == (known["id"], {"plan": "pro", "seen": 1})
    for table in ("events", "event_queue", "contact_event_stats", "entries", "identities"):
        owners = await rows(
            database, f"SELECT DISTINCT contact_id FROM {table} WHERE workspace_id = :w", w=workspace_id
        )
        assert owners == [{"contact_id": known["id"]}], table
    partitions = await rows(
        database, "SELECT DISTINCT partition FROM event_queue WHERE workspace_id = :w", w=workspace_id
    )
    assert partitions == [{"partition": known["id"].int % 16}]


async def test_a_merge_is_told_to_the_survivors_history_and_the_router(database: Database, workspace_id: UUID) -> None:
    await store(database, workspace_id, track(userId="u1"))
    await store(database, workspace_id, track(anonymousId="a1"))
    known, visitor = await contacts(database, workspace_id)
    await store(database, workspace_id, track("Signed In", userId="u1", anonymousId="a1"))
    queued = await rows(
        database,
        "SELECT name, contact_id, properties FROM event_queue WHERE workspace_id = :w ORDER BY seq",
        w=workspace_id,
    )
    assert [row["name"] for row in queued] == ["Seen", "Seen", MERGED, "Signed In"]
    assert queued[2]["properties"] == {"merged_contact_id": str(visitor["id"])}
    assert {row["contact_id"] for row in queued} == {known["id"]}


async def test_every_table_that_names_a_contact_is_part_of_a_merge(database: Database) -> None:
    named = await rows(
        database,
        "SELECT c.relname AS name FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid"
        " WHERE a.attname = 'contact_id' AND c.relkind IN ('r', 'p') AND NOT c.relispartition",
    )
    statements = " ".join(str(statement) for statement in merge.STATEMENTS)
    assert named
    for row in named:
        assert f" {row['name']} " in statements, row["name"]


async def test_two_visitors_merged_in_one_batch_both_leave_their_traits(database: Database, workspace_id: UUID) -> None:
    await store(database, workspace_id, track(userId="u1"))
    await store(database, workspace_id, identify({"a": 1}, anonymousId="a1"), identify({"b": 2}, anonymousId="a2"))
    await store(database, workspace_id, track(userId="u1", anonymousId="a1"), track(userId="u1", anonymousId="a2"))
    (contact,) = await contacts(database, workspace_id)
    assert contact["attributes"] == {"a": 1, "b": 2}


async def test_a_shared_device_follows_whoever_signed_in_last(database: Database, workspace_id: UUID) -> None:
    await store(database, workspace_id, track(userId="u1", anonymousId="a1"))
    await store(database, workspace_id, track(userId="u2", anonymousId="a1"))
    await store(database, workspace_id, track("Browsed", anonymousId="a1"))
    first, second = await contacts(database, workspace_id)
    assert (first["external_id"], second["external_id"]) == ("u1", "u2")
    assert (await events(database, workspace_id))[-1]["contact_id"] == second["id"]


async def test_an_address_of_somebody_else_stays_theirs_and_is_noted(database: Database, workspace_id: UUID) -> None:
    await store(database, workspace_id, identify({"email": "a@example.com"}, userId="u1"))
    await store(database, workspace_id, identify({"email": "A@example.com"}, userId="u2"))
    first, second = await contacts(database, workspace_id)
    assert (first["email"], second["email"]) == ("a@example.com", None)
    assert second["attributes"] == {"refused_email": "a@example.com"}
    note = "The address belongs to another contact; kept as the attribute refused_email."
    assert (await events(database, workspace_id))[-1]["context"] == {"notes": [note]}


async def test_a_user_takes_over_the_contact_from_a_list_with_their_address(
    database: Database, workspace_id: UUID
) -> None:
    imported = new_id()
    async with database.engine() as session:
        await session.execute(
            text("INSERT INTO contacts (id, workspace_id, email) VALUES (:id, :w, 'a@example.com')"),
            {"id": imported, "w": workspace_id},
        )
    await store(database, workspace_id, identify({"email": "a@example.com"}, userId="u1"))
    (contact,) = await contacts(database, workspace_id)
    assert (contact["id"], contact["external_id"]) == (imported, "u1")


async def test_an_erased_address_does_not_come_back(database: Database, workspace_id: UUID) -> None:
    async with database.engine() as session:
        await session.execute(
            text(
                "INSERT INTO suppressions (workspace_id, channel, address, reason, source)"
                " VALUES (:w, 'email', 'gone@example.com', 'erased', 'erasure')"
            ),
            {"w": workspace_id},
        )
    await store(database, workspace_id, identify({"email": "Gone@example.com", "plan": "pro"}, userId="u1"))
    (contact,) = await contacts(database, workspace_id)
    (event,) = await events(database, workspace_id)
    assert (contact["email"], contact["attributes"]) == (None, {"plan": "pro"})
    assert (event["properties"], event["context"]) == ({"plan": "pro"}, {"notes": [NOTE]})


async def test_an_alias_joins_an_anonymous_id_and_renames_a_user(database: Database, workspace_id: UUID) -> None:
    await store(database, workspace_id, track(anonymousId="a1"))
    await store(database, workspace_id, {"type_": "alias", "previousId": "a1", "userId": "u1"})
    await store(database, workspace_id, {"type_": "alias", "previousId": "u1", "userId": "u2"})
    await store(database, workspace_id, track("With the old id", userId="u1"))
    (contact,) = await contacts(database, workspace_id)
    assert contact["external_id"] == "u2"
    assert {event["contact_id"] for event in await events(database, workspace_id)} == {contact["id"]}


async def test_an_alias_of_two_known_users_is_noted_and_merges_nobody(database: Database, workspace_id: UUID) -> None:
    await store(database, workspace_id, track(userId="u1"), track(userId="u2"))
    await store(database, workspace_id, {"type_": "alias", "previousId": "u1", "userId": "u2"})
    assert len(await contacts(database, workspace_id)) == 2
    assert "not merged" in (await events(database, workspace_id))[-1]["context"]["notes"][0]


async def test_a_visitor_and_a_user_of_one_batch_are_one_contact(database: Database, workspace_id: UUID) -> None:
    await store(database, workspace_id, track(userId="u1"))
    await store(database, workspace_id, identify({"a": 1}, anonymousId="a1"), track(userId="u1", anonymousId="a1"))
    (contact,) = await contacts(database, workspace_id)
    assert contact["attributes"] == {"a": 1}
    assert {event["contact_id"] for event in await events(database, workspace_id)} == {contact["id"]}


async def test_batches_that_race_for_the_same_new_people_make_each_once(database: Database, workspace_id: UUID) -> None:
    def batch(n: int) -> list[Incoming]:
        people = [f"u{i}" for i in range(20)]
        sent = [identify({"email": f"{who}@example.com"}, userId=who, anonymousId=f"a-{who}-{n % 3}") for who in people]
        return [message(workspace_id, **fields) for fields in (sent if n % 2 else sent[::-1])]

    stored = await asyncio.gather(*(store_events(database, batch(n)) for n in range(8)))
    assert stored == [20] * 8
    found = await contacts(database, workspace_id)
    assert sorted(contact["email"] for contact in found) == sorted(f"u{i}@example.com" for i in range(20))
    assert len(await events(database, workspace_id)) == 160


async def test_workspaces_do_not_see_each_others_people(database: Database, workspace_id: UUID) -> None:
    other = await make_workspace(database)
    await store_events(
        database,
        [message(each, "track", userId="u1", event="E", messageId="m") for each in (workspace_id, other)],
    )
    assert len(await contacts(database, workspace_id)) == len(await contacts(database, other)) == 1
