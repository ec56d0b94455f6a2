"""Send one mail to a batch: claim a chunk, call the provider with no transaction open, record, and go on.

A crash anywhere leaves rows in `sending`. Whoever repeats the stage finds them when it claims, waits until the dead
attempt's lease is over, and settles them by what the provider can tell, before anything is sent again.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Protocol, TypeVar
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncSession

from journeys.connectors.base import Mail, MailProvider, Outcome, SentQuery
from journeys.connectors.errors import ProviderError, ProviderSilent
from journeys.contracts import StageOrder, Token
from journeys.db.ids import new_id
from journeys.db.session import Database
from journeys.enrollments.stages import Answered, Ledger, Opened, find_stop, finish_effect, open_stage
from journeys.errors import SojournError
from journeys.messaging import ledger
from journeys.messaging.compose import CompiledMessage
from journeys.messaging.ledger import Claim, Claimed, Recorded
from journeys.messaging.limits import Guard, WorkspaceLimits
from journeys.messaging.links import MessageLinks, TrackingTokens
from journeys.messaging.liquid import RenderError
from journeys.nodes.ops import SendEmail

T = TypeVar("T")

LEDGER = Ledger(
    "messages",
    ledger.OUTLET_SQL,
    ("sent", "skipped", "failed"),
    due_sql=ledger.DUE_SQL,
    held_sql=ledger.HELD_SQL,
    told_sql=ledger.TOLD_SQL,
)

LEASE_MARGIN = timedelta(seconds=5)
RECORD_PATIENCE_SECONDS = 30.0
"""How long an attempt that has the provider's answers waits for the database; then they are lost, as in a crash."""

RECORD_AGAIN_SECONDS = 0.5
UNKNOWN = "an earlier attempt died before the provider answered; it may have been sent"


RENDER_SECONDS = 4.0
"""How long one chunk may render; what is left goes back, so that a costly template starves nobody."""

REST_AFTER_SECONDS = 0.05


class WorkerStopping(SojournError):
    """This process is told to stop; the rest of the batch is for another one."""

    status, title = 503, "The worker is stopping"

    def __init__(self) -> None:
        super().__init__("the worker is stopping; the rest of the batch follows elsewhere")


class LeaseHeld(SojournError):
    """An earlier attempt may still be sending; try again when its lease is over."""

    status, title = 503, "Another attempt may still be sending"

    def __init__(self, seconds: float) -> None:
        super().__init__(f"an earlier attempt may be alive for {seconds:.0f} s more")
        self.retry_after_seconds = seconds


@dataclass(frozen=True)
class Channel:
    """A workspace's way to send: its provider, what the sender is called, and its connection."""

    provider: MailProvider
    connection_id: UUID | None
    sender: str
    sender_name: str
    base_url: str
    """Where the links of its mails lead, without a trailing slash."""
    reply_to: str | None = None


class Mailroom(Protocol):
    """What sending needs from the process: channels by connection name, compiled mails by version."""

    tokens: TrackingTokens
    chunk_size: int

    async def channel(self, workspace_id: UUID, connection: str | None, *, bulk: bool = False) -> Channel:
        """Return the channel that a node names, or the workspace's default; with `bulk`, one that gives way."""
        ...

    async def mail(self, workspace_id: UUID, template_version_id: UUID) -> CompiledMessage:
        """Return a template version, compiled."""
        ...

    async def globals(self, opened: Opened) -> dict[str, object]:
        """Return the `journey` and `workspace` of the Liquid context."""
        ...


@dataclass
class SendStage:
    """One attempt at one send stage."""

    database: Database
    mailroom: Mailroom
    order: StageOrder
    stopping: Callable[[], bool] = lambda: False
    _all_sent: bool = field(default=True, init=False)
    """Whether the ledger is known to say `sent` of everyone so far."""

    async def run(self) -> list[Token]:
        """Send to everyone in the batch who may get the mail, then move the batch on.

        What a chunk came to is recorded in the transaction that claims the next one, or that moves the batch on.
        """
        async with self.database.workspace(self.order.workspace_id) as session:
            opened = await open_stage(session, self.order)
            if isinstance(opened, Answered):
                return opened.tokens
            await self._prepare(session, opened)
            chunk = await ledger.claim_chunk(session, self._claim, None, self._size)
        earlier: list[UUID] = []
        while True:
            outcomes = await self._send(chunk)
            self._all_sent &= len(outcomes) == len(chunk) and all(_is_plainly_sent(outcome) for *_, outcome in outcomes)
            earlier += [each.enrollment_id for each in chunk if each.message_id is None]
            if len(chunk) < self._size:
                break
            if self.stopping():
                await self._patiently(self._record(outcomes))
                raise WorkerStopping
            following = await self._patiently(self._record_and_claim(outcomes, chunk[-1].enrollment_id))
            if isinstance(following, Answered):
                return following.tokens
            chunk = following
        if earlier:
            await self._patiently(self._record(outcomes))
            await self._settle_earlier(earlier)
            outcomes = []
        return await self._patiently(self._record_and_finish(outcomes))

    async def _prepare(self, session: AsyncSession, opened: Opened) -> None:
        op = opened.node.op
        assert isinstance(op, SendEmail)
        order, place = self.order, opened.place
        self._node = opened.node
        self._transactional = op.category == "transactional"
        self._channel = await self.mailroom.channel(order.workspace_id, op.connection, bulk=order.bulk)
        self._mail = await self.mailroom.mail(order.workspace_id, op.template_version_id)
        self._globals = await self.mailroom.globals(opened)
        provider = self._channel.provider
        # One more than there should be, so that a chunk which is not full is the last one.
        self._size = min(self.mailroom.chunk_size, provider.max_per_request, order.token.size + 1)
        self._claim = Claim(
            workspace_id=order.workspace_id,
            journey_id=order.journey_id,
            version_id=place.version_id,
            batch_id=opened.batch.id,
            node_id=opened.node.id,
            template_version_id=op.template_version_id,
            category=op.category,
            topic=op.topic or (None if self._transactional else "marketing"),
            provider=provider.name,
            connection_id=self._channel.connection_id,
            claim_id=new_id(),
            lease=timedelta(seconds=provider.timeout_seconds) + LEASE_MARGIN,
            attributes=_attributes(self._mail),
            tag=op.tag,
            guard=guard_of(opened, op),
        )
        await self._look_at_clocks(session)

    async def _look_at_clocks(self, session: AsyncSession) -> None:
        """Tell the next claim what time it is where the batch's contacts are now: a slow stage may run into the evening."""
        guard = self._claim.guard
        if guard and guard.needs_zones:
            now = (await session.execute(text("SELECT now()"))).scalar_one()
            zones = await ledger.list_zones(session, self._claim.batch_id, guard.workspace_zone)
            self._claim = replace(self._claim, zones=guard.zone_rows(zones, now))

    async def _send(self, chunk: Sequence[Claimed]) -> list[Recorded]:
        """Render and send what was claimed; return every outcome, for the transaction that comes next."""
        mails: list[tuple[Claimed, Mail]] = []
        outcomes: list[Recorded] = []
        began = rested = time.monotonic()
        for place, each in enumerate(chunk):
            if each.message_id is None or each.reason is not None:
                continue
            try:
                mails.append((each, self._render(each, each.message_id)))
            except RenderError as error:
                outcomes.append(self._outcome(each, Outcome("failed", reason=f"render: {error.detail}"[:300])))
            now = time.monotonic()
            if now - began > RENDER_SECONDS:
                await self._give_back(chunk[place + 1 :], "rendering this mail takes long; the rest follows")
                break
            if now - rested > REST_AFTER_SECONDS:  # heartbeats and other stages share this process
                await asyncio.sleep(0)
                rested = time.monotonic()
        if mails:
            try:
                answers = await self._call([mail for _, mail in mails])
            except ProviderError as error:
                if not isinstance(error, ProviderSilent):  # nothing was taken: the next attempt need not ask
                    await self._patiently(self._record(outcomes))
                    await self._give_back([each for each, _ in mails], error.detail)
                raise
            outcomes += [self._outcome(each, answer) for (each, _), answer in zip(mails, answers, strict=True)]
        return outcomes

    async def _patiently(self, work: Callable[[AsyncSession], Awaitable[T]]) -> T:
        """Run a transaction that records what nobody else knows: a database that is away for a moment is waited for."""
        deadline = time.monotonic() + RECORD_PATIENCE_SECONDS
        while True:
            try:
                async with self.database.workspace(self.order.workspace_id) as session:
                    return await work(session)
            except (OperationalError, InterfaceError, PoolTimeout):
                if time.monotonic() > deadline:
                    raise
            await asyncio.sleep(RECORD_AGAIN_SECONDS)

    def _record(self, outcomes: Sequence[Recorded]) -> Callable[[AsyncSession], Awaitable[None]]:
        async def record(session: AsyncSession) -> None:
            await self._write(session, outcomes)

        return record

    async def _write(self, session: AsyncSession, outcomes: Sequence[Recorded]) -> None:
        written = await ledger.record_outcomes(session, self._claim.claim_id, outcomes)
        self._all_sent &= written == len(outcomes)

    def _record_and_claim(
        self, outcomes: Sequence[Recorded], after: UUID
    ) -> Callable[[AsyncSession], Awaitable[list[Claimed] | Answered]]:
        """Record a chunk and claim the next one, unless the stage must stop here."""

        async def record_and_claim(session: AsyncSession) -> list[Claimed] | Answered:
            stop = await find_stop(session, self.order)
            await self._write(session, outcomes)
            if stop:
                return stop
            await self._look_at_clocks(session)
            return await ledger.claim_chunk(session, self._claim, after, self._size)

        return record_and_claim

    def _record_and_finish(self, outcomes: Sequence[Recorded]) -> Callable[[AsyncSession], Awaitable[list[Token]]]:
        """Record the last chunk and move the batch on."""

        async def record_and_finish(session: AsyncSession) -> list[Token]:
            await self._write(session, outcomes)
            told = "sent" if self._all_sent else None
            return await finish_effect(session, self.order, LEDGER, ledger.RETRY_IN, told=told)

        return record_and_finish

    def _outcome(self, each: Claimed, outcome: Outcome) -> Recorded:
        assert each.message_id is not None
        return each.message_id, each.enrollment_id, self._node.id, each.visit, outcome

    def _render(self, each: Claimed, message_id: UUID) -> Mail:
        links = MessageLinks.of(self.mailroom.tokens, self._channel.base_url, self.order.workspace_id, message_id)
        context = {**self._globals, "contact": each.contact, "event": each.payload}
        rendered = self._mail.render(context, links)
        headers = {} if self._transactional else unsubscribe_headers(links)
        if self._channel.reply_to:
            headers["Reply-To"] = self._channel.reply_to
        return Mail(
            key=each.key(self._node.id),
            workspace_id=self.order.workspace_id,
            message_id=message_id,
            sender=self._channel.sender,
            sender_name=self._channel.sender_name,
            to=each.address or "",
            to_name="",
            subject=rendered.subject,
            html=rendered.html,
            text=rendered.text,
            headers=headers,
        )

    async def _call(self, mails: Sequence[Mail]) -> Sequence[Outcome]:
        """Call the provider once; what it may have taken without saying so is `unknown` where asking again could double.

        Raises:
            ProviderError: none was taken; or, with a provider that honours keys, nobody can say yet.
        """
        provider = self._channel.provider
        try:
            async with asyncio.timeout(provider.timeout_seconds):
                return await provider.send(mails)
        except (ProviderSilent, TimeoutError) as error:
            reason = str(error)[:300] or "the provider did not answer in time"
            if provider.honours_keys:
                raise ProviderSilent(reason) from error
            return [Outcome("unknown", reason=reason)] * len(mails)

    async def _give_back(self, rows: Sequence[Claimed], reason: str) -> None:
        """Free rows that were claimed and not sent."""
        ids = [each.enrollment_id for each in rows if each.message_id is not None and each.reason is None]

        async def give_back(session: AsyncSession) -> None:
            await ledger.give_back(session, self._claim, ids, reason)

        await self._patiently(give_back)

    async def _settle_earlier(self, enrollment_ids: Sequence[UUID]) -> None:
        """Deal with what earlier attempts left: ask the provider, send again only what is known to be unsent."""
        async with self.database.workspace(self.order.workspace_id) as session:
            open_rows = await ledger.list_open(session, self._node.id, enrollment_ids)
        alive = max((row.alive_for for row in open_rows if row.state == "sending"), default=0.0)
        if alive > 0:
            raise LeaseHeld(alive)
        provider = self._channel.provider
        dead = [row for row in open_rows if row.state == "sending"]
        queries = {
            row.enrollment_id: SentQuery(
                f"{row.enrollment_id}:{self._node.id}:{row.visit}", self.order.workspace_id, row.message_id
            )
            for row in dead
        }
        told = await provider.find_sent(list(queries.values())) if queries else {}
        sent = [each for each, query in queries.items() if told.get(query.key) == "sent"]
        unsent = [each for each, query in queries.items() if told.get(query.key) == "not_sent"]
        unclear = [each for each in queries if each not in {*sent, *unsent}]
        again = unclear if provider.honours_keys else []
        async with self.database.workspace(self.order.workspace_id) as session:
            await ledger.settle(session, self._node.id, sent, "sent", None)
            if not provider.honours_keys:
                await ledger.settle(session, self._node.id, unclear, "unknown", UNKNOWN)
        deferred = [row.enrollment_id for row in open_rows if row.state == "deferred"]
        await self._send_again([*unsent, *deferred], checked=True)
        await self._send_again(again, checked=False)

    async def _send_again(self, enrollment_ids: Sequence[UUID], *, checked: bool) -> None:
        for start in range(0, len(enrollment_ids), self._size):
            async with self.database.workspace(self.order.workspace_id) as session:
                part = enrollment_ids[start : start + self._size]
                await self._look_at_clocks(session)
                chunk = await ledger.reclaim(session, self._claim, part, checked=checked)
            await self._patiently(self._record(await self._send(chunk)))


def _is_plainly_sent(outcome: Outcome) -> bool:
    return outcome.state == "sent" and outcome.reason is None


def guard_of(opened: Opened, op: SendEmail) -> Guard | None:
    """Return what else may hold this mail back: nothing holds a transactional one, and no cap an exempt journey."""
    if op.category == "transactional":
        return None
    limits, settings = WorkspaceLimits.model_validate(opened.batch.settings), opened.place.plan.settings
    counted = op.if_capped != "send" and not settings.cap_exempt
    shares = {
        f"holdout:{opened.place.workspace_id}": limits.holdout_percent,
        f"holdout:{opened.place.journey_id}": settings.holdout_percent,
    }
    return Guard(
        quiet_hours=limits.quiet_hours if settings.quiet_hours == "workspace" else settings.quiet_hours,
        caps=tuple(cap for cap in limits.caps if cap.tag in (None, op.tag)) if counted else (),
        holdouts=tuple((salt, percent / 100) for salt, percent in shares.items() if percent),
        if_capped="wait" if op.if_capped == "wait" else "skip",
        patience=timedelta(hours=op.wait_hours),
        priority=settings.priority,
        workspace_zone=opened.place.time_zone,
    )


def _attributes(mail: CompiledMessage) -> list[str] | None:
    """Return the attributes of the contact that a mail reads, so that no others are fetched; None for all."""
    paths = mail.referenced_paths
    if "contact" in paths:
        return None
    return sorted(path.removeprefix("contact.") for path in paths if path.startswith("contact."))


def unsubscribe_headers(links: MessageLinks) -> dict[str, str]:
    """Return the headers of a one-click unsubscribe. Source: RFC 8058."""
    return {
        "List-Unsubscribe": f"<{links.unsubscribe_url}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
