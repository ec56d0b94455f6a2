"""Every move of an enrollment is decided by a row's lock: whoever has it first wins, the other finds nothing."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from journeys.connectors.base import Mail, Outcome
from journeys.contacts.consent import suppress
from journeys.contracts import Token
from journeys.db.ids import new_id
from journeys.db.session import Database
from journeys.enrollments.entry import Candidate, enter
from journeys.enrollments.exits import drop_forgotten, exit_contact
from journeys.enrollments.pausing import pause
from journeys.enrollments.routing import Lease, LeaseLost, route_window
from journeys.enrollments.stages import run_waiting_or_pure
from journeys.events.record import NewEvent, record_events
from journeys.nodes.ops import Await, End, Hold
from tests.conftest import make_workspace
from tests.factories.journeys import make_contacts, make_mail, node, publish_plan, send, trigger
from tests.fakes.engine import BareMailroom, Engine
from tests.fakes.provider import RecordingProvider
from tests.journeys.enrollments.test_routing import happen, route
from worker.leases import claim_partitions

AT_ONCE = 8


@pytest.fixture
async def lease(fresh_database: Database) -> Lease:
    async with fresh_database.engine() as session:
        return await claim_partitions(session, new_id())


@asynccontextmanager
async def one_waits_for(database: Database) -> AsyncIterator[None]:
    """Leave the block only once some transaction waits for another's lock."""
    yield
    async with asyncio.timeout(10):
        while True:
            async with database.engine() as session:
                if await session.scalar(text("SELECT 1 FROM pg_locks WHERE NOT granted LIMIT 1")):
                    return
            await asyncio.sleep(0.02)


async def waiting_engine(database: Database, **settings: Any) -> Engine:
    """Publish a journey that waits for an order, and lets out by two ways."""
    workspace_id = await make_workspace(database)
    wait = Await(event="Order Completed", timeout_seconds=3_600)
    plan = await publish_plan(
        database,
        workspace_id,
        [trigger("wait"), node("wait", wait, happened="end", timed_out="end"), node("end", End())],
        **settings,
    )
    return Engine(database, plan, BareMailroom(database, RecordingProvider()))


async def sending_engine(database: Database, n: int) -> tuple[Engine, RecordingProvider, Token, list[UUID]]:
    """Publish a journey of one mail, sent in chunks of two, with people at it."""
    workspace_id = await make_workspace(database)
    mail = await make_mail(database, workspace_id)
    plan = await publish_plan(
        database,
        workspace_id,
        [trigger("hello"), node("hello", send(mail), sent="end", skipped="end", failed="end"), node("end", End())],
    )
    provider = RecordingProvider()
    provider.max_per_request = 2
    engine = Engine(database, plan, BareMailroom(database, provider))
    contacts = await make_contacts(database, workspace_id, n)
    [token] = await engine.enroll(contacts)
    return engine, provider, token, contacts


def meanwhile(provider: RecordingProvider, happens: Any) -> None:
    """Let something happen while the next request is on its way."""

    async def answer(mails: Sequence[Mail]) -> list[Outcome]:
        provider.answer = None
        provider.accept(mails)
        await happens()
        return [Outcome("sent") for _ in mails]

    provider.answer = answer


async def let_deadline_pass(database: Database, *, minutes: int = 1) -> None:
    async with database.engine() as session:
        past = f"now() - interval '{minutes} minutes'"
        await session.execute(text(f"UPDATE batches SET wake_at = {past} WHERE wake_at IS NOT NULL"))
        await session.execute(text(f"UPDATE waits SET deadline_at = {past}"))


async def test_a_deadline_that_has_the_row_first_beats_the_event(fresh_database: Database, lease: Lease) -> None:
    engine = await waiting_engine(fresh_database)
    [anna] = await make_contacts(fresh_database, engine.plan.workspace_id, 1)
    [token] = await engine.run(await engine.enroll([anna]))
    await let_deadline_pass(fresh_database)
    async with fresh_database.workspace(engine.plan.workspace_id) as session:
        await run_waiting_or_pure(session, engine.order(token.model_copy(update={"wake_at": None})))
        await happen(fresh_database, engine.plan.workspace_id, anna, "Order Completed")
        async with one_waits_for(fresh_database):
            routing = asyncio.create_task(route(fresh_database, lease))
    await routing
    assert await engine.steps(anna) == [("start", "next"), ("wait", "timed_out"), ("end", None)]


async def test_an_event_that_has_the_row_first_beats_the_deadline(fresh_database: Database, lease: Lease) -> None:
    engine = await waiting_engine(fresh_database)
    [anna] = await make_contacts(fresh_database, engine.plan.workspace_id, 1)
    [token] = await engine.run(await engine.enroll([anna]))
    await happen(fresh_database, engine.plan.workspace_id, anna, "Order Completed")
    async with fresh_database.engine() as session:
        await route_window(session, lease, 1_000)
        await session.execute(text("UPDATE batches SET wake_at = now() - interval '1 hour' WHERE wake_at IS NOT NULL"))
        async with one_waits_for(fresh_database):
            waking = asyncio.create_task(engine.stage(token.model_copy(update={"wake_at": None})))
    assert await waking == []
    assert await engine.steps(anna) == [("start", "next"), ("wait", "happened")]


async def test_a_deadline_waits_for_events_that_the_router_has_not_seen_yet(
    fresh_database: Database, lease: Lease
) -> None:
    engine = await waiting_engine(fresh_database)
    [anna] = await make_contacts(fresh_database, engine.plan.workspace_id, 1)
    [token] = await engine.run(await engine.enroll([anna]))
    await happen(fresh_database, engine.plan.workspace_id, anna, "Order Completed")
    async with fresh_database.engine() as session:
        await session.execute(text("UPDATE batches SET wake_at = now() WHERE wake_at IS NOT NULL"))
    [again] = await engine.stage(token.model_copy(update={"wake_at": None}))
    assert again.wake_at is not None
    await route(fresh_database, lease)
    assert await engine.steps(anna) == [("start", "next"), ("wait", "happened")]


async def test_an_event_that_committed_after_a_later_one_is_not_passed_over(
    fresh_database: Database, lease: Lease
) -> None:
    engine = await waiting_engine(fresh_database)
    w = engine.plan.workspace_id
    anna, bob = await make_contacts(fresh_database, w, 2)
    async with fresh_database.engine() as slow:
        await record_events(slow, [NewEvent(w, anna, "Signed Up")])
        await happen(fresh_database, w, bob, "Signed Up")
        assert (await route(fresh_database, lease)).taken == 1
    assert (await route(fresh_database, lease)).taken == 1
    assert await engine.states() == {"active": 2}


async def test_a_pause_during_a_chunk_lets_it_end_and_refuses_the_next(fresh_database: Database) -> None:
    engine, provider, token, _ = await sending_engine(fresh_database, 5)

    async def paused() -> None:
        async with fresh_database.engine() as session:
            await pause(session, engine.plan.workspace_id, engine.plan.journey_id)

    meanwhile(provider, paused)
    [parked] = await engine.stage(token)
    assert parked.parked == "paused"
    assert len(provider.mails) == 2
    assert await engine.messages() == {"sent": 2}


async def test_who_unsubscribes_between_two_chunks_gets_nothing(fresh_database: Database) -> None:
    engine, provider, token, _ = await sending_engine(fresh_database, 4)

    async def unsubscribed() -> None:
        async with fresh_database.engine() as session:
            await suppress(
                session, engine.plan.workspace_id, ["person3@example.com"], "unsubscribed", "link", "marketing"
            )

    meanwhile(provider, unsubscribed)
    assert await engine.run([token]) == []
    assert [mail.to for mail in provider.mails] == [f"person{n}@example.com" for n in range(3)]
    assert await engine.messages() == {"sent": 3, "skipped: unsubscribed": 1}


async def test_an_exit_while_the_mail_is_on_its_way_records_the_mail_and_moves_nobody(
    fresh_database: Database,
) -> None:
    engine, provider, token, contacts = await sending_engine(fresh_database, 2)

    async def left() -> None:
        async with fresh_database.engine() as session:
            await exit_contact(session, engine.plan.workspace_id, contacts[0], "bought")

    meanwhile(provider, left)
    assert await engine.run([token]) == []
    assert await engine.messages() == {"sent": 2}
    assert await engine.states() == {"exited": 1, "completed": 1}
    assert await engine.steps(contacts[0]) == [("start", "next"), ("hello", None)]


async def test_a_stage_that_is_run_twice_at_once_sends_once(fresh_database: Database) -> None:
    engine, provider, token, _ = await sending_engine(fresh_database, 2)
    results = await asyncio.gather(*(engine.stage(token) for _ in range(3)), return_exceptions=True)
    assert len(provider.mails) == 2
    assert await engine.messages() == {"sent": 2}
    assert any(result == [] for result in results)


@pytest.mark.parametrize("rule", ["once", "per_key", {"after": {"days": 30}}])
async def test_many_doors_at_one_moment_let_a_contact_in_once(fresh_database: Database, rule: Any) -> None:
    workspace_id = await make_workspace(fresh_database)
    plan = await publish_plan(
        fresh_database, workspace_id, [trigger("pause"), node("pause", Hold(seconds=60), next=None)], re_entry=rule
    )
    [anna] = await make_contacts(fresh_database, workspace_id, 1)
    barrier = asyncio.Barrier(AT_ONCE)

    async def come(n: int) -> int:
        async with fresh_database.engine() as session:
            await session.execute(text("SELECT 1"))
            await barrier.wait()
            return (await enter(session, plan, "start", [Candidate(anna, f"event:{n}", "cart-1")], new_id())).n

    assert sum(await asyncio.gather(*(come(n) for n in range(AT_ONCE)))) == 1
    async with fresh_database.engine() as session:
        assert await session.scalar(text("SELECT count(*) FROM enrollments")) == 1
        assert await session.scalar(text("SELECT count(*) FROM entry_refusals")) == AT_ONCE - 1


async def test_always_lets_in_once_per_event_however_often_it_comes(fresh_database: Database) -> None:
    workspace_id = await make_workspace(fresh_database)
    plan = await publish_plan(
        fresh_database, workspace_id, [trigger("pause"), node("pause", Hold(seconds=60), next=None)], re_entry="always"
    )
    [anna] = await make_contacts(fresh_database, workspace_id, 1)

    async def come(cause: str) -> int:
        async with fresh_database.engine() as session:
            return (await enter(session, plan, "start", [Candidate(anna, cause)], new_id())).n

    entered = await asyncio.gather(*(come(f"event:{n % 3}") for n in range(9)))
    assert sum(entered) == 3


async def test_after_some_days_lets_in_again_and_not_before(fresh_database: Database) -> None:
    workspace_id = await make_workspace(fresh_database)
    plan = await publish_plan(
        fresh_database,
        workspace_id,
        [trigger("pause"), node("pause", Hold(seconds=60), next=None)],
        re_entry={"after": {"days": 7}},
    )
    [anna] = await make_contacts(fresh_database, workspace_id, 1)

    async def come(days_ago: int) -> int:
        async with fresh_database.engine() as session:
            await session.execute(
                text("UPDATE entries SET last_entered_at = now() - :ago"), {"ago": timedelta(days=days_ago)}
            )
            return (await enter(session, plan, "start", [Candidate(anna, str(new_id()))], new_id())).n

    assert [await come(0), await come(6), await come(7), await come(1)] == [1, 0, 1, 0]


async def test_a_router_that_slept_writes_nothing_after_another_took_over(
    fresh_database: Database, lease: Lease
) -> None:
    engine = await waiting_engine(fresh_database)
    [anna] = await make_contacts(fresh_database, engine.plan.workspace_id, 1)
    await happen(fresh_database, engine.plan.workspace_id, anna, "Signed Up")
    async with fresh_database.engine() as session:
        await session.execute(text("UPDATE router_leases SET expires_at = now() - interval '1 minute'"))
    async with fresh_database.engine() as session:
        successor = await claim_partitions(session, new_id())
    with pytest.raises(LeaseLost):
        await route(fresh_database, lease)
    assert await engine.states() == {}
    assert (await route(fresh_database, successor)).taken == 1
    assert await engine.states() == {"active": 1}


async def test_an_exit_and_a_stage_at_one_instant_count_the_contact_once(fresh_database: Database) -> None:
    workspace_id = await make_workspace(fresh_database)
    plan = await publish_plan(
        fresh_database,
        workspace_id,
        [trigger("pause"), node("pause", Hold(seconds=60), next="end"), node("end", End())],
    )
    engine = Engine(fresh_database, plan, BareMailroom(fresh_database, RecordingProvider()))
    contacts = await make_contacts(fresh_database, workspace_id, 10)
    tokens = await engine.run(await engine.enroll(contacts))

    async def leave(contact: UUID, session: AsyncSession) -> None:
        await exit_contact(session, workspace_id, contact, "asked to")

    async def leave_alone(contact: UUID) -> None:
        async with fresh_database.engine() as session:
            await leave(contact, session)

    await asyncio.gather(engine.wake(tokens), *(leave_alone(each) for each in contacts[:5]))
    states = await engine.states()
    assert sum(states.values()) == 10
    async with fresh_database.engine() as session:
        rows = await session.execute(
            text("SELECT measure, sum(n) FROM node_counts WHERE node_id = '' GROUP BY measure HAVING sum(n) <> 0")
        )
        counted = {measure: int(n) for measure, n in rows}
    assert counted == {"entered": 10, **states}


async def test_a_batch_whose_last_two_left_at_one_instant_is_closed_later(fresh_database: Database) -> None:
    workspace_id = await make_workspace(fresh_database)
    plan = await publish_plan(
        fresh_database, workspace_id, [trigger("pause"), node("pause", Hold(seconds=60), next=None)]
    )
    engine = Engine(fresh_database, plan, BareMailroom(fresh_database, RecordingProvider()))
    anna, ben = await make_contacts(fresh_database, workspace_id, 2)
    await engine.run(await engine.enroll([anna, ben]))
    async with fresh_database.engine() as first:
        await exit_contact(first, workspace_id, anna, "asked to")
        async with fresh_database.engine() as second:
            await exit_contact(second, workspace_id, ben, "asked to")
    async with fresh_database.engine() as session:
        assert await session.scalar(text("SELECT count(*) FROM batches WHERE active")) == 1
        assert await drop_forgotten(session) == 1
        assert await session.scalar(text("SELECT count(*) FROM batches WHERE active")) == 0
