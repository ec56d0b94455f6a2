"""From a signed token to the message that it names, and how often one may be used."""

from typing import Annotated

from fastapi import Depends

from api.deps import DatabaseDep, ThrottleDep, TokensDep
from journeys.auth.throttle import Allowance
from journeys.errors import NotFound, TooMany
from journeys.messaging.engagement import SentMessage, find_message

ONE_MAIL = Allowance(burst=30, per_second=1 / 20)
"""One mail's links are used now and then; whoever uses them more often than this is a machine."""


class Mailbox:
    """Finds messages by their tokens."""

    def __init__(self, database: DatabaseDep, tokens: TokensDep, throttle: ThrottleDep) -> None:
        self.database, self.tokens, self.throttle = database, tokens, throttle

    async def find(self, token: str) -> SentMessage | None:
        """Return the message of a token, or None when it is not ours or the message is gone."""
        named = self.tokens.verify(token)
        if named is None:
            return None
        async with self.database.workspace(named[0]) as session:
            return await find_message(session, *named)

    async def get(self, token: str) -> SentMessage:
        """Return the message of a token, for its reader.

        Raises:
            NotFound: the token is not ours, or the person was erased.
        """
        message = await self.find(token)
        if message is None or message.address is None:
            raise NotFound("This link is not valid any more.")
        return message

    async def may_count(self, message: SentMessage) -> bool:
        """Say whether a use of this mail's links still counts."""
        try:
            await self.throttle.take(f"mail:{message.id}", ONE_MAIL)
        except TooMany:
            return False
        return True


MailboxDep = Annotated[Mailbox, Depends(Mailbox)]
