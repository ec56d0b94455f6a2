"""A real server with nothing but `/v1`, in this process or, as a program, in one that can be killed."""

import asyncio
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from fastapi import FastAPI

from api.errors import add_error_handlers
from api.routers.ingest import router
from journeys.db.session import Database
from journeys.events.ingest import IngestBatcher
from journeys.settings import Settings
from tests.until import until


def make_app(database_url: str) -> FastAPI:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        database = Database(database_url)
        app.state.database, app.state.settings = database, Settings()
        async with IngestBatcher(database) as app.state.ingest:
            yield
        await database.close()

    app = FastAPI(lifespan=lifespan)
    app.include_router(router)
    add_error_handlers(app)
    return app


def _server(app: FastAPI) -> uvicorn.Server:
    return uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False, timeout_graceful_shutdown=5))


def _listen() -> socket.socket:
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    return listener


@asynccontextmanager
async def serve(app: FastAPI) -> AsyncIterator[str]:
    """Serve on a free port while the block runs; yield the address."""
    server, listener = _server(app), _listen()
    listener.listen(2048)
    task = asyncio.create_task(server._serve([listener]))
    while not server.started:
        assert not task.done(), "the server did not start"
        await asyncio.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        await task


@asynccontextmanager
async def serve_apart(database_url: str) -> AsyncIterator[tuple[asyncio.subprocess.Process, str]]:
    """Serve in a process of its own, which may be killed; yield it, and the address at which it answers."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", __name__, database_url, stdout=asyncio.subprocess.PIPE
    )
    try:
        assert process.stdout
        port = int(await process.stdout.readline())

        async def listens() -> bool:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                return False
            writer.close()
            return True

        await until(listens)
        yield process, f"http://127.0.0.1:{port}"
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


if __name__ == "__main__":
    bound = _listen()
    print(bound.getsockname()[1], flush=True)  # noqa: T201 - the parent reads the port
    _server(make_app(sys.argv[1])).run([bound])
