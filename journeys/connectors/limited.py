"""A provider behind its connection's gate: requests no larger and no faster than allowed, and none while it must rest."""

import time
from collections.abc import Sequence

from journeys.connectors.base import EarlierAttempt, Mail, MailProvider, Outcome, SentQuery
from journeys.connectors.errors import ProviderBusy, ProviderError, ProviderSilent
from journeys.connectors.limits import Gate

PATIENCE_SECONDS = 20.0
"""How long one call of `send` waits for its turns; what has had none by then is tried later, and that is no attempt."""

WORK_SECONDS = 5.0
"""How much of the provider's work one request is to be, so that a pause or an unsubscribe is heeded soon."""

_LEAST = 10
_SIZE_SECONDS = 1.0
"""How much work at the limit's speed one call of `send` is to be."""

_LONGEST_REST_SECONDS = 3_600.0


class LimitedProvider:
    """Sends what it is given in as many requests as the limit needs."""

    def __init__(self, provider: MailProvider, gate: Gate, *, bulk: bool) -> None:
        self._provider, self._gate, self._bulk = provider, gate, bulk
        self.name, self.honours_keys = provider.name, provider.honours_keys
        self.timeout_seconds = provider.timeout_seconds + PATIENCE_SECONDS
        self._pace: int | None = None

    @property
    def max_per_request(self) -> int:
        """How many mails one call of `send` takes: what the provider manages, at most a second's worth of the limit."""
        per_second = self._gate.limit.per_second
        most = min(self._provider.max_per_request, self._pace or self._provider.max_per_request)
        return most if per_second is None else max(1, min(most, int(per_second * _SIZE_SECONDS)))

    async def send(self, mails: Sequence[Mail]) -> list[Outcome]:
        """Send mails, each part of them when its turn comes."""
        outcomes: list[Outcome] = []
        until = time.monotonic() + PATIENCE_SECONDS
        step = self._gate.limit.most(bulk=self._bulk) or len(mails)
        for start in range(0, len(mails), step):
            part = mails[start : start + step]
            try:
                async with self._gate.turn(len(part), bulk=self._bulk, until=until):
                    outcomes += await self._send(part)
            except ProviderError as error:
                await self._rest(error)
                return _after(error, outcomes, len(part), len(mails), self.honours_keys)
        return outcomes

    async def _send(self, mails: Sequence[Mail]) -> list[Outcome]:
        """Make one request, and learn from a full one how many mails the provider takes in the time that one should last."""
        full, began = len(mails) >= self.max_per_request, time.monotonic()
        outcomes = await self._provider.send(mails)
        if full:
            self._pace = max(_LEAST, int(len(mails) / max(time.monotonic() - began, 0.001) * WORK_SECONDS))
        return outcomes

    async def find_sent(self, mails: Sequence[SentQuery]) -> dict[str, EarlierAttempt]:
        """Tell what the provider tells."""
        return await self._provider.find_sent(mails)

    async def check(self) -> None:
        """Make sure that the connection works."""
        await self._provider.check()

    async def close(self) -> None:
        """Close the provider."""
        await self._provider.close()

    async def _rest(self, error: ProviderError) -> None:
        """Heed a provider that says when to come again."""
        if isinstance(error, ProviderBusy) and error.retry_after_seconds:
            await self._gate.cool(min(error.retry_after_seconds, _LONGEST_REST_SECONDS))


def _after(error: ProviderError, outcomes: list[Outcome], asked: int, total: int, honours_keys: bool) -> list[Outcome]:
    """Return the outcomes of a call whose last request failed; when nothing was taken before it, that is the failure."""
    silent = isinstance(error, ProviderSilent)
    if not outcomes or (silent and honours_keys):
        raise error
    state = Outcome("unknown", reason=error.detail[:300]) if silent else None
    untried = Outcome("deferred", reason=error.detail[:300], free=True)
    outcomes += [state or untried] * asked
    return outcomes + [untried] * (total - len(outcomes))
