import asyncio
import json
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import psutil
import psycopg
import pytest
from redis.asyncio import Redis
from temporalio.client import Client

from worker.embedded import EmbeddedStack
from worker.embedded.stack import AlreadyRunning
from worker.managed import ProcessFailed, live_process, read_record


@pytest.fixture
async def killed_pid(home: Path) -> AsyncIterator[int]:
    """The pid of a Postgres whose supervisor was killed while a session was busy."""
    supervisor = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.worker.embedded.stand", str(home), stdout=asyncio.subprocess.PIPE
    )
    assert supervisor.stdout is not None
    pid = int(await asyncio.wait_for(supervisor.stdout.readline(), 60))
    supervisor.kill()
    await supervisor.wait()
    yield pid
    for name in ("postgres", "valkey"):
        orphan = read_record(home / "run" / f"{name}.json")
        if orphan:
            orphan.kill()


async def rows(url: str, query: str) -> list[tuple[object, ...]]:
    async with await psycopg.AsyncConnection.connect(url) as connection:
        return await (await connection.execute(query)).fetchall()


async def test_all_three_servers_serve_and_letters_outside_ascii_fold(home: Path) -> None:
    async with EmbeddedStack(home, quick=True) as stack:
        assert await rows(stack.database_url, "SELECT 'CAFÉ' ILIKE 'café', current_database()") == [(True, "sojourn")]
        async with Redis.from_url(stack.redis_url) as client:
            assert await client.ping()
        temporal = await Client.connect(stack.temporal_address)
        assert await temporal.count_workflows('SojournState = "waiting"')


async def test_a_second_start_finds_the_data_and_the_ports_again(home: Path) -> None:
    async with EmbeddedStack(home, parts={"postgres", "valkey"}) as first:
        assert await rows(first.database_url, "SELECT lo_create(7)") == [(7,)]
    async with EmbeddedStack(home, parts={"postgres", "valkey"}) as second:
        assert second.database_url == first.database_url
        assert await rows(second.database_url, "SELECT oid FROM pg_largeobject_metadata") == [(7,)]


async def test_nothing_is_lost_when_the_supervisor_is_killed_and_its_servers_live_on(
    home: Path, killed_pid: int
) -> None:
    assert live_process(killed_pid)
    async with EmbeddedStack(home, parts={"postgres", "valkey"}) as stack:
        assert live_process(killed_pid) is None
        assert await rows(stack.database_url, "SELECT count(*) FROM kept") == [(2,)]
        async with Redis.from_url(stack.redis_url) as client:
            assert await client.get("kept") == b"yes"


async def test_nothing_is_lost_when_postgres_is_killed_too_and_its_sessions_live_on(
    home: Path, killed_pid: int
) -> None:
    os.kill(killed_pid, signal.SIGKILL)
    async with EmbeddedStack(home, parts={"postgres", "valkey"}) as stack:
        assert await rows(stack.database_url, "SELECT count(*) FROM kept") == [(2,)]


async def test_a_stale_pid_file_that_names_a_stranger_stops_nobody(home: Path) -> None:
    async with EmbeddedStack(home, parts={"postgres"}):
        pass
    myself = psutil.Process()
    data = (home / "postgres" / "data").resolve()
    (home / "run" / "postgres.json").write_text(json.dumps({"pid": myself.pid, "create_time": 1.0}))
    (data / "postmaster.pid").write_text(f"{myself.ppid()}\n{data}\n")
    async with EmbeddedStack(home, parts={"postgres"}) as stack:
        assert await rows(stack.database_url, "SELECT 1") == [(1,)]


async def test_a_home_has_one_stack_at_a_time(home: Path) -> None:
    async with EmbeddedStack(home, parts={"valkey"}, quick=True):
        with pytest.raises(AlreadyRunning, match="running already"):
            await EmbeddedStack(home, parts={"valkey"}, quick=True).start()


async def test_a_home_that_other_accounts_cannot_enter_still_works(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    async with EmbeddedStack(closed / "home", parts={"postgres"}, quick=True) as stack:
        assert await rows(stack.database_url, "SELECT 1") == [(1,)]
        folder = stack.postgres.folder
    assert folder == closed / "home" / "postgres" or not folder.exists()


async def test_secrets_are_for_their_owner_only(home: Path) -> None:
    async with EmbeddedStack(home, parts={"postgres", "valkey"}, quick=True) as stack:
        secrets = [stack.postgres.folder / "password", stack.valkey.folder / "password"]
        assert [path.stat().st_mode & 0o077 for path in secrets] == [0, 0]
        assert all(path.read_text().strip() not in " ".join(process_arguments(stack)) for path in secrets)


def process_arguments(stack: EmbeddedStack) -> list[str]:
    running = [server.process for server in stack.servers if server.process]
    return [argument for process in running for argument in psutil.Process(process.pid).cmdline()]


async def test_a_server_that_does_not_start_shows_its_own_words_and_the_others_are_stopped(home: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        stack = EmbeddedStack(home, parts={"postgres", "valkey"}, quick=True, valkey_port=taken.getsockname()[1])
        with pytest.raises(ProcessFailed, match="Address already in use"):
            await stack.start()
    assert [server.process for server in stack.servers] == [None, None]
