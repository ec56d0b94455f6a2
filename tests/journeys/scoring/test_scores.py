"""Scores: what rules give, what journeys give, and the history of both."""

import asyncio
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

import pytest
from sqlalchemy import text

from journeys.db.session import Database
from journeys.enrollments.stages import run_waiting_or_pure
from journeys.errors import Conflict, InvalidInput
from journeys.nodes.ops import Hold, Score
from journeys.rules.language import parse_rule
from journeys.scoring.queries import create_model, list_changes_of, list_scores_of, update_model
from journeys.scoring.scores import refresh_scores
from tests.factories.journeys import make_contacts, node, publish_plan, trigger
from tests.fakes.engine import BareMailroom, Engine
from tests.fakes.provider import RecordingProvider

FIT = [
    {"rule": {"attribute": "country", "value": "DE"}, "points": 10},
    {"rule": {"event": "Order Completed"}, "points": 5.5, "label": "ordered"},
    {"rule": {"attribute": "plan", "value": "free"}, "points": -3},
]


async def score_of(database: Database, contact_id: UUID) -> dict[str, Decimal]:
    async with database.engine() as session:
        return {row.model: row.value for row in await list_scores_of(session, contact_id)}


async def change(database: Database, contact_id: UUID, **columns: Any) -> None:
    async with database.engine() as session:
        await session.execute(
            text("UPDATE contacts SET country = :country WHERE id = :id"), {"id": contact_id, **columns}
        )


def give(points: float, action: Literal["add", "set", "recompute"] = "add", model: str = "fit") -> Score:
    return Score(model=model, action=action, points=points, reason="a journey")


async def run(database: Database, workspace_id: UUID, contact_ids: list[UUID], *ops: Score) -> None:
    names = [f"s{index}" for index in range(len(ops))]
    nodes = [node(name, op, next=after) for name, op, after in zip(names, ops, [*names[1:], "end"], strict=True)]
    plan = await publish_plan(
        database, workspace_id, [trigger("s0"), *nodes, node("end", Hold(seconds=60), next=None)], re_entry="always"
    )
    engine = Engine(database, plan, BareMailroom(database, RecordingProvider()))
    await engine.run(await engine.enroll(contact_ids))


async def test_a_new_model_scores_everyone_and_a_changed_one_again(database: Database, workspace_id: UUID) -> None:
    [anna] = await make_contacts(database, workspace_id, 1, country="DE", attributes={"plan": "free"})
    async with database.workspace(workspace_id) as session:
        await create_model(session, workspace_id, "fit", "Fit", FIT)
    assert await score_of(database, anna) == {"fit": 7}
    async with database.workspace(workspace_id) as session:
        await update_model(session, workspace_id, "fit", rules=FIT[:1])
        changes = await list_changes_of(session, anna, "fit")
    assert [(each.before, each.after, each.reason) for each in changes] == [
        (7, 10, "the model changed"),
        (0, 7, "the model is new"),
    ]


async def test_points_that_a_journey_gave_stay_when_rules_change_the_rest(
    database: Database, workspace_id: UUID
) -> None:
    [anna] = await make_contacts(database, workspace_id, 1, country="DE")
    async with database.workspace(workspace_id) as session:
        await create_model(session, workspace_id, "fit", "Fit", FIT)
    await run(database, workspace_id, [anna], give(4), give(-1.5))
    assert await score_of(database, anna) == {"fit": Decimal("12.5")}
    await change(database, anna, country="AT")
    async with database.workspace(workspace_id) as session:
        assert await refresh_scores(session, workspace_id, [anna]) == 1
        assert await refresh_scores(session, workspace_id, [anna]) == 0
    assert await score_of(database, anna) == {"fit": Decimal("2.5")}


async def test_a_score_that_is_set_is_what_rules_go_on_from(database: Database, workspace_id: UUID) -> None:
    [anna] = await make_contacts(database, workspace_id, 1, country="DE")
    async with database.workspace(workspace_id) as session:
        await create_model(session, workspace_id, "fit", "Fit", FIT)
    await run(database, workspace_id, [anna], give(50, "set"))
    assert await score_of(database, anna) == {"fit": 50}
    await change(database, anna, country="AT")
    await run(database, workspace_id, [anna], give(0, "recompute"))
    assert await score_of(database, anna) == {"fit": 40}


async def test_a_score_changes_once_when_its_stage_is_repeated(database: Database, workspace_id: UUID) -> None:
    ids = await make_contacts(database, workspace_id, 3)
    plan = await publish_plan(
        database,
        workspace_id,
        [trigger("add"), node("add", give(5), next="end"), node("end", Hold(seconds=60), next=None)],
    )
    engine = Engine(database, plan, BareMailroom(database, RecordingProvider()))
    [token] = await engine.enroll(ids)
    assert await engine.stage(token) == await engine.stage(token)
    assert [await score_of(database, each) for each in ids] == [{"fit": 5}] * 3


async def test_a_model_refuses_what_would_look_at_itself(database: Database, workspace_id: UUID) -> None:
    async with database.workspace(workspace_id) as session:
        for rule in ({"score": {"model": "fit", "value": 1}}, {"segment": str(workspace_id)}):
            with pytest.raises(InvalidInput) as raised:
                await create_model(session, workspace_id, "fit", "Fit", [{"rule": {"not": rule}, "points": 1}])
            assert raised.value.faults[0].pointer == "/0/rule"
        await create_model(session, workspace_id, "fit", "Fit", [])
        with pytest.raises(Conflict):
            await create_model(session, workspace_id, "fit", "Fit", [])


async def test_a_rule_sees_the_score(database: Database, workspace_id: UUID) -> None:
    from journeys.segments.queries import create_segment, explain, list_members

    anna, ben = await make_contacts(database, workspace_id, 2)
    await run(database, workspace_id, [anna], give(20))
    rule = parse_rule({"score": {"model": "fit", "value": 20}})
    async with database.workspace(workspace_id) as session:
        segment = await create_segment(session, workspace_id, "Hot", rule.model_dump(mode="json"))
        assert await list_members(session, workspace_id, segment.id) == [anna]
        verdict = await explain(session, workspace_id, segment.id, ben)
    assert (verdict.matched, verdict.why) == (False, "fit is 0")


async def test_points_given_while_rules_are_worked_out_are_not_lost(database: Database, workspace_id: UUID) -> None:
    """The rules have read the score when a journey adds to it; the rules write last, and keep what was added."""
    [anna] = await make_contacts(database, workspace_id, 1, country="DE")
    async with database.workspace(workspace_id) as session:
        await create_model(session, workspace_id, "fit", "Fit", FIT)
    await change(database, anna, country="AT")
    plan = await publish_plan(
        database,
        workspace_id,
        [trigger("add"), node("add", give(5), next="end"), node("end", Hold(seconds=60), next=None)],
    )
    engine = Engine(database, plan, BareMailroom(database, RecordingProvider()))
    [token] = await engine.enroll([anna])
    async with database.workspace(workspace_id) as session:
        await run_waiting_or_pure(session, engine.order(token))
        refreshing = asyncio.create_task(refresh(database, workspace_id, anna))
        async with asyncio.timeout(10), database.engine() as looking:
            while not await looking.scalar(text("SELECT 1 FROM pg_locks WHERE NOT granted LIMIT 1")):
                await asyncio.sleep(0.02)
    await refreshing
    assert await score_of(database, anna) == {"fit": 5}


async def refresh(database: Database, workspace_id: UUID, contact_id: UUID) -> None:
    async with database.workspace(workspace_id) as session:
        await refresh_scores(session, workspace_id, [contact_id])
