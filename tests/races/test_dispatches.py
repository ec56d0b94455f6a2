"""A dispatch is repeated until it is acknowledged; the run it starts is started once, even where Temporal has forgotten it."""

from typing import Any

from sqlalchemy import Row, text
from temporalio.client import Client, WorkflowExecutionStatus

from journeys.db.json import to_json
from journeys.db.session import Database
from journeys.nodes.ops import Hold
from tests.conftest import make_workspace
from tests.factories.journeys import make_contacts, node, publish_plan, trigger
from tests.fakes.engine import BareMailroom, Engine
from tests.fakes.provider import RecordingProvider
from tests.workflows.test_journey import client, workflow_ids  # noqa: F401
from worker.bells import Bells
from worker.dispatcher import Dispatcher


async def test_a_start_whose_acknowledgement_was_lost_starts_nothing_twice(
    client: Client,  # noqa: F811
    fresh_database: Database,
) -> None:
    workspace_id = await make_workspace(fresh_database)
    plan = await publish_plan(
        fresh_database, workspace_id, [trigger("pause"), node("pause", Hold(seconds=600), next=None)]
    )
    engine = Engine(fresh_database, plan, BareMailroom(fresh_database, RecordingProvider()))
    await engine.enroll(await make_contacts(fresh_database, workspace_id, 1))
    dispatcher = Dispatcher(fresh_database, client, Bells(fresh_database.url))

    async with fresh_database.engine() as session:
        owed = (await session.execute(text("SELECT * FROM dispatches"))).one()
    assert await dispatcher.dispatch() == 1
    [workflow_id] = await workflow_ids(fresh_database)
    first = await client.get_workflow_handle(workflow_id).describe()
    assert first.status is WorkflowExecutionStatus.RUNNING

    await lose_acknowledgement(fresh_database, owed)
    assert await dispatcher.dispatch() == 1
    assert (await client.get_workflow_handle(workflow_id).describe()).run_id == first.run_id

    async with fresh_database.engine() as session:
        await session.execute(text("UPDATE runs SET ended_at = now()"))
    await client.get_workflow_handle(workflow_id).terminate()
    await lose_acknowledgement(fresh_database, owed)
    assert await dispatcher.dispatch() == 1
    last = await client.get_workflow_handle(workflow_id).describe()
    assert (last.run_id, last.status) == (first.run_id, WorkflowExecutionStatus.TERMINATED)
    async with fresh_database.engine() as session:
        assert await session.scalar(text("SELECT count(*) FROM dispatches")) == 0


async def lose_acknowledgement(database: Database, owed: Row[Any]) -> None:
    """Put the dispatch back, as if the process had died before it noted the answer."""
    async with database.engine() as session:
        await session.execute(
            text("""
                INSERT INTO dispatches (workspace_id, kind, urgency, run_id, payload)
                VALUES (:workspace_id, :kind, :urgency, :run_id, CAST(:payload AS jsonb))
            """),
            {**owed._mapping, "payload": to_json(owed.payload)},
        )
