"""Providers that take every mail: one that does nothing, and an HTTP gateway and a mail server as programs of their own."""

import asyncio
import socket
import sys
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import orjson
import uvicorn

from journeys.connectors.base import EarlierAttempt, Mail, Outcome, SentQuery
from journeys.connectors.config import MailConfig
from journeys.connectors.registry import ConnectorKind, register_kind

NO_OP = "no_op"
_SENT = Outcome("sent")


class NoOpProvider:
    """Takes a chunk at no cost, so that what remains is the engine."""

    name = NO_OP
    max_per_request = 1_000
    honours_keys = True
    timeout_seconds = 5.0

    async def send(self, mails: Sequence[Mail]) -> list[Outcome]:
        return [_SENT] * len(mails)

    async def find_sent(self, mails: Sequence[SentQuery]) -> dict[str, EarlierAttempt]:
        return {}

    async def check(self) -> None:
        return

    async def close(self) -> None:
        return


def register_no_op() -> None:
    """Make the no-op provider known to this process."""
    register_kind(
        ConnectorKind(NO_OP, "No-op", "Takes everything.", MailConfig, lambda config, settings: NoOpProvider())
    )


async def gateway(
    scope: dict[str, Any], receive: Callable[[], Awaitable[Any]], send: Callable[[Any], Awaitable[None]]
) -> None:
    """Answer `sent` for every mail, as an ASGI app that speaks journeys/connectors/http_mail."""
    body = bytearray()
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            break
    results = [{"key": mail["key"], "state": "sent", "id": mail["key"][:36]} for mail in orjson.loads(body)["messages"]]
    headers = [(b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": orjson.dumps({"results": results})})


async def take_mails(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Speak just enough SMTP, with pipelining, to take every mail."""
    writer.write(b"220 recorder\r\n")
    while line := await reader.readline():
        match line[:4].upper():
            case b"EHLO":
                writer.write(b"250-recorder\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 SIZE 10000000\r\n")
            case b"DATA":
                writer.write(b"354 go on\r\n")
                await reader.readuntil(b"\r\n.\r\n")
                writer.write(b"250 taken\r\n")
            case b"QUIT":
                writer.write(b"221 bye\r\n")
                break
            case _:
                writer.write(b"250 ok\r\n")
    writer.close()


async def _serve_smtp(listener: socket.socket) -> None:
    server = await asyncio.start_server(take_mails, sock=listener, limit=1 << 24)
    await server.serve_forever()


if __name__ == "__main__":
    bound = socket.socket()
    bound.bind(("127.0.0.1", 0))
    print(bound.getsockname()[1], flush=True)  # noqa: T201 - the parent reads the port
    if sys.argv[1] == "smtp":
        asyncio.run(_serve_smtp(bound))
    else:
        uvicorn.Server(uvicorn.Config(gateway, log_level="warning", access_log=False, lifespan="off")).run([bound])
