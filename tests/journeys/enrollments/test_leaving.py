"""A journey that makes its own exit rule or goal hold: nobody gets the mail that comes right after."""

from typing import Any

import pytest

from journeys.db.session import Database
from journeys.nodes.ops import Change, Op, Subscribe
from tests.conftest import make_workspace
from tests.factories.journeys import make_contacts, make_mail, node, publish_plan, send, trigger
from tests.journeys.enrollments.test_routing import engine_of

OUT = Subscribe(topic="marketing", on=False)
FROM_GERMANY = {"attribute": "country", "op": "eq", "value": "DE"}
TAGGED = {"attribute": "tags", "op": "contains", "value": "seen"}


@pytest.mark.parametrize(
    ("op", "settings", "end"),
    [
        (OUT, {"exit_on": [{"all": [FROM_GERMANY, {"not": {"subscribed": "marketing"}}]}]}, "exited"),
        (Change(add_tags=["seen"]), {"goal": {"rule": {"all": [FROM_GERMANY, TAGGED]}, "exits": True}}, "completed"),
    ],
)
async def test_whom_a_step_makes_leave_is_gone_before_the_mail_that_follows(
    fresh_database: Database, op: Op, settings: dict[str, Any], end: str
) -> None:
    w = await make_workspace(fresh_database)
    goodbye = send(await make_mail(fresh_database, w), category="transactional")
    nodes = [trigger("step"), node("step", op, next="goodbye"), node("goodbye", goodbye, sent=None)]
    engine = engine_of(fresh_database, await publish_plan(fresh_database, w, nodes, **settings))
    [anna] = await make_contacts(fresh_database, w, 1, country="DE", email="anna@example.com")
    [ben] = await make_contacts(fresh_database, w, 1, country="US", email="ben@example.com")
    await engine.run(await engine.enroll([anna, ben]))
    assert await engine.steps(anna) == [("start", "next"), ("step", "next"), ("goodbye", None)]
    assert await engine.steps(ben) == [("start", "next"), ("step", "next"), ("goodbye", "sent")]
    assert await engine.messages() == {"sent": 1}
    rows = await engine._rows("SELECT state FROM enrollments WHERE version_id = :v AND contact_id = :c", c=anna)
    assert rows == [(end,)]


async def test_a_batch_that_everybody_leaves_at_its_own_step_owes_its_run_the_news(fresh_database: Database) -> None:
    w = await make_workspace(fresh_database)
    nodes = [
        trigger("out"),
        node("out", OUT, next="mail"),
        node("mail", send(await make_mail(fresh_database, w)), sent=None),
    ]
    plan = await publish_plan(fresh_database, w, nodes, exit_on=[{"not": {"subscribed": "marketing"}}])
    engine = engine_of(fresh_database, plan)
    [token] = await engine.enroll(await make_contacts(fresh_database, w, 2))
    [following] = await engine.stage(token)
    owed = await engine._rows(
        "SELECT payload -> 'empty' FROM dispatches WHERE kind = 'nudge_run' AND CAST(:v AS uuid) IS NOT NULL"
    )
    assert owed == [([str(token.batch_id)],)]
    assert await engine.states() == {"exited": 2}
    assert await engine.stage(following) == []
    assert await engine.messages() == {}
