"""Work on many contacts gives way while events set runs off, and is never kept from going on."""

import asyncio
import time
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from journeys.contracts import RunInput
from journeys.db.ids import new_id
from journeys.db.session import Database
from journeys.enrollments.dispatches import start_run
from journeys.simulation.clock import VirtualClock
from journeys.simulation.scratch import open_scratch
from tests.conftest import make_workspace
from worker import turns as module
from worker.bells import Bells
from worker.turns import REST_SECONDS, WORK_SECONDS, Turns

NEARLY = 0.9


@pytest.fixture
def bells() -> Bells:
    return Bells("")


@pytest.fixture
async def turns(bells: Bells) -> AsyncIterator[Turns]:
    turns = Turns(bells)
    async with running(turns.run()):
        yield turns


@asynccontextmanager
async def running(work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Run a loop beside the block."""
    task = asyncio.create_task(work)
    yield
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def ring(bells: Bells, channel: str) -> None:
    """Ring, and let those who wait hear it."""
    bells.ring(channel)
    await settle()


async def settle() -> None:
    """Let every task go as far as it can without time passing."""
    for _ in range(20):
        await asyncio.sleep(0)


class Transaction:
    """Takes a turn and keeps it until told to end."""

    def __init__(self, turns: Turns) -> None:
        self._turns, self.began, self._end = turns, asyncio.Event(), asyncio.Event()
        self.task = asyncio.create_task(self._run())

    async def _run(self) -> None:
        async with self._turns.take():
            self.began.set()
            await self._end.wait()

    async def end(self) -> None:
        self._end.set()
        await self.task


async def seconds_to_begin(turns: Turns) -> float:
    before = time.monotonic()
    async with turns.take():
        return time.monotonic() - before


async def test_alone_transactions_begin_at_once_and_side_by_side(turns: Turns) -> None:
    first, second = Transaction(turns), Transaction(turns)
    await settle()
    assert first.began.is_set()
    assert second.began.is_set()
    await first.end()
    await second.end()


async def test_a_run_that_was_set_off_lets_the_next_transaction_rest(turns: Turns, bells: Bells) -> None:
    await ring(bells, "triggered")
    assert await seconds_to_begin(turns) >= NEARLY * REST_SECONDS
    assert await seconds_to_begin(turns) < REST_SECONDS / 2


async def test_events_that_set_nothing_off_delay_nobody(turns: Turns, bells: Bells) -> None:
    await ring(bells, "event_queue")
    assert await seconds_to_begin(turns) < REST_SECONDS / 2


async def test_an_event_after_a_run_was_set_off_makes_work_rest_again(turns: Turns, bells: Bells) -> None:
    await ring(bells, "triggered")
    await seconds_to_begin(turns)
    await asyncio.sleep(WORK_SECONDS)  # so long work goes on, whatever comes
    await ring(bells, "event_queue")
    assert await seconds_to_begin(turns) >= NEARLY * REST_SECONDS


async def test_in_company_one_transaction_begins_when_the_other_has_ended(turns: Turns, bells: Bells) -> None:
    await ring(bells, "triggered")
    first = Transaction(turns)
    await first.began.wait()
    second = Transaction(turns)
    await settle()
    assert not second.began.is_set()
    await first.end()
    await settle()
    assert second.began.is_set()
    await second.end()


async def test_however_many_events_come_some_work_is_done(turns: Turns, bells: Bells) -> None:
    async def events() -> None:
        while True:
            bells.ring("triggered")
            bells.ring("event_queue")
            await asyncio.sleep(0.005)

    async with running(events()):
        await until_begun(turns, 3)


async def until_begun(turns: Turns, times: int) -> None:
    """Begin so often within a few rests, one transaction in each pause between them."""
    async with asyncio.timeout(3 * times * (REST_SECONDS + WORK_SECONDS)):
        for _ in range(times):
            await seconds_to_begin(turns)
            await asyncio.sleep(WORK_SECONDS)


async def test_nobody_waits_for_ever_for_one_that_does_not_end(
    turns: Turns, bells: Bells, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PATIENCE_SECONDS", 0.05)
    await ring(bells, "triggered")
    slow = Transaction(turns)
    await slow.began.wait()
    impatient = Transaction(turns)
    async with asyncio.timeout(5):
        await impatient.began.wait()
    await impatient.end()
    await slow.end()
    await ring(bells, "triggered")
    assert await seconds_to_begin(turns) < 5


async def test_a_transaction_inside_another_is_of_the_same_turn(turns: Turns, bells: Bells) -> None:
    async with turns.take():
        await ring(bells, "triggered")
        assert await seconds_to_begin(turns) < REST_SECONDS / 2


async def test_who_is_stopped_while_resting_gives_the_turn_back(turns: Turns, bells: Bells) -> None:
    await ring(bells, "triggered")
    stopped = Transaction(turns)
    await settle()
    stopped.task.cancel()
    with suppress(asyncio.CancelledError):
        await stopped.task
    assert not stopped.began.is_set()
    assert await seconds_to_begin(turns) <= 2 * REST_SECONDS


async def test_every_kind_of_transaction_takes_a_turn(fresh_database_url: str) -> None:
    taken = 0

    @asynccontextmanager
    async def take() -> AsyncIterator[None]:
        nonlocal taken
        taken += 1
        yield

    database = Database(fresh_database_url, pool_size=2, turn=take)
    async with database.engine(), database.workspace(new_id()), database.engine_connection():
        assert taken == 3
    await database.close()


@pytest.mark.parametrize("bulk", [False, True])
async def test_runs_that_events_set_off_are_heard_of_and_broadcasts_are_not(
    fresh_database: Database, bulk: bool
) -> None:
    async with listening(fresh_database) as bells:
        async with fresh_database.engine() as session:
            await start_run(session, make_run(new_id()), "welcome", bulk=bulk)
        assert await bells.wait("dispatches", 20)
        assert await bells.wait("triggered", 0.05) is not bulk


async def test_runs_of_a_simulation_are_not_heard_of(fresh_database: Database) -> None:
    workspace_id = await make_workspace(fresh_database)
    async with listening(fresh_database) as bells:
        async with open_scratch(fresh_database.url, workspace_id) as scratch:
            await scratch.begin(VirtualClock(datetime.now(UTC)))
            async with scratch.engine() as session:
                await start_run(session, make_run(workspace_id), "welcome")
        async with fresh_database.engine() as session:  # what it rings is heard after what a simulation would ring
            await start_run(session, make_run(workspace_id), "welcome", bulk=True)
        assert await bells.wait("dispatches", 20)
        assert not await bells.wait("triggered", 0.05)


@asynccontextmanager
async def listening(database: Database) -> AsyncIterator[Bells]:
    """Listen on a connection that stands: every bell has rung for it."""
    bells = Bells(database.url)
    async with running(bells.run()):
        for channel in ("dispatches", "triggered"):
            assert await bells.wait(channel, 20)
        yield bells


def make_run(workspace_id: UUID) -> RunInput:
    return RunInput(
        run_id=new_id(),
        workspace_id=workspace_id,
        journey_id=new_id(),
        version_id=new_id(),
        journey="Welcome",
        version=1,
        tokens=[],
    )
