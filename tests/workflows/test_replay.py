"""Histories of real runs, replayed: the workflow of today must take the steps that running ones took before it."""

import json
from pathlib import Path
from typing import get_args, get_type_hints

import pytest
from temporalio.client import WorkflowHistory
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Replayer
from temporalio.workflow import NondeterminismError

from journeys.db.session import Database
from journeys.nodes.ops import Op
from journeys.nodes.registry import NODE_KINDS
from tests.conftest import make_workspace
from tests.fakes.provider import RecordingProvider
from tests.histories import shapes
from tests.histories.kinds import KIND_SHAPES
from tests.histories.record import FOLDER, ImpatientTemporal, client_of, histories
from tests.workflows.test_journey import running
from workflows.journey import JourneyWorkflow

RECORDED = sorted(Path(shapes.__file__).parent.glob("*/*.json"))
OPS = {get_args(get_type_hints(op)["op"])[0] for op in get_args(get_args(Op)[0])}


def read(path: Path) -> WorkflowHistory:
    document = json.loads(path.read_text())
    for ours in ("kinds", "node_kinds"):
        document.pop(ours, None)
    return WorkflowHistory.from_json(document.pop("workflow_id"), document)


async def replay(history: WorkflowHistory) -> None:
    replayer = Replayer(workflows=[JourneyWorkflow], data_converter=pydantic_data_converter)
    await replayer.replay_workflow(history)


def test_every_shape_of_a_run_has_a_history() -> None:
    recorded = {path.stem.rpartition("-")[0] for path in FOLDER.glob("*.json")}
    assert recorded == {shape.__name__ for shape in (*shapes.SHAPES, *KIND_SHAPES)}


@pytest.mark.parametrize(("noted", "known"), [("kinds", OPS), ("node_kinds", set(NODE_KINDS))])
def test_every_operation_and_every_kind_of_node_is_in_a_history(noted: str, known: set[str]) -> None:
    recorded = {kind for path in FOLDER.glob("*.json") for kind in json.loads(path.read_text())[noted]}
    assert recorded == known


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: f"{path.parent.name}-{path.stem}")
async def test_a_recorded_run_is_replayed_without_a_difference(path: Path) -> None:
    await replay(read(path))


async def test_a_run_that_took_other_steps_is_noticed() -> None:
    history = read(next(path for path in RECORDED if path.stem.startswith("send_wait")))
    scheduled = next(each for each in history.events if each.HasField("activity_task_scheduled_event_attributes"))
    scheduled.activity_task_scheduled_event_attributes.activity_type.name = "Another step"
    with pytest.raises(NondeterminismError):
        await replay(history)


async def test_a_run_that_continues_as_new_carries_its_sleeping_batches_on(
    fresh_database: Database, tmp_path: Path
) -> None:
    provider = RecordingProvider()
    async with client_of(ImpatientTemporal(tmp_path, quick=True)) as client:
        stage = shapes.Stage(client, fresh_database, provider, await make_workspace(fresh_database))
        async with running(client, fresh_database, provider):
            await shapes.continued(stage)
        executions = await histories(stage)
    *earlier, last = [each.events[-1] for each in executions]
    assert earlier
    assert all(each.HasField("workflow_execution_continued_as_new_event_attributes") for each in earlier)
    assert last.HasField("workflow_execution_completed_event_attributes")
    async with fresh_database.engine() as session:
        states = await session.scalars(shapes.STATES, {"id": stage.workspace_id})
    assert set(states) == {"completed"}
