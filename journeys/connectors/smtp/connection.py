"""One connection to a mail server, and what each answer of the server means for a mail."""

import asyncio
import ssl
from dataclasses import dataclass
from typing import Literal

import aiosmtplib
from aiosmtplib import SMTPException, SMTPResponseException

from journeys.connectors.base import Outcome
from journeys.connectors.errors import ProviderError, ProviderRefused, ProviderUnavailable
from journeys.connectors.outside import Reach

_CHECK_SECONDS = 2.0

Security = Literal["starttls", "tls", "none"]


@dataclass(frozen=True)
class Server:
    """Where a mail server is, how to speak to it, and how long to wait for it."""

    host: str
    port: int
    security: Security
    username: str
    password: str
    certificates: str | None
    """A file of further certificate authorities to trust, in PEM."""
    connect_seconds: float
    mail_seconds: float
    reach: Reach


@dataclass(frozen=True)
class Envelope:
    """A mail as the server sees it."""

    sender: str
    to: str
    raw: bytes


class SmtpConnection:
    """An open, signed-in connection that carries one mail after another."""

    def __init__(self, client: aiosmtplib.SMTP, mail_seconds: float) -> None:
        self._client = client
        self._mail_seconds = mail_seconds
        self.carried = 0

    @classmethod
    async def open(cls, server: Server) -> "SmtpConnection":
        """Connect, secure and sign in.

        Raises:
            AddressInside: it is where connections may not go.
            ProviderRefused: the server's certificate or our credentials are not accepted, or it cannot do what is asked.
            ProviderUnavailable: the server is not there, is too slow, or says to come later.
        """
        client = aiosmtplib.SMTP(
            hostname=server.host,
            use_tls=server.security == "tls",
            start_tls=server.security == "starttls",
            tls_context=None if server.security == "none" else _tls(server.certificates),
            username=server.username or None,
            password=server.password or None,
            timeout=server.connect_seconds,
        )
        try:
            async with asyncio.timeout(server.connect_seconds):
                await client.connect(sock=await server.reach.connect(server.host, server.port))
        except (SMTPException, OSError, TimeoutError) as error:
            client.close()
            raise _connect_error(error, server) from error
        return cls(client, server.mail_seconds)

    @property
    def is_open(self) -> bool:
        """Say whether the server has not hung up, as far as we know."""
        return self._client.is_connected

    async def check(self) -> bool:
        """Say whether the server still answers, at once."""
        try:
            async with asyncio.timeout(_CHECK_SECONDS):
                await self._client.noop()
        except (SMTPException, OSError, TimeoutError):
            self._client.close()
            return False
        return True

    async def deliver(self, envelope: Envelope) -> Outcome:
        """Hand one mail over. Once its body is on the way, silence means that it may have been taken."""
        self.carried += 1
        handed_over = False
        try:
            async with asyncio.timeout(self._mail_seconds):
                await self._client.mail(envelope.sender)
                await self._client.rcpt(envelope.to)
                handed_over = True
                response = await self._client.data(envelope.raw)
        except SMTPResponseException as error:
            await self._reset()
            return _refusal(error)
        except (SMTPException, OSError, TimeoutError) as error:
            self._client.close()
            reason = f"the connection was lost: {str(error) or type(error).__name__}"
            return Outcome("unknown" if handed_over else "deferred", reason=reason)
        return Outcome("sent", _queue_id(response.message))

    async def close(self) -> None:
        """Say goodbye, if the server listens."""
        try:
            async with asyncio.timeout(1):
                await self._client.quit()
        except (SMTPException, OSError, TimeoutError):
            self._client.close()

    async def _reset(self) -> None:
        """Forget a refused mail, so that the next one starts afresh."""
        try:
            async with asyncio.timeout(self._mail_seconds):
                await self._client.rset()
        except (SMTPException, OSError, TimeoutError):
            self._client.close()


def _refusal(error: SMTPResponseException) -> Outcome:
    reason = f"{error.code} {error.message}"[:300]
    return Outcome("failed" if error.code >= 500 else "deferred", reason=reason)


def _connect_error(error: BaseException, server: Server) -> ProviderError:
    place = f"{server.host}:{server.port}"
    if isinstance(error.__cause__, ssl.SSLCertVerificationError):
        error = error.__cause__
    match error:
        case aiosmtplib.SMTPAuthenticationError() if error.code >= 500:
            return ProviderRefused(f"{place} does not accept the user name and password: {error.code} {error.message}")
        # The library has no class of its own for a server without STARTTLS.
        case SMTPException() if type(error) in (SMTPException, aiosmtplib.SMTPNotSupported):
            return ProviderRefused(f"{place} does not do what the connection asks for: {error}")
        case ssl.SSLCertVerificationError():
            return ProviderRefused(f"the certificate of {place} is not trusted: {error.verify_message}")
        case SMTPResponseException() if error.code >= 500:
            return ProviderRefused(f"{place} refused the connection: {error.code} {error.message}")
        case _:
            return ProviderUnavailable(f"{place} cannot be reached: {str(error) or type(error).__name__}")


def _queue_id(message: str) -> str | None:
    """Return the server's own name for the mail, when it says `queued as`."""
    _, found, rest = message.partition("queued as ")
    return rest.split()[0][:200] if found and rest.split() else None


def _tls(certificates: str | None) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if certificates:
        context.load_verify_locations(cafile=certificates)
    return context
