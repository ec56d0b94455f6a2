"""The door: whoever comes at the same moment, the entry's unique key decides who is let in."""

import asyncio
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from journeys.db.ids import new_id
from journeys.db.session import Database
from journeys.enrollments.entry import NO_KEY, Candidate, enter
from journeys.graph.loading import LoadedPlan
from journeys.nodes.ops import Hold
from tests.factories.journeys import make_contacts, node, publish_plan, trigger

AFTER = {"after": {"days": 30}}


async def publish(database: Database, workspace_id: UUID, re_entry: Any) -> LoadedPlan:
    nodes = [trigger("rest"), node("rest", Hold(seconds=60), next=None)]
    return await publish_plan(database, workspace_id, nodes, re_entry=re_entry)


async def come(database: Database, plan: LoadedPlan, *candidates: Candidate) -> int:
    async with database.workspace(plan.workspace_id) as session:
        return (await enter(session, plan, "start", candidates, new_id())).n


@pytest.mark.parametrize(
    ("re_entry", "first", "second", "let_in"),
    [
        ("once", {}, {}, 0),
        (AFTER, {}, {}, 0),
        ("per_key", {"key": "a"}, {"key": "a"}, 0),
        ("per_key", {"key": "a"}, {"key": "b"}, 1),
        ("always", {"cause": "event:1"}, {"cause": "event:1"}, 0),
        ("always", {"cause": "event:1"}, {"cause": "event:2"}, 1),
    ],
)
async def test_two_that_come_at_once_are_told_apart_by_the_rule(
    database: Database,
    workspace_id: UUID,
    re_entry: Any,
    first: dict[str, Any],
    second: dict[str, Any],
    let_in: int,
) -> None:
    """The first is inside its transaction when the second comes to the door."""
    plan = await publish(database, workspace_id, re_entry)
    [anna] = await make_contacts(database, workspace_id, 1)
    one, other = (replace(Candidate(anna, cause=f"event:{new_id()}"), **each) for each in (first, second))
    async with database.workspace(workspace_id) as session:
        assert (await enter(session, plan, "start", [one], new_id())).n == 1
        coming = asyncio.create_task(come(database, plan, other))
        async with asyncio.timeout(10), database.engine() as looking:
            while not coming.done() and not await looking.scalar(
                text("SELECT 1 FROM pg_locks WHERE NOT granted LIMIT 1")
            ):
                await asyncio.sleep(0.02)
    assert await coming == let_in


async def test_after_some_days_a_contact_may_come_again_and_not_before(database: Database, workspace_id: UUID) -> None:
    plan = await publish(database, workspace_id, AFTER)
    [anna] = await make_contacts(database, workspace_id, 1)
    assert await come(database, plan, Candidate(anna, "event:1")) == 1
    for age, let_in in (("29 days 23 hours", 0), ("30 days", 1), ("0 days", 0)):
        async with database.engine() as session:
            await session.execute(
                text("UPDATE entries SET last_entered_at = now() - CAST(:age AS interval) WHERE journey_id = :j"),
                {"age": age, "j": plan.journey_id},
            )
        assert await come(database, plan, Candidate(anna, f"event:{age}")) == let_in
    async with database.engine() as session:
        reasons = await session.scalars(
            text("SELECT DISTINCT reason FROM entry_refusals WHERE journey_id = :j"), {"j": plan.journey_id}
        )
        assert reasons.all() == ["entered less than 30 days ago"]


async def test_who_has_no_key_is_refused_and_does_not_shut_out_who_has_one(
    database: Database, workspace_id: UUID
) -> None:
    plan = await publish(database, workspace_id, "per_key")
    [anna] = await make_contacts(database, workspace_id, 1)
    assert await come(database, plan, Candidate(anna, "event:1"), Candidate(anna, "event:2", key="")) == 1
    async with database.engine() as session:
        rows = await session.execute(
            text("SELECT reason, detail ->> 'cause' FROM entry_refusals WHERE journey_id = :j"), {"j": plan.journey_id}
        )
        assert [tuple(row) for row in rows] == [(NO_KEY, "event:1")]
