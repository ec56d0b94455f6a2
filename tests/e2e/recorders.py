"""A mail gateway that honours keys and a mail server that cannot, in one program that outlives whatever is killed.

Both take every mail, some of them slowly, and count what they took. `GET /taken` tells.
"""

import asyncio
import contextlib
import random
import re
import socket
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import uvicorn
from fastapi import FastAPI, Request, Response

SLOWEST_SECONDS = 0.15
ADDRESS = re.compile(rb"TO:<([^>]+)>", re.IGNORECASE)

gateway: dict[str, str] = {}
"""Whom the gateway delivered to, by key: the same key is delivered once, however often it is asked for."""
repeated: Counter[str] = Counter()
server: Counter[str] = Counter()
"""How often the mail server took a mail to whom."""

free = asyncio.Event()
free.set()
held = 0
"""How many requests the gateway keeps waiting, which it does while it is not free."""
moods = {"gateway": "well", "server": "well"}
"""How each behaves: `well`; it `refuses` everything for now; it takes mails and `drops` the line without an answer; the
gateway fails every third recipient, `partly`."""

app = FastAPI()


@app.post("/mails")
async def take_by_http(request: Request) -> Any:
    global held
    mails = (await request.json())["messages"]
    held += 1
    await free.wait()
    held -= 1
    if moods["gateway"] == "refuses":
        return Response(status_code=503, headers={"Retry-After": "1"})
    failed = {mail["key"] for mail in mails[::3]} if moods["gateway"] == "partly" else set()
    for mail in mails:
        if mail["key"] in failed and mail["key"] not in gateway:
            continue
        if mail["key"] in gateway:
            repeated[mail["key"]] += 1
        gateway.setdefault(mail["key"], mail["to"])
    await asyncio.sleep(random.uniform(0, SLOWEST_SECONDS))
    if moods["gateway"] == "drops":
        return Response("<html>Bad gateway")
    states = {mail["key"]: "sent" if mail["key"] in gateway else "failed" for mail in mails}
    return {"results": [{"key": key, "state": state, "reason": None} for key, state in states.items()]}


@app.post("/hold")
async def hold(yes: bool) -> None:
    if yes:
        free.clear()
    else:
        free.set()


@app.post("/mood")
async def change_mood(of: str, mood: str) -> None:
    moods[of] = mood


@app.get("/taken")
async def taken() -> dict[str, Any]:
    return {"gateway": gateway, "repeated": repeated, "server": server}


@app.get("/totals")
async def totals() -> dict[str, int]:
    return {"gateway": len(gateway), "server": server.total(), "held": held}


async def take_by_smtp(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Serve a client until it leaves or is killed."""
    with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
        await converse(reader, writer)
    writer.close()


async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Speak as much SMTP as it takes to take a mail."""
    address = ""
    writer.write(b"220 recorder\r\n")
    while line := await reader.readline():
        match line[:4].upper():
            case b"EHLO":
                writer.write(b"250-recorder\r\n250 8BITMIME\r\n")
            case b"MAIL" if moods["server"] == "refuses":
                writer.write(b"451 later\r\n")
            case b"RCPT":
                address = ADDRESS.findall(line)[0].decode()
                writer.write(b"250 ok\r\n")
            case b"DATA":
                writer.write(b"354 go on\r\n")
                await reader.readuntil(b"\r\n.\r\n")
                server[address] += 1
                if moods["server"] == "drops":
                    break
                writer.write(b"250 taken\r\n")
            case b"QUIT":
                break
            case _:
                writer.write(b"250 ok\r\n")


@dataclass(frozen=True)
class Recorders:
    """The running recorders, seen from a test."""

    client: httpx.AsyncClient
    smtp_port: int

    @property
    def gateway_url(self) -> str:
        return f"{self.client.base_url}mails"

    async def taken(self) -> dict[str, Any]:
        """Return what was taken, by recorder."""
        return await self._ask("/taken")

    async def totals(self) -> dict[str, int]:
        """Return how many mails were taken, by recorder."""
        return await self._ask("/totals")

    async def change_mood(self, of: str, mood: str) -> None:
        """Let the gateway or the mail server behave otherwise from now on."""
        (await self.client.post("/mood", params={"of": of, "mood": mood})).raise_for_status()

    async def hold(self, yes: bool) -> None:
        """Keep every request to the gateway waiting, or let them all go on."""
        (await self.client.post("/hold", params={"yes": yes})).raise_for_status()

    async def _ask(self, what: str) -> dict[str, Any]:
        return dict((await self.client.get(what)).raise_for_status().json())


@asynccontextmanager
async def start_recorders() -> AsyncIterator[Recorders]:
    """Run the recorders in a process of their own."""
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", __name__, stdout=asyncio.subprocess.PIPE)
    try:
        assert process.stdout
        http_port, smtp_port = (await process.stdout.readline()).split()
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{int(http_port)}/", trust_env=False) as client:
            yield Recorders(client, int(smtp_port))
    finally:
        process.kill()
        await process.wait()


async def main() -> None:
    listener = socket.create_server(("127.0.0.1", 0), backlog=512)
    smtp = await asyncio.start_server(take_by_smtp, "127.0.0.1", 0, limit=1 << 22)
    print(listener.getsockname()[1], smtp.sockets[0].getsockname()[1], flush=True)  # noqa: T201 - the parent reads them
    await uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False)).serve([listener])


if __name__ == "__main__":
    asyncio.run(main())
