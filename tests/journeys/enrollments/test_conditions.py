"""Waits for a condition: met at once, by an event, by a change of the contact, by time; timed out; raced."""

import asyncio
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from journeys.contacts.rows import ContactRow
from journeys.contacts.upsert import change_contact
from journeys.db.ids import new_id
from journeys.db.session import Database
from journeys.enrollments.conditions import queue_met_by_time
from journeys.enrollments.routing import Lease
from journeys.enrollments.stages import run_waiting_or_pure
from journeys.nodes.ops import Await, AwaitCondition, Hold
from journeys.rules.language import parse_rule
from tests.conftest import make_workspace
from tests.factories.journeys import make_contacts, node, publish_plan, trigger
from tests.fakes.engine import Engine
from tests.journeys.enrollments.test_routing import dispatched, engine_of, happen, route, start
from worker.leases import claim_partitions

PRO = {"attribute": "plan", "value": "pro"}
TWO_ORDERS = {"event": "Order Completed", "count": 2}


@pytest.fixture
async def lease(fresh_database: Database) -> Lease:
    async with fresh_database.engine() as session:
        return await claim_partitions(session, new_id())


async def waiting_for(database: Database, rule: dict[str, Any], *more: Any, met: str | None = None) -> Engine:
    workspace_id = await make_workspace(database)
    op = AwaitCondition(rule=parse_rule(rule), timeout_seconds=3600)
    plan = await publish_plan(
        database, workspace_id, [trigger("until"), node("until", op, met=met, timed_out=None), *more]
    )
    return engine_of(database, plan)


async def change(database: Database, workspace_id: UUID, contact_id: UUID, **attributes: Any) -> None:
    async with database.workspace(workspace_id) as session:
        await change_contact(session, workspace_id, contact_id, ContactRow(attributes=attributes))


async def test_who_meets_the_condition_already_does_not_wait(fresh_database: Database) -> None:
    engine = await waiting_for(fresh_database, PRO)
    w = engine.plan.workspace_id
    pro = await make_contacts(fresh_database, w, 1, attributes={"plan": "pro"})
    [free] = await make_contacts(fresh_database, w, 1, attributes={"plan": "free"}, email="free@example.com")
    [token] = await engine.run(await engine.enroll([*pro, free]))
    assert token.size == 1
    assert await engine.steps(pro[0]) == [("start", "next"), ("until", "met")]
    assert await engine.wake([token]) == []
    assert await engine.steps(free) == [("start", "next"), ("until", "timed_out")]


async def test_a_change_of_the_contact_or_an_event_meets_the_condition(fresh_database: Database, lease: Lease) -> None:
    rule = {"any": [PRO, TWO_ORDERS]}
    engine = await waiting_for(fresh_database, rule, node("pause", Hold(seconds=60), next=None), met="pause")
    w = engine.plan.workspace_id
    anna, ben, cora = await make_contacts(fresh_database, w, 3)
    await engine.run(await engine.enroll([anna, ben, cora]))
    await dispatched(fresh_database)
    await change(fresh_database, w, anna, plan="pro")
    await happen(fresh_database, w, ben, "Order Completed")
    await happen(fresh_database, w, cora, "Order Completed")
    await happen(fresh_database, w, cora, "Order Completed")
    await route(fresh_database, lease)
    [run] = await dispatched(fresh_database)
    assert [(token["node_id"], token["size"]) for token in run["tokens"]] == [("pause", 2)]
    assert await engine.steps(anna) == [("start", "next"), ("until", "met")]
    assert await engine.steps(ben) == [("start", "next")]


async def test_what_was_done_right_after_the_condition_counts_for_the_next_wait(
    fresh_database: Database, lease: Lease
) -> None:
    paid = node("paid", Await(event="Paid", timeout_seconds=60), happened=None, timed_out=None)
    engine = await waiting_for(fresh_database, TWO_ORDERS, paid, met="paid")
    w = engine.plan.workspace_id
    [anna] = await make_contacts(fresh_database, w, 1)
    await engine.run(await engine.enroll([anna]))
    await dispatched(fresh_database)
    for name in ("Order Completed", "Order Completed", "Paid"):
        await happen(fresh_database, w, anna, name)
    await route(fresh_database, lease)
    assert await start(engine, await dispatched(fresh_database)) == []
    assert await engine.steps(anna) == [("start", "next"), ("until", "met"), ("paid", "happened")]


async def test_a_condition_that_time_brings_about_is_found(fresh_database: Database, lease: Lease) -> None:
    quiet = {"event": "Order Completed", "op": "never", "within": "1h"}
    engine = await waiting_for(fresh_database, quiet)
    w = engine.plan.workspace_id
    [anna] = await make_contacts(fresh_database, w, 1)
    await happen(fresh_database, w, anna, "Order Completed")
    await route(fresh_database, lease)
    await engine.run(await engine.enroll([anna]))
    async with fresh_database.engine() as session:
        assert await queue_met_by_time(session) == 0
        await session.execute(text("UPDATE events SET occurred_at = occurred_at - interval '2 hours'"))
        assert await queue_met_by_time(session) == 1
    await route(fresh_database, lease)
    assert await engine.steps(anna) == [("start", "next"), ("until", "met")]


async def test_exits_and_goals_that_time_brings_about_are_found(fresh_database: Database, lease: Lease) -> None:
    quiet = {"event": "Opened App", "op": "never", "within": "1h"}
    nodes = [trigger("rest"), node("rest", Hold(seconds=60), next=None)]
    w = await make_workspace(fresh_database)
    exiting = engine_of(fresh_database, await publish_plan(fresh_database, w, nodes, exit_on=[quiet]))
    goal = {"rule": quiet, "exits": False, "window_days": 7}
    reaching = engine_of(fresh_database, await publish_plan(fresh_database, w, nodes, goal=goal))
    anna, ben = await make_contacts(fresh_database, w, 2)
    for each in (anna, ben):
        await happen(fresh_database, w, each, "Opened App")
    await route(fresh_database, lease)
    await exiting.enroll([anna, ben])
    await reaching.enroll([anna, ben])
    async with fresh_database.engine() as session:
        assert await queue_met_by_time(session) == 0
        late = "UPDATE events SET occurred_at = occurred_at - interval '2 hours' WHERE contact_id = :c"
        await session.execute(text(late), {"c": anna})
        assert await queue_met_by_time(session) == 1
    await route(fresh_database, lease)
    assert await exiting.states() == {"active": 1, "exited": 1}
    rows = await reaching._rows("SELECT contact_id FROM enrollments WHERE version_id = :v AND goal_at IS NOT NULL")
    assert rows == [(anna,)]
    async with fresh_database.engine() as session:
        assert await queue_met_by_time(session) == 0


async def test_a_goal_that_is_a_rule_is_reached_within_its_window_and_credited_once(
    fresh_database: Database, lease: Lease
) -> None:
    w = await make_workspace(fresh_database)
    nodes = [trigger("rest"), node("rest", Hold(seconds=60), next=None)]
    goal = {"rule": {"all": [PRO, {"event": "Order Completed", "count": 2}]}, "window_days": 3, "exits": False}
    engine = engine_of(fresh_database, await publish_plan(fresh_database, w, nodes, goal=goal))
    anna, late = await make_contacts(fresh_database, w, 2, attributes={"plan": "pro"})
    await engine.enroll([anna, late])
    async with fresh_database.engine() as session:
        old = text("UPDATE enrollments SET entered_at = now() - interval '4 days' WHERE contact_id = :c")
        await session.execute(old, {"c": late})
    for _ in range(3):
        for each in (anna, late):
            await happen(fresh_database, w, each, "Order Completed")
        await route(fresh_database, lease)
    counts = await engine._rows(
        "SELECT coalesce(sum(n), 0)::int FROM node_counts WHERE version_id = :v AND measure = 'converted'"
    )
    assert counts == [(1,)]
    rows = await engine._rows("SELECT contact_id FROM enrollments WHERE version_id = :v AND goal_at IS NOT NULL")
    assert rows == [(anna,)]


async def test_an_event_routed_while_the_wait_is_registered_is_not_missed(
    fresh_database: Database, lease: Lease
) -> None:
    """The router has counted the event, but not committed, when the stage looks and registers; it must find the wait."""
    engine = await waiting_for(fresh_database, {"event": "Order Completed"})
    w = engine.plan.workspace_id
    [anna] = await make_contacts(fresh_database, w, 1)
    [token] = await engine.enroll([anna])
    await happen(fresh_database, w, anna, "Order Completed")
    order = engine.order(token)
    async with fresh_database.workspace(w) as session:
        assert await run_waiting_or_pure(session, order)
        routing = asyncio.create_task(route(fresh_database, lease))
        await _blocked(fresh_database)
    await routing
    assert await engine.steps(anna) == [("start", "next"), ("until", "met")]
    assert await engine.states() == {"completed": 1}


async def test_deadline_and_condition_at_one_moment_let_out_once(fresh_database: Database, lease: Lease) -> None:
    engine = await waiting_for(fresh_database, PRO)
    w = engine.plan.workspace_id
    [anna] = await make_contacts(fresh_database, w, 1)
    [token] = await engine.run(await engine.enroll([anna]))
    await change(fresh_database, w, anna, plan="pro")
    async with fresh_database.engine() as session:
        past = "now() - interval '1 minute'"
        await session.execute(text(f"UPDATE batches SET wake_at = {past}"))
    async with fresh_database.workspace(w) as session:
        await run_waiting_or_pure(session, engine.order(token.model_copy(update={"wake_at": None})))
        routing = asyncio.create_task(route(fresh_database, lease))
        await _blocked(fresh_database)
    await routing
    assert await engine.steps(anna) == [("start", "next"), ("until", "timed_out")]
    assert await engine.states() == {"completed": 1}


async def _blocked(database: Database) -> None:
    """Wait until some transaction waits for another's lock."""
    async with asyncio.timeout(10):
        while True:
            async with database.engine() as session:
                if await session.scalar(text("SELECT 1 FROM pg_locks WHERE NOT granted LIMIT 1")):
                    return
            await asyncio.sleep(0.02)
