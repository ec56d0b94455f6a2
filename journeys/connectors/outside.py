"""Which addresses webhooks and mail connections may reach: all outside, and of the inside what the operator names.

A name is looked up once and the very address that was judged is connected to, so a name cannot change in between.
"""

import asyncio
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

import httpcore
import httpx

from journeys.connectors.errors import ProviderRefused
from journeys.settings import Settings

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_TRANSLATED = ip_network("64:ff9b::/96")
"""IPv6 addresses that a gateway (NAT64) turns into the IPv4 address in their last four bytes."""

_ALSO_INSIDE = (ip_network("168.63.129.16/32"),)
"""A public address that a cloud answers from within: Azure's, with the machine's own secrets."""


class AddressInside(ProviderRefused):
    """The address is inside the installation's network and nobody named it."""

    title = "The address is not allowed"


@dataclass(frozen=True)
class Reach:
    """What may be connected to."""

    everything: bool = False
    names: frozenset[str] = frozenset()
    networks: tuple[Network, ...] = ()

    @classmethod
    def of(cls, settings: Settings) -> "Reach":
        """Return what the operator allows; without a word of theirs, everything while only this machine is served."""
        if settings.reach_inside is None:
            return cls(everything=settings.serves_this_machine_only)
        networks: list[Network] = []
        names: list[str] = []
        for entry in filter(None, map(str.strip, settings.reach_inside.split(","))):
            try:
                networks.append(ip_network(entry, strict=False))
            except ValueError:
                names.append(entry.lower())
        return cls(names=frozenset(names), networks=tuple(networks))

    def allows(self, host: str, address: str) -> bool:
        """Say whether this host may be connected to at this address."""
        if self.everything or host.lower().rstrip(".") in self.names:
            return True
        # What stands behind a network's gateway is judged as well as the address itself.
        return all(
            any(each.version == network.version and each in network for network in self.networks) or _is_outside(each)
            for each in _meanings(ip_address(address))
        )

    async def find_addresses(self, host: str, port: int) -> list[str]:
        """Look a host up and return the addresses that may be connected to, the best first.

        Raises:
            AddressInside: there is none among those found.
            OSError: the name has no address.
        """
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        addresses = list(dict.fromkeys(str(row[4][0]) for row in found))
        allowed = [address for address in addresses if self.allows(host, address)]
        if not allowed:
            raise AddressInside(
                f"{host} is inside the installation's own network; an operator may allow it by SOJOURN_REACH_INSIDE"
            )
        return allowed

    async def connect(self, host: str, port: int) -> socket.socket:
        """Return a socket connected to the first allowed address that answers."""
        failure = OSError(f"{host} has no address")
        for address in await self.find_addresses(host, port):
            try:
                return await _connect(address, port)
            except OSError as error:
                failure = error
        raise failure

    def transport(self, limits: httpx.Limits | None = None) -> httpx.AsyncHTTPTransport:
        """Return the way of HTTP clients to what is allowed."""
        return _Transport(self, limits or httpx.Limits())


async def read_at_most(response: httpx.Response, limit: int) -> bytes | None:
    """Return the body of a streamed answer, or None where it is longer or compressed, and so of any length."""
    if "Content-Encoding" in response.headers:
        return None
    body = bytearray()
    async for part in response.aiter_bytes():
        body += part
        if len(body) > limit:
            return None
    return bytes(body)


def seconds_until(retry_after: str) -> float | None:
    """Read a Retry-After header, which gives seconds or a date; None without one that can be read."""
    if retry_after.isdigit():
        return float(retry_after)
    try:
        return max((parsedate_to_datetime(retry_after) - datetime.now(UTC)).total_seconds(), 0.0)
    except (ValueError, TypeError):
        return None


EVERYWHERE = Reach(everything=True)


def _is_outside(address: Address) -> bool:
    inside = any(address.version == network.version and address in network for network in _ALSO_INSIDE)
    return address.is_global and not address.is_multicast and not inside


def _meanings(address: Address) -> Iterable[Address]:
    """Return an address, or those IPv4 addresses that it only wraps."""
    if isinstance(address, IPv4Address):
        return (address,)
    if address.ipv4_mapped:
        return (address.ipv4_mapped,)
    if address in _TRANSLATED:
        return (IPv4Address(int(address) & 0xFFFFFFFF),)
    wrapped = address.sixtofour or (address.teredo[1] if address.teredo else None)
    return (address, wrapped) if wrapped else (address,)


async def _connect(address: str, port: int) -> socket.socket:
    sock = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM)
    sock.setblocking(False)
    try:
        await asyncio.get_running_loop().sock_connect(sock, (address, port))
    except BaseException:
        sock.close()
        raise
    return sock


class _Transport(httpx.AsyncHTTPTransport):
    """The usual transport with connections of ours."""

    def __init__(self, reach: Reach, limits: httpx.Limits) -> None:
        super().__init__(trust_env=False)
        # httpx offers no parameter for this; its pool is one of httpcore, which does.
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=httpx.create_ssl_context(trust_env=False),
            max_connections=limits.max_connections,
            max_keepalive_connections=limits.max_keepalive_connections,
            keepalive_expiry=limits.keepalive_expiry,
            network_backend=_Connections(reach),
        )


class _Connections(httpcore.AnyIOBackend):
    """Connects to addresses that were judged, never to a name."""

    def __init__(self, reach: Reach) -> None:
        self._reach = reach

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109  # the library's own signature
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to the first allowed address that answers."""
        failure: Exception = httpcore.ConnectError(f"{host} has no address")
        try:
            addresses = await self._reach.find_addresses(host, port)
        except OSError as error:
            raise httpcore.ConnectError(str(error)) from error
        for address in addresses:
            try:
                return await super().connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure
