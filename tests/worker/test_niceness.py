"""What broadcasts do in Postgres stands back from what an event set off."""

import os
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psutil
import pytest

from journeys.db.session import Database
from tests.until import until
from worker.niceness import group_of, stand_back

NICENESS = 19


@pytest.fixture(autouse=True)
def _keep_own_priority(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "nice", lambda _: NICENESS)


async def test_the_sessions_of_a_process_for_broadcasts_stand_back_and_no_others_do(fresh_database_url: str) -> None:
    bulk = Database(fresh_database_url, pool_size=1, on_connect=stand_back(fresh_database_url, 19))
    triggered = Database(fresh_database_url, pool_size=1)
    async with serving(bulk) as pid:
        assert psutil.Process(pid).nice() == NICENESS
        if group_of(pid).exists():
            await until(lambda: has_niceness(pid, NICENESS))
    async with serving(triggered) as pid:
        assert psutil.Process(pid).nice() < NICENESS
        assert not group_of(pid).exists() or not await has_niceness(pid, NICENESS)


@asynccontextmanager
async def serving(database: Database) -> AsyncIterator[int]:
    """Yield the process that serves a connection."""
    async with database.engine() as session:
        connection = await (await session.connection()).get_raw_connection()
        assert connection.driver_connection is not None
        yield connection.driver_connection.info.backend_pid
    await database.close()


async def has_niceness(pid: int, niceness: int) -> bool:
    return group_of(pid).read_text().strip().endswith(f"nice {niceness}")


def test_a_server_elsewhere_is_left_alone() -> None:
    assert stand_back("postgresql://sojourn@db.example/sojourn", 19) is None


def test_a_process_that_is_no_session_keeps_its_priority() -> None:
    lower, before = stand_back("postgresql://sojourn@127.0.0.1/sojourn", 19), psutil.Process().nice()
    assert lower is not None
    lower(os.getpid())
    assert psutil.Process().nice() == before


def test_a_process_in_a_session_of_its_own_stands_back_with_the_whole_session() -> None:
    program = (
        "import os; from worker.niceness import group_of, stand_back; stand_back('postgresql://db.example/sojourn', 7); "
        "group = group_of(os.getpid()); print(group.read_text() if group.exists() else '')"
    )
    before = os.getpriority(os.PRIO_PROCESS, 0)
    command = [sys.executable, "-c", program]
    told = subprocess.run(command, start_new_session=True, capture_output=True, text=True, check=True).stdout.strip()
    assert not group_of(os.getpid()).exists() or told.endswith(f"nice {min(before + 7, 19)}")
