"""Poison: events and other work that fails each time, contacts with odd values, journeys deleted while in use."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from journeys.contacts.importing import get_import, next_import, retry_import
from journeys.contacts.personal_data import erase_contact
from journeys.contacts.queries import get_contact
from journeys.db.ids import new_id
from journeys.db.json import to_json
from journeys.db.patience import LAST_ATTEMPT, put_off
from journeys.db.session import Database
from journeys.enrollments.bulk import take_bulk_job
from journeys.enrollments.intake import advance_intake, create_intake, retry_intakes, take_intake
from journeys.enrollments.moving import take_move
from journeys.enrollments.routing import Lease, put_off_first, route_window
from journeys.events import dead
from journeys.events.merge import merge_contacts
from journeys.nodes.ops import Hold
from journeys.segments.building import take_owed
from tests.conftest import make_workspace
from tests.factories.journeys import make_contacts, make_mail, node, publish_plan, send, trigger
from tests.fakes.engine import BareMailroom, Engine
from tests.fakes.provider import RecordingProvider
from tests.journeys.enrollments.test_routing import happen
from worker import bulk
from worker.bulk import attempt
from worker.leases import claim_partitions
from worker.resources import Resources

REASON = "this event is poison"


@pytest.fixture
async def lease(fresh_database: Database) -> Lease:
    async with fresh_database.engine() as session:
        return await claim_partitions(session, new_id())


async def poison(session: AsyncSession) -> None:
    """Let Postgres refuse what routing an event called Poison writes."""
    await session.execute(text("RESET ROLE"))
    await session.execute(
        text(f"""
            CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
            $$BEGIN IF NEW.name = 'Poison' THEN RAISE EXCEPTION '{REASON}'; END IF; RETURN NEW; END$$
        """)
    )
    await session.execute(
        text("CREATE TRIGGER refuse BEFORE INSERT ON contact_event_stats FOR EACH ROW EXECUTE FUNCTION refuse()")
    )


async def turn(database: Database, lease: Lease) -> bool:
    """Route one event, or put it off; return whether there was any."""
    try:
        async with database.engine() as session:
            return bool((await route_window(session, lease, 1)).taken)
    except Exception:
        async with database.engine() as session:
            return await put_off_first(session, lease, REASON) is not None


async def scalar(database: Database, sql: str) -> object:
    async with database.engine() as session:
        return await session.scalar(text(sql))


async def test_an_event_that_always_fails_stops_nobody_and_ends_visible_and_can_be_replayed(
    fresh_database: Database, lease: Lease
) -> None:
    workspace_id = await make_workspace(fresh_database)
    plan = await publish_plan(
        fresh_database, workspace_id, [trigger("pause"), node("pause", Hold(seconds=600), next=None)]
    )
    engine = Engine(fresh_database, plan, BareMailroom(fresh_database, RecordingProvider()))
    anna, ben = await make_contacts(fresh_database, workspace_id, 2)
    async with fresh_database.engine() as session:
        await poison(session)
    await happen(fresh_database, workspace_id, anna, "Poison")
    await happen(fresh_database, workspace_id, ben, "Signed Up")
    attempts = 0
    while await scalar(fresh_database, "SELECT 1 FROM event_queue WHERE name = 'Poison'"):
        while await turn(fresh_database, lease):
            pass
        attempts += 1
        assert attempts <= LAST_ATTEMPT
        assert await engine.states() == {"active": 1}, "others go on at once"
        later = await scalar(fresh_database, "SELECT extract(epoch FROM min(not_before) - now()) FROM event_queue")
        assert later is None or float(str(later)) > 29 * 2 ** (attempts - 1)
        await scalar(fresh_database, "UPDATE event_queue SET not_before = now() RETURNING 1")
    assert attempts == LAST_ATTEMPT

    async with fresh_database.engine() as session:
        [buried] = await dead.list_dead(session, workspace_id, 10)
        assert (buried.contact_id, buried.name, buried.error) == (anna, "Poison", REASON)
        await session.execute(text("RESET ROLE"))
        await session.execute(text("DROP TRIGGER refuse ON contact_event_stats"))
        assert await dead.replay(session, workspace_id) == 1
        assert await dead.list_dead(session, workspace_id, 10) == []
    assert await turn(fresh_database, lease)
    assert await scalar(fresh_database, "SELECT n FROM contact_event_stats WHERE name = 'Poison'") == 1


async def test_dead_events_follow_a_merge_and_go_with_an_erased_person(fresh_database: Database, lease: Lease) -> None:
    workspace_id = await make_workspace(fresh_database)
    visitor, anna = await make_contacts(fresh_database, workspace_id, 2)
    await happen(fresh_database, workspace_id, visitor, "Poison")
    async with fresh_database.engine() as session:
        for seq in list(await session.scalars(text("SELECT seq FROM event_queue"))):
            await dead.bury(session, seq, REASON)
        await merge_contacts(session, [(visitor, anna)])
        assert [each.contact_id for each in await dead.list_dead(session, workspace_id, 10)] == [anna]
    async with fresh_database.engine() as session:
        await erase_contact(session, await get_contact(session, workspace_id, anna), keep_out=False)
        assert await dead.list_dead(session, workspace_id, 10) == []


async def test_an_intake_that_always_fails_lets_the_next_go_and_is_given_up_with_its_reason(
    fresh_database: Database,
) -> None:
    workspace_id = await make_workspace(fresh_database)
    plan = await publish_plan(
        fresh_database, workspace_id, [trigger("pause"), node("pause", Hold(seconds=600), next=None)]
    )
    people = await make_contacts(fresh_database, workspace_id, 3)
    async with fresh_database.engine() as session:
        bad = await create_intake(session, plan, "start", contact_ids=people)
        good = await create_intake(session, plan, "start", contact_ids=people)
    assert await first_intake(fresh_database) == bad
    async with fresh_database.engine() as session:
        assert await put_off(session, "intakes", bad, REASON)
    assert await first_intake(fresh_database) == good
    async with fresh_database.engine() as session:
        intake = await take_intake(session)
        assert intake is not None
        assert await advance_intake(session, intake, 100) == 3
    for nth in range(2, LAST_ATTEMPT + 1):
        async with fresh_database.engine() as session:
            await session.execute(text("UPDATE intakes SET not_before = now() WHERE finished_at IS NULL"))
        assert await first_intake(fresh_database) == bad
        async with fresh_database.engine() as session:
            assert await put_off(session, "intakes", bad, REASON) == (nth < LAST_ATTEMPT)
    assert await first_intake(fresh_database) is None
    assert await scalar(fresh_database, "SELECT error FROM intakes WHERE error IS NOT NULL") == REASON
    async with fresh_database.engine() as session:
        assert await retry_intakes(session, workspace_id, plan.journey_id) == 1
    assert await first_intake(fresh_database) == bad


async def first_intake(database: Database) -> UUID | None:
    async with database.engine() as session:
        intake = await take_intake(session)
        return intake.id if intake else None


async def test_poison_contacts_fail_alone_with_a_reason(database: Database, workspace_id: UUID) -> None:
    """No address, a megabyte of attributes, odd letters, a name of a megabyte: everyone else gets the mail."""
    mail = await make_mail(database, workspace_id, "Hello {{ contact.first_name }} {{ contact.essay | size }}")
    plan = await publish_plan(
        database, workspace_id, [trigger("hello"), node("hello", send(mail), sent=None, skipped=None, failed=None)]
    )
    provider = RecordingProvider()
    engine = Engine(database, plan, BareMailroom(database, provider))
    people = await make_contacts(database, workspace_id, 5)
    odd = "\u202ea\U0001f469\u200d\U0001f680 \ud7ff\ufffe"
    async with database.engine() as session:
        change = text(
            "UPDATE contacts SET email = :email, first_name = :name, attributes = CAST(:essay AS jsonb) WHERE id = :id"
        )
        for each, email, name, essay in (
            (people[0], None, "Nobody", {}),
            (people[1], "person1@example.com", odd, {}),
            (people[2], "person2@example.com", "Long", {"essay": "x" * 1_000_000}),
            (people[3], "person3@example.com", "A" * 1_000_000, {}),
        ):
            await session.execute(change, {"id": each, "email": email, "name": name, "essay": to_json(essay)})
    assert await engine.run(await engine.enroll(people)) == []
    assert await engine.states() == {"completed": 5}
    assert await engine.messages() == {
        "sent": 3,
        "skipped: no_address": 1,
        "failed: render: output stream limit reached": 1,
    }
    assert {mail.to for mail in provider.mails} == {f"person{n}@example.com" for n in (1, 2, 4)}


PIECES = {
    "moves": """(id, workspace_id, journey_id, version_id, node_map, waits)
        VALUES (:id, :w, :id, :id, '{}', 'keep')""",
    "bulk_jobs": """(id, workspace_id, action, audience) VALUES (:id, :w, '{"type": "tag"}', '{}')""",
    "segments": """(id, workspace_id, name, rule) VALUES (:id, :w, 'poison', '{"no": "rule"}')""",
}


@pytest.mark.parametrize("table", PIECES)
async def test_work_that_always_fails_is_put_off_for_others_and_given_up_with_its_reason(
    fresh_database: Database, table: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "PAUSE_SECONDS", 0)
    takes = {"moves": take_move, "bulk_jobs": take_bulk_job, "segments": take_owed}
    resources = cast(Resources, SimpleNamespace(database=fresh_database))
    workspace_id = await make_workspace(fresh_database)
    bad, good = new_id(), new_id()
    async with fresh_database.engine() as session:
        for piece in (bad, good):
            statement = f"INSERT INTO {table} {PIECES[table]}".replace("poison", str(piece))
            await session.execute(text(statement), {"id": piece, "w": workspace_id})
    done = []

    async def advance(session: AsyncSession, work: Any) -> None:
        if work.id == bad:
            raise RuntimeError(REASON)
        done.append(work.id)
        over = "live = true" if table == "segments" else "finished_at = now()"
        await session.execute(text(f"UPDATE {table} SET {over} WHERE id = :id"), {"id": work.id})

    attempts = 0
    while await attempt(resources, table, takes[table], advance):
        attempts += 1
        assert attempts <= LAST_ATTEMPT + 1
        later = await scalar(fresh_database, f"SELECT not_before > now() FROM {table} WHERE id = '{bad}'")
        assert later in (True, None)
        if done:
            await scalar(fresh_database, f"UPDATE {table} SET not_before = now() WHERE id = '{bad}' RETURNING 1")
    assert (done, attempts) == ([good], LAST_ATTEMPT + 1)
    assert await scalar(fresh_database, f"SELECT error FROM {table} WHERE id = '{bad}'") == REASON


async def test_an_import_whose_process_ends_each_time_is_given_up_and_can_be_tried_again(
    fresh_database: Database, tmp_path: Path
) -> None:
    workspace_id = await make_workspace(fresh_database)
    upload = tmp_path / "people.upload"
    upload.write_text("email\n")
    import_id = new_id()
    values = {"id": import_id, "w": workspace_id, "path": str(upload)}
    async with fresh_database.engine() as session:
        await session.execute(
            text("""
                INSERT INTO import_jobs (id, workspace_id, filename, format, path) VALUES (:id, :w, 'f', 'csv', :path)
            """),
            values,
        )
    taken = 0
    while await took_import(fresh_database):
        taken += 1
        assert taken <= LAST_ATTEMPT + 1
        await scalar(
            fresh_database,
            "UPDATE import_jobs SET options = jsonb_build_object('lease_until', now() - interval '1 s') RETURNING 1",
        )
    assert taken == LAST_ATTEMPT + 1
    async with fresh_database.engine() as session:
        job = await get_import(session, workspace_id, import_id)
        assert (job.state, job.error) == ("failed", "its process ended each time")
        await retry_import(session, job)
    assert await took_import(fresh_database)


async def took_import(database: Database) -> bool:
    async with database.engine() as session:
        return await next_import(session) is not None
