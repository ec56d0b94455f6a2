"""Sends through a mail server over a few kept connections."""

import asyncio
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from pydantic import Field, SecretStr

from journeys.connectors.base import EarlierAttempt, Mail, Outcome, SentQuery
from journeys.connectors.config import Address, MailConfig
from journeys.connectors.errors import ProviderError, ProviderUnavailable
from journeys.connectors.mime import UnsendableMail, ascii_address, build_mime
from journeys.connectors.outside import EVERYWHERE, Reach
from journeys.connectors.smtp.connection import Envelope, Security, Server, SmtpConnection

_CONNECT_SECONDS = 10.0
_MAIL_SECONDS = 20.0
_START_SECONDS = 30.0
_MAILS_PER_CONNECTION = 500
_FIRST_REQUEST, _LEAST, _MOST = 100, 10, 1_000
_WORK_SECONDS = 5.0
"""How much work one request is to be, so that a pause or an unsubscribe is heeded soon."""

_NOT_REACHED = Outcome("deferred", reason="the server was too slow to take this mail in time")


class SmtpConfig(MailConfig):
    """Where the server is and how to sign in."""

    sender: Address = Field(title="From address", description="The address that mails are sent from.")
    host: str = Field(title="Host", min_length=1, max_length=253, pattern=r"^[^\s/@]+$")
    port: int = Field(587, title="Port", ge=1, le=65535)
    security: Security = Field("starttls", title="Security", description="STARTTLS (587), TLS (465) or none.")
    username: str = Field("", title="User name")
    password: SecretStr | None = Field(None, title="Password")
    connections: int = Field(4, title="Connections", ge=1, le=32, description="How many are held open side by side.")


class SmtpProvider:
    """Mails go one by one over each connection; the server cannot be asked later what it took."""

    name = "smtp"
    honours_keys = False

    def __init__(
        self,
        config: SmtpConfig,
        *,
        certificates: str | None = None,
        connect_seconds: float = _CONNECT_SECONDS,
        mail_seconds: float = _MAIL_SECONDS,
        start_seconds: float = _START_SECONDS,
        reach: Reach = EVERYWHERE,
    ) -> None:
        self._server = Server(
            host=config.host,
            port=config.port,
            security=config.security,
            username=config.username,
            password=config.password.get_secret_value() if config.password else "",
            certificates=certificates,
            connect_seconds=connect_seconds,
            mail_seconds=mail_seconds,
            reach=reach,
        )
        self._start_seconds = start_seconds
        # A mail that is begun at the last moment may need a new connection, its own time and a reset.
        self.timeout_seconds = start_seconds + connect_seconds + 2 * mail_seconds + 5
        self.max_per_request = _FIRST_REQUEST
        self._lanes = config.connections
        self.slots = asyncio.Semaphore(config.connections)
        """One for each connection that may be open, whoever is sending."""
        self._idle: list[SmtpConnection] = []

    async def send(self, mails: Sequence[Mail]) -> list[Outcome]:
        """Share mails out over the connections; each mail's outcome is its own."""
        outcomes: list[Outcome | None] = [None] * len(mails)
        waiting = iter(range(len(mails)))
        lanes = [_Lane(self, mails, waiting, outcomes) for _ in range(min(self._lanes, len(mails)))]
        began = time.monotonic()
        errors = [error for error in await asyncio.gather(*(lane.run() for lane in lanes)) if error]
        self._measure(len(mails), sum(outcome is not None for outcome in outcomes), time.monotonic() - began)
        if not any(outcomes):
            raise errors[0] if errors else ProviderUnavailable("every connection to the server is busy", 5)
        left = Outcome("deferred", reason=errors[0].detail[:300]) if errors else _NOT_REACHED
        return [outcome or left for outcome in outcomes]

    async def find_sent(self, mails: Sequence[SentQuery]) -> dict[str, EarlierAttempt]:
        """Tell nothing: SMTP has no such question."""
        return {}

    async def check(self) -> None:
        """Connect and sign in."""
        self.give_back(await self.take())

    async def close(self) -> None:
        """Close every connection."""
        idle, self._idle = self._idle, []
        await asyncio.gather(*(connection.close() for connection in idle))

    async def take(self) -> SmtpConnection:
        """Return a connection that answers, kept or new."""
        while self._idle:
            connection = self._idle.pop()
            if connection.is_open and await connection.check():
                return connection
            # A server that was restarted has forgotten the others too.
            await self.close()
        return await SmtpConnection.open(self._server)

    def give_back(self, connection: SmtpConnection) -> None:
        """Keep a connection for the next mails."""
        if connection.is_open:
            self._idle.append(connection)

    def _measure(self, asked: int, done: int, seconds: float) -> None:
        """Learn from a full request how many mails the server takes in the time that one request should last."""
        if asked >= self.max_per_request and done:
            self.max_per_request = min(_MOST, max(_LEAST, int(done / seconds * _WORK_SECONDS)))

    @property
    def start_seconds(self) -> float:
        """How long after the request began another mail may be begun."""
        return self._start_seconds


class _Lane:
    """One connection's share of a request: it takes the next mail whenever it is free."""

    def __init__(
        self, provider: SmtpProvider, mails: Sequence[Mail], waiting: Iterator[int], outcomes: list[Outcome | None]
    ) -> None:
        self._provider, self._mails, self._waiting, self._outcomes = provider, mails, waiting, outcomes
        self._until = asyncio.get_running_loop().time() + provider.start_seconds

    async def run(self) -> ProviderError | None:
        """Wait for a connection's turn, then carry mails; return why no connection could be had."""
        slots = self._provider.slots
        try:
            async with asyncio.timeout_at(self._until):
                await slots.acquire()
        except TimeoutError:
            return None
        try:
            return await self._carry()
        finally:
            slots.release()

    async def _carry(self) -> ProviderError | None:
        """Carry mails until none is left or the time is up."""
        connection: SmtpConnection | None = None
        try:
            while asyncio.get_running_loop().time() < self._until:
                connection = await self._ready(connection)
                place = next(self._waiting, None)
                if place is None:
                    return None
                self._outcomes[place] = await _deliver(connection, self._mails[place])
        except ProviderError as error:
            return error
        finally:
            if connection:
                self._provider.give_back(connection)
        return None

    async def _ready(self, connection: SmtpConnection | None) -> SmtpConnection:
        if connection and connection.is_open and connection.carried < _MAILS_PER_CONNECTION:
            return connection
        if connection:
            await connection.close()
        return await self._provider.take()


async def _deliver(connection: SmtpConnection, mail: Mail) -> Outcome:
    try:
        envelope = Envelope(ascii_address(mail.sender), ascii_address(mail.to), build_mime(mail, datetime.now(UTC)))
    except UnsendableMail as error:
        return Outcome("failed", reason=str(error))
    return await connection.deliver(envelope)
