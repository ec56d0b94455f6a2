"""Batches walk their plan on real Postgres: splits, sends, waits, ends, and counts that add up."""

from uuid import UUID

import pytest

from journeys.db.session import Database
from journeys.enrollments.counts import JOURNEY, read_counts
from journeys.graph.plan import PlanNode
from journeys.nodes.ops import Await, Change, End, Hold, Mark, Route, RoutePath, Share, Split
from journeys.rules.language import parse_rule
from tests.factories.journeys import make_contacts, make_mail, node, publish_plan, send, trigger
from tests.fakes.engine import BareMailroom, Engine
from tests.fakes.provider import RecordingProvider


async def engine_for(database: Database, workspace_id: UUID, nodes: list[PlanNode]) -> Engine:
    plan = await publish_plan(database, workspace_id, nodes)
    return Engine(database, plan, BareMailroom(database, RecordingProvider()))


def sent_to(engine: Engine) -> list[str]:
    return sorted(mail.to for mail in engine.mailroom.provider.mails)  # type: ignore[attr-defined]


async def test_a_batch_gets_its_mail_waits_branches_and_ends(database: Database, workspace_id: UUID) -> None:
    mail = await make_mail(database, workspace_id)
    german = parse_rule({"attribute": "country", "op": "eq", "value": "DE"})
    engine = await engine_for(
        database,
        workspace_id,
        [
            trigger("hello"),
            node("hello", send(mail), sent="pause", skipped="pause", failed="pause"),
            node("pause", Hold(seconds=3600), next="where"),
            node("where", Route(paths=[RoutePath(outlet="de", rule=german)]), de="again", else_=None),
            node("again", send(mail), sent=None, skipped=None, failed=None),
        ],
    )
    german_ids = await make_contacts(database, workspace_id, 3, country="DE")
    waiting = await engine.run(await engine.enroll(german_ids))
    assert [(token.node_id, token.size) for token in waiting] == [("pause", 3)]
    assert waiting[0].wake_at is not None
    assert (waiting[0].wake_at - await engine.now()).total_seconds() == pytest.approx(3600, abs=5)
    assert len(sent_to(engine)) == 3
    assert await engine.wake(waiting) == []
    assert await engine.states() == {"completed": 3}
    assert len(sent_to(engine)) == 6
    assert await engine.steps(german_ids[0]) == [
        ("start", "next"),
        ("hello", "sent"),
        ("pause", "next"),
        ("where", "de"),
        ("again", "sent"),
    ]


async def test_a_split_keeps_everyone_once_and_its_counts_add_up(database: Database, workspace_id: UUID) -> None:
    shares = [Share(outlet="a", upto=0.3), Share(outlet="b", upto=1.0)]
    engine = await engine_for(
        database,
        workspace_id,
        [
            trigger("toss"),
            node("toss", Split(salt="s", shares=shares), a="pause", b=None),
            node("pause", Hold(seconds=60), next=None),
        ],
    )
    waiting = await engine.run(await engine.enroll(await make_contacts(database, workspace_id, 200)))
    states = await engine.states()
    assert states["active"] + states["completed"] == 200
    assert 30 <= states["active"] <= 90
    assert sum(token.size for token in waiting) == states["active"]
    async with database.workspace(workspace_id) as session:
        counts = await read_counts(session, workspace_id, engine.plan.journey_id)
    assert counts["toss"]["passed"][""] == 200
    assert counts["toss"]["waiting"][""] == 0
    assert counts["pause"]["entered"][""] == counts["pause"]["waiting"][""] == states["active"]
    assert counts[JOURNEY]["completed"][""] == states["completed"]


async def test_a_repeated_stage_answers_the_same_and_does_nothing(database: Database, workspace_id: UUID) -> None:
    mail = await make_mail(database, workspace_id)
    engine = await engine_for(
        database,
        workspace_id,
        [
            trigger("hello"),
            node("hello", send(mail), sent="pause", skipped="pause", failed="pause"),
            node("pause", Hold(seconds=60), next=None),
        ],
    )
    [token] = await engine.enroll(await make_contacts(database, workspace_id, 5))
    first = await engine.stage(token)
    assert await engine.stage(token) == first
    assert len(sent_to(engine)) == 5


async def test_unsubscribed_suppressed_and_addressless_contacts_are_skipped_with_the_reason(
    database: Database, workspace_id: UUID
) -> None:
    from sqlalchemy import text

    mail = await make_mail(database, workspace_id)
    engine = await engine_for(
        database, workspace_id, [trigger("hello"), node("hello", send(mail), sent=None, skipped=None, failed=None)]
    )
    ids = await make_contacts(database, workspace_id, 4)
    async with database.engine() as session:
        await session.execute(
            text(
                "INSERT INTO consents (contact_id, channel, topic, workspace_id, state, source)"
                " VALUES (:c, 'email', 'marketing', :w, 'unsubscribed', 't')"
            ),
            {"c": ids[0], "w": workspace_id},
        )
        await session.execute(
            text(
                "INSERT INTO suppressions (workspace_id, channel, address, reason, source)"
                " VALUES (:w, 'email', 'person1@example.com', 'bounced', 't')"
            ),
            {"w": workspace_id},
        )
        await session.execute(text("UPDATE contacts SET email = NULL WHERE id = :c"), {"c": ids[2]})
    await engine.run(await engine.enroll(ids))
    assert await engine.messages() == {
        "sent": 1,
        "skipped: unsubscribed": 1,
        "skipped: bounced": 1,
        "skipped: no_address": 1,
    }
    assert await engine.steps(ids[0]) == [("start", "next"), ("hello", "skipped")]
    assert await engine.states() == {"completed": 4}


async def test_a_loop_counts_visits_and_sends_again_on_each(database: Database, workspace_id: UUID) -> None:
    mail = await make_mail(database, workspace_id)
    engine = await engine_for(
        database,
        workspace_id,
        [
            trigger("hello"),
            node("hello", send(mail), sent="pause", skipped="pause", failed="pause"),
            node("pause", Hold(seconds=60), closes_loop=["next"], next="hello"),
        ],
    )
    waiting = await engine.run(await engine.enroll(await make_contacts(database, workspace_id, 2)))
    waiting = await engine.wake(waiting)
    waiting = await engine.wake(waiting)
    assert len(sent_to(engine)) == 6
    assert [token.size for token in waiting] == [2]


async def test_a_change_writes_attributes_and_tags(database: Database, workspace_id: UUID) -> None:
    from sqlalchemy import text

    change = Change(
        set={"plan": "pro", "city": "Graz", "note": "for {{ contact.first_name }}"},
        add_tags=["b", "a"],
        remove_tags=["x"],
    )
    engine = await engine_for(
        database,
        workspace_id,
        [
            trigger("mark"),
            node("mark", change, next="goal"),
            node("goal", Mark(), next="out"),
            node("out", End(reason="done")),
        ],
    )
    ids = await make_contacts(database, workspace_id, 2)
    assert await engine.run(await engine.enroll(ids)) == []
    async with database.workspace(workspace_id) as session:
        row = (
            await session.execute(text("SELECT attributes, tags, city FROM contacts WHERE id = :id"), {"id": ids[1]})
        ).one()
    assert row == ({"plan": "pro", "note": "for P1"}, ["a", "b"], "Graz")
    assert await engine.states() == {"completed": 2}


async def test_nobody_enters_twice_where_the_rule_says_once(database: Database, workspace_id: UUID) -> None:
    engine = await engine_for(database, workspace_id, [trigger("pause"), node("pause", Hold(seconds=60), next=None)])
    ids = await make_contacts(database, workspace_id, 3)
    assert [token.size for token in await engine.enroll(ids)] == [3]
    assert await engine.enroll(ids) == []
    assert await engine.states() == {"active": 3}


async def test_an_awaited_event_that_never_comes_times_out(database: Database, workspace_id: UUID) -> None:
    engine = await engine_for(
        database,
        workspace_id,
        [
            trigger("order"),
            node("order", Await(event="Order Completed", timeout_seconds=60), happened=None, timed_out=None),
        ],
    )
    ids = await make_contacts(database, workspace_id, 2)
    waiting = await engine.run(await engine.enroll(ids))
    assert await engine.wake(waiting) == []
    assert await engine.steps(ids[0]) == [("start", "next"), ("order", "timed_out")]
