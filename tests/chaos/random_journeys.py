"""A simulation and real runs on a real Temporal server, whose time is skipped, agree on each path and each mail."""

import os
from collections.abc import AsyncIterator
from functools import partial

import pytest
from temporalio.client import Client

from tests.fakes.skipping import EarnestOnTemporal, SkippingTemporal
from tests.histories.record import client_of
from tests.journeys.simulation.test_agreement import compare, machine_clock

__all__ = ["machine_clock"]

JOURNEYS = int(os.environ.get("SOJOURN_RANDOM_JOURNEYS_ON_TEMPORAL", "40"))


@pytest.fixture
async def skipping_client(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Client]:
    async with client_of(SkippingTemporal(tmp_path_factory.mktemp("skipping"), quick=True)) as client:
        yield client


async def test_random_journeys_go_the_same_way_in_a_simulation_and_on_temporal(
    fresh_database_url: str,
    machine_clock: None,
    skipping_client: Client,
) -> None:
    await compare(fresh_database_url, partial(EarnestOnTemporal, client=skipping_client), range(JOURNEYS))
