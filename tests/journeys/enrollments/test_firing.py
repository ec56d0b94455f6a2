"""Schedules, dates and changed attributes let contacts in: once for each moment, late after an outage, never in a circle."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from journeys.contacts.rows import ContactRow
from journeys.contacts.upsert import change_contact
from journeys.db.ids import new_id
from journeys.db.session import Database
from journeys.enrollments.doors import TOO_OFTEN
from journeys.enrollments.firing import fire_journey, forget_firings, list_clocked
from journeys.enrollments.intake import advance_intake, take_intake
from journeys.enrollments.routing import Lease
from journeys.events.normalize import Received, normalize
from journeys.events.store import store_events
from journeys.graph.loading import LoadedPlan
from journeys.nodes.ops import AttributeChange, Change, Hold, OwnDate, Recurrence, Trigger
from journeys.rules.language import parse_rule
from journeys.segments.queries import create_segment
from tests.conftest import make_workspace
from tests.factories.journeys import make_contacts, node, publish_plan, trigger
from tests.fakes.engine import Engine
from tests.journeys.enrollments.test_routing import dispatched, engine_of, happen, route, start
from worker.leases import claim_partitions

REST = node("rest", Hold(seconds=60), next=None)


@pytest.fixture
async def lease(fresh_database: Database) -> Lease:
    async with fresh_database.engine() as session:
        return await claim_partitions(session, new_id())


@pytest.fixture
async def w(fresh_database: Database) -> UUID:
    return await make_workspace(fresh_database)


async def publish(
    database: Database, w: UUID, op: Trigger, age: timedelta = timedelta(days=9), **more: Any
) -> LoadedPlan:
    """Publish a journey with this trigger some time ago."""
    plan = await publish_plan(database, w, [node("start", op, next="rest"), REST], **{"re_entry": "always", **more})
    async with database.engine() as session:
        await session.execute(
            text("UPDATE journey_versions SET created_at = now() - :age WHERE id = :id"),
            {"id": plan.version_id, "age": age},
        )
    return plan


async def fire(database: Database) -> int:
    """Do what one tick of the scheduler does."""
    async with database.engine() as session:
        rows = await list_clocked(session)
    owed = 0
    for row in rows:
        async with database.engine() as session:
            owed += await fire_journey(session, row)
    return owed


async def take_in(database: Database) -> None:
    while True:
        async with database.engine() as session:
            intake = await take_intake(session)
            if intake is None:
                return
            await advance_intake(session, intake, 1_000)


async def outcomes(database: Database) -> list[str]:
    async with database.engine() as session:
        return list(await session.scalars(text("SELECT outcome FROM firings ORDER BY due_at")))


def daily(minutes_ago: int = 5) -> Recurrence:
    return Recurrence(every="day", time=f"{datetime.now(UTC) - timedelta(minutes=minutes_ago):%H:%M}", time_zone="UTC")


async def test_a_schedule_lets_its_segment_in_once_after_any_outage(fresh_database: Database, w: UUID) -> None:
    germans = await make_contacts(fresh_database, w, 3, country="DE")
    await make_contacts(fresh_database, w, 1, country="AT", email="at@example.com")
    async with fresh_database.workspace(w) as session:
        rule = parse_rule({"attribute": "country", "value": "DE"})
        segment = await create_segment(session, w, "Germans", rule.model_dump(mode="json"))
        await session.execute(
            text(
                "INSERT INTO segment_members (segment_id, contact_id, workspace_id) SELECT :s, id, :w FROM contacts"
                " WHERE country = 'DE' ON CONFLICT DO NOTHING"
            ),
            {"s": segment.id, "w": w},
        )
    plan = await publish(fresh_database, w, Trigger(source="schedule", recurrence=daily(), segment_id=segment.id))
    assert await fire(fresh_database) == 1
    assert await fire(fresh_database) == 0
    await take_in(fresh_database)
    engine = engine_of(fresh_database, plan)
    assert await engine.states() == {"active": 3}
    reasons = await engine._rows(
        "SELECT DISTINCT s.reason FROM trace s JOIN enrollments e ON e.id = s.enrollment_id WHERE e.version_id = :v"
    )
    assert reasons == [("schedule",)]
    assert await engine.steps(germans[0]) == [("start", "next")]


async def test_many_schedulers_at_one_moment_fire_once(fresh_database: Database, w: UUID) -> None:
    """The first has written its row and not committed; the second waits for it, and then finds that it has lost."""
    await make_contacts(fresh_database, w, 2)
    plan = await publish(fresh_database, w, Trigger(source="schedule", recurrence=daily()))
    async with fresh_database.engine() as session:
        [row] = await list_clocked(session)
        assert await fire_journey(session, row) == 1
        others = [asyncio.create_task(fire(fresh_database)) for _ in range(3)]
        async with asyncio.timeout(10), fresh_database.engine() as looking:
            blocked = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
            while (await looking.scalar(blocked) or 0) < len(others):
                await asyncio.sleep(0.02)
    assert await asyncio.gather(*others) == [0, 0, 0]
    await take_in(fresh_database)
    assert await engine_of(fresh_database, plan).states() == {"active": 2}


async def test_a_schedule_that_falls_due_in_a_pause_is_not_made_up_for(fresh_database: Database, w: UUID) -> None:
    await make_contacts(fresh_database, w, 1)
    await publish(fresh_database, w, Trigger(source="schedule", recurrence=daily()), state="paused")
    assert await fire(fresh_database) == 0
    async with fresh_database.engine() as session:
        await session.execute(text("UPDATE journeys SET state = 'live'"))
    assert await fire(fresh_database) == 0
    assert await outcomes(fresh_database) == ["paused"]


async def test_nothing_that_was_due_before_publishing_fires(fresh_database: Database, w: UUID) -> None:
    await make_contacts(fresh_database, w, 1)
    await publish(fresh_database, w, Trigger(source="schedule", recurrence=daily()), timedelta(minutes=1))
    await publish(
        fresh_database, w, Trigger(source="schedule", recurrence=Recurrence(at=datetime(2020, 1, 1, tzinfo=UTC)))
    )
    assert await fire(fresh_database) == 0
    assert await outcomes(fresh_database) == []


async def test_a_birthday_comes_every_year_in_each_ones_own_zone(fresh_database: Database, w: UUID) -> None:
    now = datetime.now(UTC)
    time = f"{now - timedelta(minutes=3):%H:%M}"
    own = OwnDate(attribute="birthday", time=time, yearly=True)
    today = f"1990-{now - timedelta(minutes=3):%m-%d}"
    here = {"attributes": {"birthday": today}}
    plan = await publish(fresh_database, w, Trigger(source="date", own_date=own), timedelta(hours=2))
    [anna] = await make_contacts(fresh_database, w, 1, time_zone="UTC", email="anna@example.com", **here)
    [nowhere] = await make_contacts(fresh_database, w, 1, time_zone="Nowhere/Here", email="n@example.com", **here)
    await make_contacts(fresh_database, w, 1, time_zone="Etc/GMT+6", email="later@example.com", **here)
    for n, birthday in enumerate(("1990-13-45", "soon", 7, f"{now.year + 1}{today[4:]}")):
        await make_contacts(fresh_database, w, 1, email=f"{n}@example.com", attributes={"birthday": birthday})
    assert await fire(fresh_database) == 1
    assert await fire(fresh_database) == 0
    await take_in(fresh_database)
    engine = engine_of(fresh_database, plan)
    rows = await engine._rows("SELECT contact_id FROM enrollments WHERE version_id = :v")
    assert {contact_id for (contact_id,) in rows} == {anna, nowhere}


async def test_days_before_a_date_are_caught_up_with_after_an_outage(fresh_database: Database, w: UUID) -> None:
    now = datetime.now(UTC)
    own = OwnDate(attribute="renewal", offset_days=-30, time="00:01", time_zone="UTC")
    plan = await publish(fresh_database, w, Trigger(source="date", own_date=own), timedelta(days=30))
    ids = []
    for days_ago in (1, 2, 12):
        renewal = f"{now + timedelta(days=30 - days_ago):%Y-%m-%d}T15:00:00Z"
        ids += await make_contacts(
            fresh_database, w, 1, email=f"{days_ago}@example.com", attributes={"renewal": renewal}
        )
    assert await fire(fresh_database) == 2
    await take_in(fresh_database)
    rows = await engine_of(fresh_database, plan)._rows("SELECT contact_id FROM enrollments WHERE version_id = :v")
    assert {contact_id for (contact_id,) in rows} == set(ids[:2])
    async with fresh_database.engine() as session:
        await session.execute(text("UPDATE firings SET due_at = due_at - interval '90 days'"))
        await forget_firings(session)
    assert len(await outcomes(fresh_database)) == 1


def on_change(before: Any = None, after: Any = None, attribute: str = "plan") -> Trigger:
    return Trigger(source="attribute", change=AttributeChange(attribute=attribute, before=before, after=after))


async def watch(database: Database, plan: LoadedPlan, attribute: str = "plan") -> Engine:
    async with database.engine() as session:
        await session.execute(
            text("INSERT INTO watched_attributes (workspace_id, name, journey_id) VALUES (:w, :name, :j)"),
            {"w": plan.workspace_id, "name": attribute, "j": plan.journey_id},
        )
    return engine_of(database, plan)


async def test_a_changed_attribute_lets_in_whoever_changes_it(fresh_database: Database, lease: Lease, w: UUID) -> None:
    engine = await watch(fresh_database, await publish(fresh_database, w, on_change("free", "pro")))
    anna, ben, cora = await make_contacts(fresh_database, w, 3, attributes={"plan": "free"})
    async with fresh_database.workspace(w) as session:
        await change_contact(session, w, anna, ContactRow(attributes={"plan": "pro"}))
        await change_contact(session, w, ben, ContactRow(attributes={"plan": "team"}))
        await change_contact(session, w, cora, ContactRow(attributes={"plan": "free", "note": "same plan"}))
    await route(fresh_database, lease)
    rows = await engine._rows("SELECT contact_id, payload FROM enrollments WHERE version_id = :v")
    assert rows == [(anna, {"attribute": "plan", "from": "free", "to": "pro"})]
    setting = Change(set={"plan": "pro"})
    other = await publish_plan(fresh_database, w, [trigger("set", event="Paid"), node("set", setting, next=None)])
    await happen(fresh_database, w, cora, "Paid")
    await route(fresh_database, lease)
    await start(engine_of(fresh_database, other), await dispatched(fresh_database))
    await route(fresh_database, lease)
    assert await engine.states() == {"active": 2}


async def test_an_identify_that_changes_an_attribute_lets_in(fresh_database: Database, lease: Lease, w: UUID) -> None:
    engine = await watch(fresh_database, await publish(fresh_database, w, on_change("free", "pro")))
    for plan in ("free", "pro", "pro"):
        message = {"type": "identify", "userId": "u1", "traits": {"plan": plan}}
        await store_events(fresh_database, [normalize(message, Received(w, datetime.now(UTC)))])
        await route(fresh_database, lease)
    assert await engine.states() == {"active": 1}


async def test_a_standard_field_and_a_contact_that_is_new_count_as_changes(
    fresh_database: Database, lease: Lease, w: UUID
) -> None:
    engine = await watch(fresh_database, await publish(fresh_database, w, on_change(None, "DE", "country")), "country")
    await make_contacts(fresh_database, w, 2, country="DE")
    await make_contacts(fresh_database, w, 1, email="at@example.com", country="AT")
    await route(fresh_database, lease)
    assert await engine.states() == {"active": 2}


async def test_what_a_journey_changes_lets_nobody_into_that_journey_again(
    fresh_database: Database, lease: Lease, w: UUID
) -> None:
    flip = Change(set={"plan": "{% if contact.plan == 'a' %}b{% else %}a{% endif %}"})
    nodes = [node("start", on_change(), next="flip"), node("flip", flip, next="rest"), REST]
    plan = await publish_plan(fresh_database, w, nodes, re_entry="always")
    engine = await watch(fresh_database, plan)
    await make_contacts(fresh_database, w, 1, attributes={"plan": "a"})
    for _ in range(4):
        await route(fresh_database, lease)
        await start(engine, await dispatched(fresh_database))
    assert await engine.states() == {"active": 1}


async def test_two_journeys_that_change_what_the_other_waits_for_come_to_an_end(
    fresh_database: Database, lease: Lease, w: UUID
) -> None:
    engines = []
    for mine, theirs in (("a", "b"), ("b", "a")):
        flip = Change(set={theirs: f"{{{{ contact.{theirs} }}}}x"})
        nodes = [node("start", on_change(attribute=mine), next="flip"), node("flip", flip, next="rest"), REST]
        plan = await publish_plan(fresh_database, w, nodes, re_entry="always")
        engines.append(await watch(fresh_database, plan, mine))
    [anna] = await make_contacts(fresh_database, w, 1, attributes={"a": "x"})
    for _ in range(25):
        await route(fresh_database, lease)
        for run in await dispatched(fresh_database):
            await start(next(each for each in engines if str(each.plan.version_id) == run["version_id"]), [run])
    entered = [(await each.states())["active"] for each in engines]
    assert max(entered) <= 11
    async with fresh_database.engine() as session:
        refusals = await session.scalars(text("SELECT reason FROM entry_refusals WHERE contact_id = :c"), {"c": anna})
        assert set(refusals) == {TOO_OFTEN}


async def test_leaving_a_segment_lets_in(fresh_database: Database, lease: Lease, w: UUID) -> None:
    async with fresh_database.workspace(w) as session:
        segment = await create_segment(session, w, "Free", {"attribute": "plan", "value": "free"})
        await session.execute(text("UPDATE segments SET live = true"))
    plan = await publish(fresh_database, w, Trigger(source="segment", segment_id=segment.id, on="left"))
    anna, ben = await make_contacts(fresh_database, w, 2)
    async with fresh_database.workspace(w) as session:
        for each in (anna, ben):
            await change_contact(session, w, each, ContactRow(attributes={"plan": "free"}))
    await route(fresh_database, lease)
    async with fresh_database.workspace(w) as session:
        await change_contact(session, w, anna, ContactRow(attributes={"plan": "pro"}))
    await route(fresh_database, lease)
    rows = await engine_of(fresh_database, plan)._rows("SELECT contact_id FROM enrollments WHERE version_id = :v")
    assert rows == [(anna,)]
