"""Runs stay small however long and wide a journey is: surplus batches and long histories go on in new ones."""

import pytest
from sqlalchemy import text
from temporalio.client import Client, WorkflowExecutionStatus

from journeys.db.ids import new_id
from journeys.db.session import Database
from journeys.enrollments import run
from journeys.graph.catalogue import Catalogue
from journeys.graph.compiler import compile_graph
from journeys.graph.plan import PlanNode
from journeys.graph.settings import JourneySettings
from journeys.nodes.ops import Change, Hold, Route, RoutePath, Share, Split
from journeys.rules.language import parse_rule
from tests.bench.wide import NODES, draw
from tests.conftest import make_workspace
from tests.factories.journeys import make_contacts, node, publish_plan, trigger
from tests.fakes.engine import BareMailroom, Engine
from tests.fakes.provider import RecordingProvider
from tests.until import until
from tests.workflows.test_journey import client, running, workflow_ids
from workflows import journey

__all__ = ["client"]

WAYS = 30
PEOPLE = 600
"""So many that no way stays without anybody, however their ids fall."""
MOST_TOKENS = 8
LAPS = 5
MOST_EVENTS = 32


def many_ways() -> PlanNode:
    """Return a split into many ways that all lead to one wait."""
    shares = [Share(outlet=f"way{n}", upto=(n + 1) / WAYS) for n in range(WAYS)]
    return node("ways", Split(salt="s", shares=shares), **{share.outlet: "pause" for share in shares})


async def test_what_splits_into_more_batches_than_a_run_should_carry_goes_on_in_new_runs(
    client: Client,
    fresh_database: Database,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(run, "MAX_TOKENS", MOST_TOKENS)
    workspace_id = await make_workspace(fresh_database)
    plan = await publish_plan(
        fresh_database, workspace_id, [trigger("ways"), many_ways(), node("pause", Hold(seconds=1), next=None)]
    )
    engine = Engine(fresh_database, plan, BareMailroom(fresh_database, RecordingProvider()))
    async with running(client, fresh_database, RecordingProvider(), sandbox=False):
        await engine.enroll(await make_contacts(fresh_database, workspace_id, PEOPLE))

        async def done() -> bool:
            return await engine.states() == {"completed": PEOPLE}

        await until(done)
        first, *others = await workflow_ids(fresh_database)
        assert others
        for each in (first, *others):
            await client.get_workflow_handle(each).result()
    async with fresh_database.engine() as session:
        carried = (await session.execute(text("SELECT run_id, count(*) FROM batches GROUP BY 1 ORDER BY 1"))).all()
    assert sum(n for _, n in carried) == WAYS
    assert carried[0][1] <= MOST_TOKENS


async def test_a_stage_that_spilled_answers_as_before_when_it_is_repeated(fresh_database: Database) -> None:
    workspace_id = await make_workspace(fresh_database)
    plan = await publish_plan(
        fresh_database, workspace_id, [trigger("ways"), many_ways(), node("pause", Hold(seconds=60), next=None)]
    )
    engine = Engine(fresh_database, plan, BareMailroom(fresh_database, RecordingProvider()), room=3)
    [token] = await engine.enroll(await make_contacts(fresh_database, workspace_id, PEOPLE))
    tokens = await engine.stage(token)
    assert len(tokens) == 4
    assert await engine.stage(token) == tokens
    async with fresh_database.engine() as session:
        spilled = await session.scalar(
            text("SELECT jsonb_array_length(payload->'run'->'tokens') FROM dispatches WHERE run_id <> :mine"),
            {"mine": engine.run_id},
        )
    assert spilled == WAYS - 4


async def test_a_loop_goes_on_in_new_histories_and_none_grows_long(
    client: Client,
    fresh_database: Database,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(journey, "HISTORY_EVENTS", MOST_EVENTS // 2)
    workspace_id = await make_workspace(fresh_database)
    done_rule = parse_rule({"attribute": "laps", "op": "eq", "value": "x" * LAPS})
    plan = await publish_plan(
        fresh_database,
        workspace_id,
        [
            trigger("pause"),
            node("pause", Hold(seconds=1), next="lap"),
            node("lap", Change(set={"laps": "{{ contact.laps }}x"}), next="enough"),
            node(
                "enough",
                Route(paths=[RoutePath(outlet="done", rule=done_rule)], else_outlet="again"),
                closes_loop=["again"],
                done=None,
                again="pause",
            ),
        ],
    )
    engine = Engine(fresh_database, plan, BareMailroom(fresh_database, RecordingProvider()))
    async with running(client, fresh_database, RecordingProvider(), sandbox=False):
        await engine.enroll(await make_contacts(fresh_database, workspace_id, 3))

        async def done() -> bool:
            return await engine.states() == {"completed": 3}

        await until(done, 60)
        [workflow_id] = await workflow_ids(fresh_database)
        await client.get_workflow_handle(workflow_id).result()
        executions = [each async for each in client.list_workflows(f"WorkflowId = '{workflow_id}'")]
    assert {each.status for each in executions} == {
        WorkflowExecutionStatus.CONTINUED_AS_NEW,
        WorkflowExecutionStatus.COMPLETED,
    }
    assert max(each.history_length for each in executions) <= MOST_EVENTS


async def test_a_journey_of_two_hundred_nodes_takes_everybody_to_its_end(fresh_database: Database) -> None:
    workspace_id, segment_id = await make_workspace(fresh_database), new_id()
    catalogue = Catalogue(workspace_id, segment_id, segments=frozenset({segment_id}))
    plan = compile_graph(draw(segment_id), JourneySettings(), catalogue)
    loaded = await publish_plan(fresh_database, workspace_id, list(plan.nodes.values()))
    engine = Engine(fresh_database, loaded, BareMailroom(fresh_database, RecordingProvider()))
    people = await make_contacts(fresh_database, workspace_id, 5)
    tokens = await engine.run(await engine.enroll(people))
    while tokens:
        tokens = await engine.wake(tokens)
    assert await engine.states() == {"completed": 5}
    assert len(await engine.steps(people[0])) == len(plan.nodes) == NODES
