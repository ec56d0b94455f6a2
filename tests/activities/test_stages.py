"""What Temporal is told of a stage that fails."""

import httpx
import pytest
from temporalio.api.common.v1 import Payload
from temporalio.common import RawValue
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.testing import ActivityEnvironment

from activities.stages import StageActivities
from journeys.contracts import StageOrder, Token
from journeys.db.ids import new_id
from journeys.db.session import Database
from tests.fakes.engine import BareMailroom
from tests.fakes.provider import RecordingProvider


def order() -> Payload:
    token = Token(batch_id=new_id(), node_id="hello", title="Hello", size=1)
    ids = {name: new_id() for name in ("run_id", "workspace_id", "journey_id", "version_id")}
    return pydantic_data_converter.payload_converter.to_payload(StageOrder(**ids, token=token))


async def test_a_database_that_is_away_is_told_as_it_is() -> None:
    async def quiet(order: StageOrder) -> None:
        return

    database = Database("postgresql://nobody@127.0.0.1:1/nothing")
    environment = ActivityEnvironment()
    environment.payload_converter = pydantic_data_converter.payload_converter
    async with httpx.AsyncClient() as http:
        stages = StageActivities(database, BareMailroom(database, RecordingProvider()), http, quiet)
        with pytest.raises(Exception, match="connection failed") as raised:
            await environment.run(stages.run_stage, [RawValue(order())])
    # An error that is its own cause cannot be written down: Temporal would see only that.
    assert raised.value.__cause__ is not raised.value
    await database.close()
