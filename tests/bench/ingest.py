"""Events in: how many a second over HTTP, and how long each waits until it is on disk."""

import asyncio
import itertools
import random
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

import orjson
import psutil

from journeys.auth.keys import create_key
from journeys.db.session import Database
from tests.api.ingest_server import serve_apart
from tests.api.plain_http import PlainClient

USERS = 10_000
_WARM_UP_SECONDS = 1.0


@dataclass(frozen=True)
class IngestResult:
    """One way of sending: what was taken each second, and the time to the acknowledgement in milliseconds."""

    name: str
    events_per_second: float
    p50_ms: float
    p95_ms: float
    p99_ms: float
    server_cpu_us_per_event: float

    def __str__(self) -> str:
        return (
            f"{self.name:34} {self.events_per_second:9,.0f} events/s"
            f"   p50 {self.p50_ms:6.1f}  p95 {self.p95_ms:6.1f}  p99 {self.p99_ms:6.1f} ms"
            f"   {self.server_cpu_us_per_event:6.0f} us of the server's CPU each"
        )


def _message(number: int) -> dict[str, Any]:
    user = random.randrange(USERS)
    kind = number % 10
    if kind == 0:
        return {"type": "identify", "userId": f"u{user}", "traits": {"email": f"u{user}@example.com", "plan": "pro"}}
    return {
        "type": "track",
        "userId": f"u{user}",
        "event": f"Event {kind}",
        "messageId": f"m{number}",
        "properties": {"revenue": user / 100, "sku": f"sku-{user % 500}", "page": "/products"},
        "context": {"library": {"name": "bench", "version": "1"}},
    }


async def measure(
    name: str, address: str, key: str, server: psutil.Process, *, senders: int, batch: int, seconds: float
) -> IngestResult:
    """Let senders post as fast as they are answered; each has one connection and one request under way."""
    numbers = itertools.count(random.randrange(1 << 40))
    times: list[float] = []

    def body() -> bytes:
        if batch == 1:
            return orjson.dumps(_message(next(numbers)) | {"type": "track", "event": "Single"})
        return orjson.dumps({"batch": [_message(next(numbers)) for _ in range(batch)]})

    async with AsyncExitStack() as stack:
        clients = [await stack.enter_async_context(PlainClient(address, key)) for _ in range(senders)]
        path = "/v1/track" if batch == 1 else "/v1/batch"
        await _drive(clients, path, body, _WARM_UP_SECONDS, [])
        cpu, started = sum(server.cpu_times()[:2]), time.perf_counter()
        await _drive(clients, path, body, seconds, times)
        elapsed, used = time.perf_counter() - started, sum(server.cpu_times()[:2]) - cpu
    times.sort()
    events = len(times) * batch
    share: Callable[[float], float] = lambda part: times[int(len(times) * part)] * 1_000  # noqa: E731
    return IngestResult(name, events / elapsed, share(0.5), share(0.95), share(0.99), used / events * 1e6)


async def _drive(
    clients: list[PlainClient], path: str, body: Callable[[], bytes], seconds: float, times: list[float]
) -> None:
    end = time.perf_counter() + seconds

    async def send(client: PlainClient) -> None:
        while (started := time.perf_counter()) < end:
            status = await client.post(path, body())
            assert status == 200, status
            times.append(time.perf_counter() - started)

    await asyncio.gather(*(send(client) for client in clients))


async def run_ingest(database_url: str, seconds: float = 5.0) -> list[IngestResult]:
    """Measure a server of its own process over a migrated database."""
    database = Database(database_url)
    key = await create_key(database, "write", None, "bench")
    ways = [(1, 1), (64, 1), (256, 1), (8, 100), (4, 1_000)]
    try:
        async with serve_apart(database_url) as (process, address):
            server = psutil.Process(process.pid)
            return [
                await measure(
                    f"{senders} senders, {batch} per request",
                    address,
                    key,
                    server,
                    senders=senders,
                    batch=batch,
                    seconds=seconds,
                )
                for senders, batch in ways
            ]
    finally:
        await database.close()
