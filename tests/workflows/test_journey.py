"""Journeys on a real Temporal server: events in, mails out, runs that end."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import Client
from temporalio.common import RetryPolicy
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import UnsandboxedWorkflowRunner, Worker
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner

from activities.stages import StageActivities
from journeys.connectors.base import Mail, MailProvider, Outcome
from journeys.connectors.errors import ProviderUnavailable
from journeys.contracts import ACTIVITY_QUEUE, BULK_QUEUE, EFFECT_QUEUE, RUN_QUEUE, StageOrder
from journeys.db.ids import new_id
from journeys.db.session import Database
from journeys.enrollments.routing import Lease, route_window
from journeys.nodes.ops import Await, Hold
from tests.conftest import make_workspace
from tests.factories.journeys import make_contacts, make_mail, node, publish_plan, publish_two_mails, send, trigger
from tests.fakes.engine import BareMailroom, Engine
from tests.fakes.provider import RecordingProvider
from tests.fakes.runner import InProcessRunner
from tests.journeys.enrollments.test_routing import happen
from tests.until import until
from worker.bells import Bells
from worker.dispatcher import Dispatcher
from worker.embedded.stack import EmbeddedStack
from worker.leases import claim_partitions
from workflows import journey
from workflows.journey import JourneyWorkflow

AT_ONCE = 2
"""Stages of each kind; all together they are no more than there are connections to Postgres."""


@pytest.fixture(scope="session")
async def client(temporal_server: EmbeddedStack) -> Client:
    return await Client.connect(temporal_server.temporal_address, data_converter=pydantic_data_converter)


@asynccontextmanager
async def running(
    client: Client,
    database: Database,
    provider: MailProvider,
    *,
    sandbox: bool = True,
    hooks: httpx.AsyncBaseTransport | None = None,
    **named: MailProvider,
) -> AsyncIterator[None]:
    """Run the workers of all queues and a dispatcher; workflows in the sandbox, as a check of their determinism."""

    async def quiet(order: StageOrder) -> None:
        return

    async with httpx.AsyncClient(transport=hooks) as http:
        stages = StageActivities(database, BareMailroom(database, provider, named), http, quiet, InProcessRunner())
        runner = SandboxedWorkflowRunner() if sandbox else UnsandboxedWorkflowRunner()
        runs = Worker(
            client,
            task_queue=RUN_QUEUE,
            workflows=[JourneyWorkflow],
            activities=[stages.run_stage],
            workflow_runner=runner,
            max_concurrent_local_activities=AT_ONCE,
            max_concurrent_activities=AT_ONCE,
        )
        effects, bulk, custom = (
            Worker(client, task_queue=queue, activities=[stages.run_stage], max_concurrent_activities=AT_ONCE)
            for queue in (EFFECT_QUEUE, BULK_QUEUE, ACTIVITY_QUEUE)
        )
        bells = Bells(database.url)
        loops = [asyncio.create_task(loop) for loop in (bells.run(), Dispatcher(database, client, bells).run())]
        async with runs, effects, bulk, custom:
            yield
        for loop in loops:
            loop.cancel()
        await asyncio.gather(*loops, return_exceptions=True)


async def route_all(database: Database) -> Lease:
    async with database.engine() as session:
        lease = await claim_partitions(session, new_id())
    async with database.engine() as session:
        await route_window(session, lease, 1_000)
    return lease


async def workflow_ids(database: Database) -> list[str]:
    async with database.engine() as session:
        return list(await session.scalars(text("SELECT workflow_id FROM runs ORDER BY id")))


async def test_an_event_becomes_a_mail_and_the_run_reads_like_the_journey(
    client: Client, fresh_database: Database
) -> None:
    provider = RecordingProvider()
    plan = await publish_two_mails(fresh_database, 1)
    engine = Engine(fresh_database, plan, BareMailroom(fresh_database, provider))
    [anna] = await make_contacts(fresh_database, plan.workspace_id, 1)
    await happen(fresh_database, plan.workspace_id, anna, "Signed Up")
    async with running(client, fresh_database, provider):
        await route_all(fresh_database)

        async def done() -> bool:
            return await engine.states() == {"completed": 1}

        await until(done)
        [workflow_id] = await workflow_ids(fresh_database)
        handle = client.get_workflow_handle(workflow_id)
        assert await handle.result() == 3
        description = await handle.describe()
    assert description.workflow_type == "Welcome"
    assert await description.static_summary() == "Welcome, version 1: 1 contact"
    assert [mail.to for mail in provider.mails] == ["person0@example.com"] * 2
    history = await handle.fetch_history()
    assert [name for event in history.events if (name := _stage_of(event))] == ["Hello", "Pause", "Again"]


def _stage_of(event: HistoryEvent) -> str | None:
    """Return the name of the stage that an event of a history tells of."""
    if event.HasField("activity_task_scheduled_event_attributes"):
        return event.activity_task_scheduled_event_attributes.activity_type.name
    if event.HasField("marker_recorded_event_attributes"):
        data = event.marker_recorded_event_attributes.details["data"].payloads[0].data
        return str(json.loads(data)["activity_type"])
    return None


async def test_an_exit_ends_a_run_that_sleeps_for_thirty_days(client: Client, fresh_database: Database) -> None:
    provider = RecordingProvider()
    workspace_id = await make_workspace(fresh_database)
    plan = await publish_plan(
        fresh_database,
        workspace_id,
        [trigger("pause"), node("pause", Hold(seconds=30 * 86_400), next=None)],
        exit_on=[{"event": "Order Completed"}],
    )
    engine = Engine(fresh_database, plan, BareMailroom(fresh_database, provider))
    [anna] = await make_contacts(fresh_database, workspace_id, 1)
    await happen(fresh_database, workspace_id, anna, "Signed Up")
    async with running(client, fresh_database, provider):
        await route_all(fresh_database)

        async def asleep() -> bool:
            async with fresh_database.engine() as session:
                return await session.scalar(text("SELECT wake_at IS NOT NULL FROM batches")) is True

        await until(asleep)
        await happen(fresh_database, workspace_id, anna, "Order Completed")
        await route_all_again(fresh_database)
        assert await engine.states() == {"exited": 1}
        [workflow_id] = await workflow_ids(fresh_database)
        assert await asyncio.wait_for(client.get_workflow_handle(workflow_id).result(), 20) == 1


async def route_all_again(database: Database) -> None:
    async with database.engine() as session:
        await session.execute(text("UPDATE router_leases SET owner = NULL, expires_at = now() - interval '1 second'"))
    await route_all(database)


async def test_an_awaited_event_goes_on_in_a_run_of_its_own(client: Client, fresh_database: Database) -> None:
    provider = RecordingProvider()
    workspace_id = await make_workspace(fresh_database)
    mail = await make_mail(fresh_database, workspace_id)
    plan = await publish_plan(
        fresh_database,
        workspace_id,
        [
            trigger("order"),
            node("order", Await(event="Order Completed", timeout_seconds=86_400), happened="thanks", timed_out=None),
            node("thanks", send(mail), sent=None, skipped=None, failed=None),
        ],
    )
    engine = Engine(fresh_database, plan, BareMailroom(fresh_database, provider))
    ids: list[UUID] = await make_contacts(fresh_database, workspace_id, 3)
    for each in ids:
        await happen(fresh_database, workspace_id, each, "Signed Up")
    async with running(client, fresh_database, provider):
        await route_all(fresh_database)

        async def registered() -> bool:
            async with fresh_database.engine() as session:
                return bool(await session.scalar(text("SELECT count(*) = 3 FROM waits")))

        await until(registered)
        await happen(fresh_database, workspace_id, ids[1], "Order Completed")
        await route_all_again(fresh_database)

        async def thanked() -> bool:
            return await engine.states() == {"active": 2, "completed": 1}

        await until(thanked)
    assert [mail.to for mail in provider.mails] == ["person1@example.com"]


async def test_a_stage_that_fails_at_every_attempt_comes_back_later_instead_of_holding_its_run(
    client: Client, fresh_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    twice = RetryPolicy(initial_interval=timedelta(milliseconds=1), maximum_attempts=2)
    monkeypatch.setattr(journey, "STAGE_RETRY", twice)
    monkeypatch.setattr(journey, "COME_BACK_AFTER", timedelta(milliseconds=50))
    provider = RecordingProvider()
    away = [ProviderUnavailable("connection refused")] * 5

    async def answer(mails: Sequence[Mail]) -> list[Outcome]:
        if away:
            raise away.pop()
        provider.accept(mails)
        return [Outcome("sent") for _ in mails]

    provider.answer = answer
    workspace_id = await make_workspace(fresh_database)
    mail = await make_mail(fresh_database, workspace_id)
    hello = node("hello", send(mail), sent=None, skipped=None, failed=None)
    plan = await publish_plan(fresh_database, workspace_id, [trigger("hello"), hello])
    engine = Engine(fresh_database, plan, BareMailroom(fresh_database, provider))
    async with running(client, fresh_database, provider, sandbox=False):
        await engine.enroll(await make_contacts(fresh_database, workspace_id, 60))

        async def done() -> bool:
            return await engine.states() == {"completed": 60}

        await until(done)
        [workflow_id] = await workflow_ids(fresh_database)
        history = await client.get_workflow_handle(workflow_id).fetch_history()
    failed = [each for each in history.events if each.HasField("activity_task_failed_event_attributes")]
    assert len(failed) == 2
    assert len(provider.mails) == 60
