import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import httpx
import psutil
import pytest

from journeys.settings import Settings
from worker.addresses import connected_settings
from worker.embedded.ports import PortTaken, find_free_port
from worker.embedded.stack import AlreadyRunning, EmbeddedStack
from worker.managed import ManagedProcess, ProcessFailed, live_process
from worker.services import ApiService, Service
from worker.supervisor import ServiceMaker, Supervisor, stop_running

STAND_IN_API = """
import http.server, sys
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers(); self.wfile.write(b"ok")
    def log_message(self, *_): pass
http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""
STAND_IN_WORKER = "import signal; signal.pause()"


class Running:
    """A supervisor at work in this process, with stand-ins for our own services."""

    def __init__(self, settings: Settings, make_services: ServiceMaker) -> None:
        self.lines: list[str] = []
        self.others = children()
        self.supervisor = Supervisor(settings, self.lines.append, make_services)
        self.task = asyncio.create_task(self.supervisor.run())

    async def until(self, said: str) -> None:
        await until(lambda: self.task.done() or said in "\n".join(self.lines))
        if self.task.done():
            self.task.result()
            raise AssertionError("the supervisor ended")

    async def until_it_is_another_process(self, name: str, killed: object) -> None:
        await self.until(f"{name} ended with status -9")
        await until(lambda: self.process(name).process is not killed)

    async def until_it_serves(self, name: str) -> None:
        async with asyncio.timeout(30):
            while not await self._serves(name):
                await asyncio.sleep(0.05)

    async def _serves(self, name: str) -> bool:
        try:
            return await self.process(name).probe()
        except OSError:
            return False

    def process(self, name: str) -> ManagedProcess:
        everything = [*self.supervisor.stack.servers, *self.supervisor.services]
        return next(process for process in everything if process.name == name)


async def until(holds: Callable[[], bool], seconds: float = 60) -> None:
    async with asyncio.timeout(seconds):
        while not holds():
            await asyncio.sleep(0.05)


def children() -> set[psutil.Process]:
    """The processes below this one; other tests' servers are among them."""
    return set(psutil.Process().children(recursive=True))


def stand_ins(settings: Settings, environment: dict[str, str]) -> list[Service]:
    api = ApiService(settings, environment)
    api.arguments = ["-c", STAND_IN_API, str(settings.port)]
    return [api, Service("worker", ["-c", STAND_IN_WORKER], settings.home, environment)]


@pytest.fixture
def settings(home: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    for name in ("DATABASE_URL", "REDIS_URL", "TEMPORAL_ADDRESS", "TEMPORAL_UI_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SOJOURN_HOME", str(home))
    monkeypatch.setenv("SOJOURN_PORT", str(find_free_port()))
    monkeypatch.setenv("SOJOURN_TEMPORAL_UI_PORT", str(find_free_port()))
    return Settings()


@pytest.fixture
async def running(settings: Settings) -> AsyncIterator[Running]:
    running = Running(settings, stand_ins)
    await running.until("Ctrl-C")
    yield running
    running.supervisor.stop_soon()
    await running.task


async def test_it_says_where_everything_is_and_writes_the_first_sign_in_link_for_its_owner_only(
    running: Running, settings: Settings
) -> None:
    said = "\n".join(running.lines)
    assert f"http://localhost:{settings.port}/docs" in said
    assert f"http://127.0.0.1:{settings.temporal_ui_port}" in said
    note = settings.home / "first-sign-in.txt"
    assert note.read_text().strip() in said
    assert note.stat().st_mode & 0o077 == 0
    assert (connected_settings().database_url or "").startswith("postgresql://sojourn:")


async def test_a_second_one_in_the_same_home_is_refused_and_leaves_the_first_alone(
    running: Running, settings: Settings
) -> None:
    with pytest.raises(AlreadyRunning):
        await Supervisor(settings, running.lines.append).run()
    async with httpx.AsyncClient() as client:
        assert (await client.get(f"http://127.0.0.1:{settings.port}/healthz")).is_success
    assert connected_settings().database_url


async def test_whatever_is_killed_is_started_again_at_the_same_address(running: Running) -> None:
    before = {name: running.process(name).process for name in ("api", "worker", "postgres", "valkey", "temporal")}
    addresses = dict(running.supervisor._environment())
    for process in before.values():
        assert process is not None
        os.kill(process.pid, signal.SIGKILL)
    for name, killed in before.items():
        await running.until_it_is_another_process(name, killed)
        await running.until_it_serves(name)
    assert running.supervisor._environment() == addresses


async def test_a_stop_leaves_no_process_and_no_password_behind(settings: Settings) -> None:
    running = Running(settings, stand_ins)
    await running.until("Ctrl-C")
    started = children() - running.others
    running.supervisor.stop_soon()
    await running.task
    assert [child for child in started if live_process(child.pid) == child] == []
    assert not (settings.home / "addresses.json").exists()


async def test_a_stop_in_the_middle_of_starting_leaves_no_process_behind(settings: Settings) -> None:
    running = Running(settings, stand_ins)
    await running.until("Starting")
    await until(lambda: running.process("valkey").process is not None)
    started = children() - running.others
    running.supervisor.stop_soon()
    await running.task
    assert [child for child in started if live_process(child.pid) == child] == []


async def test_a_taken_port_is_one_clear_sentence(settings: Settings) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", settings.port))
        taken.listen()
        with pytest.raises(PortTaken, match=rf"Port {settings.port} for the app is taken .* SOJOURN_PORT"):
            await Supervisor(settings, lambda _: None).run()


async def test_servers_with_an_address_of_their_own_are_not_started(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with EmbeddedStack(tmp_path / "elsewhere", quick=True) as elsewhere:
        monkeypatch.setenv("DATABASE_URL", elsewhere.database_url)
        monkeypatch.setenv("REDIS_URL", elsewhere.redis_url)
        monkeypatch.setenv("TEMPORAL_ADDRESS", elsewhere.temporal_address)
        running = Running(Settings(), stand_ins)
        await running.until("Ctrl-C")
        assert running.supervisor.stack.servers == []
        assert "Temporal UI" not in "\n".join(running.lines)
        running.supervisor.stop_soon()
        await running.task


async def test_a_service_that_cannot_start_ends_the_start_with_its_own_words(settings: Settings) -> None:
    def broken(settings: Settings, environment: dict[str, str]) -> list[Service]:
        api = ApiService(settings, environment)
        api.arguments = ["-c", "raise SystemExit('no such luck')"]
        return [api]

    with pytest.raises(ProcessFailed, match="no such luck"):
        await Supervisor(settings, lambda _: None, broken).run()


async def test_down_stops_what_a_killed_supervisor_left_behind(settings: Settings) -> None:
    code = "import asyncio; from tests.worker.test_supervisor import up; asyncio.run(up())"
    killed = await asyncio.create_subprocess_exec(sys.executable, "-c", code, stdout=asyncio.subprocess.PIPE)
    assert killed.stdout is not None
    async with asyncio.timeout(60):
        while b"Ctrl-C" not in await killed.stdout.readline():
            pass
    left = psutil.Process(killed.pid).children(recursive=True)
    killed.kill()
    await killed.wait()
    assert await stop_running(settings)
    assert [process for process in left if live_process(process.pid) == process] == []
    assert not await stop_running(settings)


async def up() -> None:
    """Run a supervisor with stand-ins in a process of its own."""
    await Supervisor(Settings(), lambda line: print(line, flush=True), stand_ins).run()  # noqa: T201 - what the test reads
