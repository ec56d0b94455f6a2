"""What every mail provider takes, gives back and promises."""

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple, Protocol
from uuid import UUID

OutcomeState = Literal["sent", "failed", "deferred", "unknown"]
EarlierAttempt = Literal["sent", "not_sent"]


class Mail(NamedTuple):
    """One finished mail to one person."""

    key: str
    """`enrollment:node:visit`, the same at every attempt."""
    workspace_id: UUID
    message_id: UUID
    sender: str
    sender_name: str
    to: str
    to_name: str
    subject: str
    html: str
    text: str
    headers: Mapping[str, str]
    """Further headers by name, such as `List-Unsubscribe`."""


class Outcome(NamedTuple):
    """What became of one mail."""

    state: OutcomeState
    """`failed` is for good, `deferred` may be tried again, `unknown` may have been delivered."""
    provider_message_id: str | None = None
    reason: str | None = None
    free: bool = False
    """Whether a deferred mail was never tried, so that this counts as no attempt."""

    @property
    def permanent(self) -> bool:
        """Say whether another attempt cannot change this."""
        return self.state in ("sent", "failed")


class SentQuery(NamedTuple):
    """What identifies an earlier attempt to a provider."""

    key: str
    workspace_id: UUID
    message_id: UUID


class MailProvider(Protocol):
    """A way to send mail. It never retries: the engine does, after reading the ledger."""

    name: str
    honours_keys: bool
    """Whether a mail repeated with the same key is delivered once, so that an unclear attempt may be repeated."""
    timeout_seconds: float
    """The longest that one call of `send` lasts; a claim's lease must outlast it."""

    @property
    def max_per_request(self) -> int:
        """The most mails that one call of `send` takes; it may change with what the provider turns out to manage."""
        ...

    async def send(self, mails: Sequence[Mail]) -> list[Outcome]:
        """Send mails and return one outcome each, in their order.

        Raises:
            ProviderRefused: none was taken and none ever will be.
            ProviderUnavailable: none was taken, later may work.
            ProviderSilent: any of them may have been taken.
        """
        ...

    async def find_sent(self, mails: Sequence[SentQuery]) -> dict[str, EarlierAttempt]:
        """Tell by key what became of earlier attempts; a key that is absent cannot be told."""
        ...

    async def check(self) -> None:
        """Make sure that the connection works, sending nothing; raises what `send` would raise."""
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...
