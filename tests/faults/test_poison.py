"""Poison: events and intakes that fail each time, contacts with odd values, journeys deleted while in use."""

from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from journeys.contacts.personal_data import erase_contact
from journeys.contacts.queries import get_contact
from journeys.db.ids import new_id
from journeys.db.json import to_json
from journeys.db.session import Database
from journeys.enrollments.intake import advance_intake, create_intake, put_off_intake, retry_intakes, take_intake
from journeys.enrollments.patience import LAST_ATTEMPT
from journeys.enrollments.routing import Lease, put_off_first, route_window
from journeys.events import dead
from journeys.events.merge import merge_contacts
from journeys.nodes.ops import Hold
from tests.conftest import make_workspace
from tests.factories.journeys import make_contacts, make_mail, node, publish_plan, send, trigger
from tests.fakes.engine import BareMailroom, Engine
from tests.fakes.provider import RecordingProvider
from tests.journeys.enrollments.test_routing import happen
from worker.leases import claim_partitions

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
        assert await put_off_intake(session, bad, REASON)
    assert await first_intake(fresh_database) == good
    async with fresh_database.engine() as session:
        intake = await take_intake(session)
        assert intake is not None
        assert await advance_intake(session, intake, 100) == 3
    for attempt in range(2, LAST_ATTEMPT + 1):
        async with fresh_database.engine() as session:
            await session.execute(text("UPDATE intakes SET not_before = now() WHERE finished_at IS NULL"))
        assert await first_intake(fresh_database) == bad
        async with fresh_database.engine() as session:
            assert await put_off_intake(session, bad, REASON) == (attempt < LAST_ATTEMPT)
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
