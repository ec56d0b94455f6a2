"""Runs outlive an upgrade: one that sleeps when a new version comes goes on in it, and its old worker may be gone."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from temporalio import activity
from temporalio.client import Client
from temporalio.common import RawValue
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Worker

from journeys.contracts import RUN_QUEUE, RunInput, StageResult, Token
from journeys.db.ids import new_id
from worker.embedded.temporal import EmbeddedTemporal
from worker.versions import deployment_of, promote, supports_versions
from workflows.journey import JourneyWorkflow


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[Client]:
    """A server of this test's own: what is current there, no other test may know."""
    server = EmbeddedTemporal(tmp_path / "temporal", quick=True)
    await server.start()
    try:
        yield await Client.connect(server.address, data_converter=pydantic_data_converter)
    finally:
        await server.stop()


class Stages:
    """Stages that hold their batch for two seconds, and then let it go."""

    @activity.defn(dynamic=True)
    async def run_stage(self, args: Sequence[RawValue]) -> StageResult:
        order = activity.payload_converter().from_payload(args[0].payload, dict)
        token = Token.model_validate(order["token"])
        if token.hop:
            return StageResult()
        wake_at = datetime.now(UTC) + timedelta(seconds=2)
        return StageResult(tokens=[token.model_copy(update={"hop": 1, "wake_at": wake_at})])


@asynccontextmanager
async def worker_of(client: Client, build_id: str) -> AsyncIterator[None]:
    worker = Worker(
        client,
        task_queue=RUN_QUEUE,
        workflows=[JourneyWorkflow],
        activities=[Stages().run_stage],
        deployment_config=deployment_of(build_id),
    )
    async with worker:
        await promote(client, build_id)
        yield


def run_of_one() -> RunInput:
    token = Token(batch_id=new_id(), node_id="pause", title="Pause", size=1)
    ids = {name: new_id() for name in ("run_id", "workspace_id", "journey_id", "version_id")}
    return RunInput(**ids, journey="Welcome", version=1, tokens=[token])


async def test_workers_without_a_version_take_over_again_when_versions_are_switched_off(client: Client) -> None:
    await promote(client, None)
    async with worker_of(client, "1.0"):
        handle = await client.start_workflow("Welcome", run_of_one(), id="run", task_queue=RUN_QUEUE)
        await until_it_sleeps(client)
    async with Worker(client, task_queue=RUN_QUEUE, workflows=[JourneyWorkflow], activities=[Stages().run_stage]):
        await promote(client, None)
        assert await handle.result() == 2


async def until_it_sleeps(client: Client) -> None:
    async for event in client.get_workflow_handle("run").fetch_history_events(wait_new_event=True):
        if event.HasField("timer_started_event_attributes"):
            return


async def test_a_sleeping_run_goes_on_in_the_version_that_came_meanwhile(client: Client) -> None:
    assert await supports_versions(client)
    async with worker_of(client, "1.0"):
        handle = await client.start_workflow("Welcome", run_of_one(), id="run", task_queue=RUN_QUEUE)
        await until_it_sleeps(client)
    async with worker_of(client, "2.0"):
        assert await handle.result() == 2
        described = await client.get_workflow_handle("run").describe()
    assert described.raw_description.workflow_execution_info.versioning_info.deployment_version.build_id == "2.0"
