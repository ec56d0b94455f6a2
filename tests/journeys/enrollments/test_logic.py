"""Branches say why, holdouts hold, journeys start journeys, topics are subscribed to."""

import asyncio
from typing import Any
from uuid import UUID

from sqlalchemy import text

from journeys.contacts.consent import record_consent
from journeys.db.session import Database
from journeys.enrollments.entry import NO_KEY
from journeys.enrollments.stages import run_waiting_or_pure
from journeys.enrollments.starting import MOST_AN_HOUR, TOO_OFTEN
from journeys.nodes.base import CompileContext
from journeys.nodes.holdout import Holdout, HoldoutConfig
from journeys.nodes.ops import Hold, Route, RoutePath, StartJourney, Subscribe
from journeys.rules.language import parse_rule
from tests.factories.journeys import make_contacts, node, publish_plan, trigger
from tests.fakes.engine import BareMailroom, Engine
from tests.fakes.provider import RecordingProvider


async def engine_for(database: Database, workspace_id: UUID, nodes: list[Any], **settings: Any) -> Engine:
    plan = await publish_plan(database, workspace_id, nodes, **settings)
    return Engine(database, plan, BareMailroom(database, RecordingProvider()))


async def why(engine: Engine, contact_id: UUID, node_id: str) -> Any:
    """Return outlet, reason and detail of a contact's step."""
    rows = await engine._rows(
        "SELECT s.outlet, s.reason, s.detail FROM trace s JOIN enrollments e ON e.id = s.enrollment_id"
        " WHERE e.version_id = :v AND e.contact_id = :c AND s.node_id = :n",
        c=contact_id,
        n=node_id,
    )
    return rows[0]


async def test_a_branch_says_which_clause_let_each_contact_in_and_which_kept_them_out(
    database: Database, workspace_id: UUID
) -> None:
    vip = parse_rule({"all": [{"attribute": "country", "value": "DE"}, {"event": "Order Completed", "count": 3}]})
    any_plan = parse_rule({"any": [{"attribute": "plan", "value": "pro"}, {"attribute": "plan", "value": "team"}]})
    paths = [RoutePath(outlet="vip", rule=vip), RoutePath(outlet="paying", rule=any_plan)]
    engine = await engine_for(
        database, workspace_id, [trigger("where"), node("where", Route(paths=paths), vip=None, paying=None, else_=None)]
    )
    anna, ben = [
        (await make_contacts(database, workspace_id, 1, email=f"{n}@example.com", country=c, attributes={"plan": p}))[0]
        for n, c, p in (("anna", "DE", "team"), ("ben", "AT", "x" * 500))
    ]
    await engine.run(await engine.enroll([anna, ben]))
    assert await why(engine, anna, "where") == (
        "paying",
        None,
        {
            "failed": [{"path": "vip", "clause": "/all/1", "value": "0"}],
            "matched": {"clause": "/any/1", "value": "team"},
        },
    )
    outlet, _, detail = await why(engine, ben, "where")
    assert (outlet, detail["failed"]) == (
        "else",
        [{"path": "vip", "clause": "/all/0", "value": "AT"}, {"path": "paying", "clause": ""}],
    )


async def test_a_holdout_keeps_the_same_contacts_out_whenever_they_come(database: Database, workspace_id: UUID) -> None:
    context = CompileContext(workspace_id, UUID(int=5), "keep", {})
    ids = await make_contacts(database, workspace_id, 200)
    kept = []
    for percent in (20, 50):
        op = Holdout().compile(HoldoutConfig(percent=percent), context)
        engine = await engine_for(
            database, workspace_id, [trigger("keep"), node("keep", op, treated=None, held_out=None)]
        )
        await engine.run(await engine.enroll(ids))
        rows = await engine._rows(
            "SELECT e.contact_id FROM trace s JOIN enrollments e ON e.id = s.enrollment_id"
            " WHERE e.version_id = :v AND s.outlet = 'held_out'"
        )
        kept.append({contact_id for (contact_id,) in rows})
    assert 10 <= len(kept[0]) <= 80
    assert kept[0] < kept[1]


async def test_a_journey_starts_another_as_far_as_that_one_lets_them(database: Database, workspace_id: UUID) -> None:
    other = await engine_for(database, workspace_id, [trigger("rest"), node("rest", Hold(seconds=60), next=None)])
    start = StartJourney(journey_id=other.plan.journey_id)
    engine = await engine_for(
        database,
        workspace_id,
        [trigger("go"), node("go", start, next="rest"), node("rest", Hold(seconds=9), next=None)],
    )
    anna, ben = await make_contacts(database, workspace_id, 2)
    await other.enroll([anna])
    [token] = await engine.enroll([anna, ben], payload={"plan": "pro"})
    assert await engine.stage(token) == await engine.stage(token)
    assert (await why(engine, anna, "go"))[1] == "not started: entered before"
    assert (await why(engine, ben, "go"))[1] == "started"
    assert await other.states() == {"active": 2}
    rows = await other._rows("SELECT contact_id, payload FROM enrollments WHERE version_id = :v ORDER BY entered_at")
    assert rows[1] == (ben, {"plan": "pro"})
    dispatched = await engine._rows(
        "SELECT count(*) FROM dispatches WHERE payload ->> 'slug' = :slug", slug=other.plan.slug
    )
    assert dispatched == [(2,)]


async def test_a_journey_that_is_not_live_or_goes_by_a_key_that_is_missing_starts_for_nobody(
    database: Database, workspace_id: UUID
) -> None:
    rest = [trigger("rest"), node("rest", Hold(seconds=60), next=None)]
    paused = await engine_for(database, workspace_id, rest, state="paused")
    keyed = await engine_for(database, workspace_id, rest, re_entry="per_key")
    nodes = [
        trigger("one"),
        node("one", StartJourney(journey_id=paused.plan.journey_id), next="two"),
        node("two", StartJourney(journey_id=keyed.plan.journey_id), next="three"),
        node("three", StartJourney(journey_id=keyed.plan.journey_id, key="cart"), next=None),
    ]
    engine = await engine_for(database, workspace_id, nodes)
    [anna] = await make_contacts(database, workspace_id, 1)
    await engine.run(await engine.enroll([anna], payload={"cart": 7}))
    assert (await why(engine, anna, "one"))[1] == "not started: that journey is not live"
    assert (await why(engine, anna, "two"))[1] == f"not started: {NO_KEY}"
    assert (await why(engine, anna, "three"))[1] == "started"
    assert await keyed._rows("SELECT key FROM enrollments WHERE version_id = :v") == [("7",)]


async def test_journeys_that_start_each_other_come_to_an_end(database: Database, workspace_id: UUID) -> None:
    rest = [trigger("rest"), node("rest", Hold(seconds=60), next=None)]
    other = await engine_for(database, workspace_id, rest, re_entry="always")
    start = StartJourney(journey_id=other.plan.journey_id)
    engine = await engine_for(database, workspace_id, [trigger("go"), node("go", start, next=None)], re_entry="always")
    [anna] = await make_contacts(database, workspace_id, 1)
    for turn in range(MOST_AN_HOUR + 1):
        engine.run_id = None
        async with database.engine() as session:
            await session.execute(text("DELETE FROM entries WHERE journey_id = :j"), {"j": engine.plan.journey_id})
        await engine.run(await engine.enroll([anna]))
        assert (await other.states())["active"] == min(turn + 1, MOST_AN_HOUR)
    reasons = await engine._rows(
        "SELECT s.reason FROM trace s JOIN enrollments e ON e.id = s.enrollment_id"
        " WHERE e.version_id = :v AND s.node_id = 'go' ORDER BY s.at DESC LIMIT 1"
    )
    assert reasons == [(TOO_OFTEN,)]


async def test_two_journeys_that_start_a_third_at_once_start_it_once(database: Database, workspace_id: UUID) -> None:
    """Both stages are inside their transactions when they come to the door; the unique key of the entry decides."""
    other = await engine_for(database, workspace_id, [trigger("rest"), node("rest", Hold(seconds=60), next=None)])
    start = [trigger("go"), node("go", StartJourney(journey_id=other.plan.journey_id), next=None)]
    first, second = [await engine_for(database, workspace_id, start) for _ in range(2)]
    [anna] = await make_contacts(database, workspace_id, 1)
    [one], [two] = await first.enroll([anna]), await second.enroll([anna])
    async with database.workspace(workspace_id) as session:
        await run_waiting_or_pure(session, first.order(one))
        racing = asyncio.create_task(second.stage(two))
        await _blocked(database)
    await racing
    assert await other.states() == {"active": 1}
    assert (await why(first, anna, "go"))[1] == "started"
    assert (await why(second, anna, "go"))[1] == "not started: entered before"


async def _blocked(database: Database) -> None:
    """Wait until some transaction waits for another's lock."""
    async with asyncio.timeout(10):
        while True:
            async with database.engine() as session:
                if await session.scalar(text("SELECT 1 FROM pg_locks WHERE NOT granted LIMIT 1")):
                    return
            await asyncio.sleep(0.02)


async def test_who_unsubscribed_is_subscribed_again_only_where_the_node_says_so(
    database: Database, workspace_id: UUID
) -> None:
    nodes = [
        trigger("news"),
        node("news", Subscribe(topic="news"), next="again"),
        node("again", Subscribe(topic="offers", again=True), next="off"),
        node("off", Subscribe(topic="sms", on=False), next=None),
    ]
    engine = await engine_for(database, workspace_id, nodes)
    anna, ben = await make_contacts(database, workspace_id, 2)
    async with database.workspace(workspace_id) as session:
        for topic in ("news", "offers"):
            await record_consent(session, workspace_id, anna, topic, "unsubscribed", "test")
    await engine.run(await engine.enroll([anna, ben]))
    rows = await engine._rows(
        "SELECT contact_id, topic, state FROM consents WHERE contact_id = ANY(:ids)", ids=[anna, ben]
    )
    assert {(contact_id == anna, topic): state for contact_id, topic, state in rows} == {
        (True, "news"): "unsubscribed",
        (True, "offers"): "subscribed",
        (True, "sms"): "unsubscribed",
        (False, "news"): "subscribed",
        (False, "offers"): "subscribed",
        (False, "sms"): "unsubscribed",
    }
    assert (await why(engine, anna, "news"))[1] == "they unsubscribed before, and stay so"
    assert (await why(engine, ben, "news"))[1] is None
