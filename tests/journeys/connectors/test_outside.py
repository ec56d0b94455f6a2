"""Webhooks and mail connections stay out of the installation's own network, whatever name or redirect leads there."""

import asyncio
import socket
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from journeys.connectors.errors import ProviderRefused
from journeys.connectors.http_mail.provider import HttpMailConfig, HttpMailProvider
from journeys.connectors.outside import EVERYWHERE, AddressInside, Reach, read_at_most
from journeys.connectors.smtp.provider import SmtpConfig, SmtpProvider
from journeys.settings import Settings
from tests.journeys.connectors.mails import mail

OUTSIDE_ONLY = Reach()


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.100.100.200", "0.0.0.0",
        "168.63.129.16", "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fe80::1%eth0", "fd00:ec2::254",
        "ff02::1", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "2002:7f00:1::",
    ],
)  # fmt: skip
def test_an_address_inside_is_not_allowed(address: str) -> None:
    assert not OUTSIDE_ONLY.allows("shop.example", address)


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:4700::1111", "::ffff:93.184.215.14", "64:ff9b::808:808"])
def test_an_address_outside_is_allowed(address: str) -> None:
    assert OUTSIDE_ONLY.allows("shop.example", address)


def settings(**variables: str) -> Settings:
    return Settings(**variables, _env_file=None)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("variables", "reached"),
    [
        ({}, True),
        ({"SOJOURN_BASE_URL": "http://127.0.0.1:8000"}, True),
        ({"SOJOURN_HOST": "0.0.0.0"}, False),
        ({"SOJOURN_BASE_URL": "https://journeys.example.com"}, False),
        ({"SOJOURN_REACH_INSIDE": ""}, False),
        ({"SOJOURN_HOST": "0.0.0.0", "SOJOURN_REACH_INSIDE": "mailpit, 127.0.0.0/8"}, True),
        ({"SOJOURN_HOST": "0.0.0.0", "SOJOURN_REACH_INSIDE": "mailpit, 10.0.0.0/8"}, False),
    ],
)
def test_only_a_product_for_this_machine_reaches_everything_unless_told(
    variables: dict[str, str], reached: bool
) -> None:
    assert Reach.of(settings(**variables)).allows("catcher.example", "127.0.0.1") is reached


def test_a_named_host_is_allowed_at_any_address() -> None:
    reach = Reach.of(settings(SOJOURN_REACH_INSIDE="Mailpit"))
    assert reach.allows("mailpit", "172.18.0.4")
    assert not reach.allows("postgres", "172.18.0.5")


@pytest.fixture
async def inside() -> AsyncIterator[int]:
    """A server inside the network; yields its port."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 X\r\nContent-Length: 5\r\n\r\nhello")
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()[1]


async def test_http_goes_nowhere_inside_by_whatever_name(inside: int) -> None:
    async with httpx.AsyncClient(transport=OUTSIDE_ONLY.transport(), follow_redirects=True) as client:
        for host in ("127.0.0.1", "localhost", "2130706433", "0x7f.1", "[::ffff:127.0.0.1]"):
            with pytest.raises(AddressInside):
                await client.get(f"http://{host}:{inside}/")


async def test_http_goes_where_it_may(inside: int) -> None:
    for reach in (EVERYWHERE, Reach(names=frozenset({"localhost"}))):
        async with httpx.AsyncClient(transport=reach.transport()) as client:
            assert (await client.get(f"http://localhost:{inside}/")).text == "hello"


async def test_the_address_that_was_judged_is_connected_to(inside: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name server that answers differently the second time gains nothing."""
    answers = iter(["127.0.0.1", "10.0.0.1"])

    async def resolve(*_: Any, **__: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(answers), inside))]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", resolve)
    reach = Reach.of(settings(SOJOURN_REACH_INSIDE="127.0.0.1"))
    (await reach.connect("rebinding.example", inside)).close()
    with pytest.raises(AddressInside):
        await reach.connect("rebinding.example", inside)


async def test_mail_providers_are_refused_inside(inside: int) -> None:
    gateway = HttpMailConfig.model_validate({"url": f"http://127.0.0.1:{inside}/"})
    server = SmtpConfig(sender="a@b.example", host="localhost", port=inside, security="none")
    for provider in (
        HttpMailProvider(gateway, OUTSIDE_ONLY.transport()),
        SmtpProvider(server, reach=OUTSIDE_ONLY),
    ):
        with pytest.raises(ProviderRefused, match="SOJOURN_REACH_INSIDE"):
            await provider.send([mail()])
        await provider.close()


async def test_an_endless_answer_is_not_read_to_its_end() -> None:
    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield b"x" * 10_000

    async with (
        httpx.AsyncClient(transport=httpx.MockTransport(lambda _: httpx.Response(200, content=endless()))) as client,
        client.stream("GET", "http://hostile.example") as answer,
    ):
        assert await read_at_most(answer, 64_000) is None
