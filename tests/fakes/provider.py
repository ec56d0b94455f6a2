"""A recording mail provider whose failures a test chooses."""

from collections.abc import Awaitable, Callable, Sequence

from journeys.connectors.base import EarlierAttempt, Mail, Outcome, SentQuery


class RecordingProvider:
    """Keeps every mail it accepts. `answer` may raise or return outcomes in place of `sent`."""

    name = "recorder"
    max_per_request = 1_000
    timeout_seconds = 5.0

    def __init__(self, *, honours_keys: bool = False) -> None:
        self.honours_keys = honours_keys
        self.mails: list[Mail] = []
        self.answer: Callable[[Sequence[Mail]], Awaitable[list[Outcome]]] | None = None
        self.tells: dict[str, EarlierAttempt] = {}

    async def send(self, mails: Sequence[Mail]) -> list[Outcome]:
        if self.answer is not None:
            return await self.answer(mails)
        self.accept(mails)
        return [Outcome("sent") for _ in mails]

    def accept(self, mails: Sequence[Mail]) -> None:
        """Keep mails; a key that came before is not kept again where keys are honoured."""
        known = {mail.key for mail in self.mails} if self.honours_keys else set()
        self.mails += [mail for mail in mails if mail.key not in known]

    async def find_sent(self, mails: Sequence[SentQuery]) -> dict[str, EarlierAttempt]:
        return {each.key: self.tells[each.key] for each in mails if each.key in self.tells}

    async def check(self) -> None:
        return

    async def close(self) -> None:
        return
