"""Mail servers that drop, refuse, hang or are away, behind real workers: the ledger says it, and other journeys go on."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope
from sqlalchemy import text
from temporalio.client import Client

from journeys.connectors.smtp.provider import SmtpConfig, SmtpProvider
from journeys.db.session import Database
from journeys.nodes.ops import Hold
from tests.conftest import make_workspace
from tests.factories.journeys import make_contacts, make_mail, node, publish_plan, send, trigger
from tests.fakes.engine import BareMailroom, Engine
from tests.fakes.provider import RecordingProvider
from tests.journeys.connectors.smtp_servers import Handle, MailServer, hang_up, serve
from tests.journeys.enrollments.test_routing import happen
from tests.until import until
from tests.workflows.test_journey import client, route_all, running
from worker.embedded.ports import find_free_port

__all__ = ["client"]


def smtp(port: int) -> SmtpProvider:
    config = {"sender": "shop@example.com", "host": "127.0.0.1", "port": port, "security": "none", "connections": 1}
    return SmtpProvider(SmtpConfig.model_validate(config), connect_seconds=1, mail_seconds=0.3, start_seconds=5)


@dataclass
class Sent:
    """A person on the way through a journey whose mail goes to the server of a test, beside another journey's people."""

    database: Database
    engine: Engine
    other: Engine
    mailbox: RecordingProvider

    async def until_messages(self, **expected: int) -> None:
        """Wait until the ledger of the journey shows these states and no others."""

        async def shown() -> bool:
            return await self.states() == expected

        await until(shown)

    async def states(self) -> dict[str, int]:
        return {name.partition(":")[0]: n for name, n in (await self.engine.messages()).items()}

    async def until_over(self, engine: Engine) -> None:
        """Wait until everybody's passage is over."""

        async def over() -> bool:
            return await engine.states() == {"completed": 1}

        await until(over)

    async def until_the_other_goes_on(self) -> None:
        """Wait until the other journey's mail is out and its people are through."""
        await self.until_over(self.other)
        assert [mail.to for mail in self.mailbox.mails] == ["person0@example.com"]

    async def reason(self) -> str:
        """Return what the ledger says about the mail."""
        [name] = await self.engine.messages()
        return name.partition(": ")[2]


@asynccontextmanager
async def sending(client: Client, database: Database, port: int) -> AsyncIterator[Sent]:
    """Let a person in whose mail goes to a port, and the same one into another journey by another provider."""
    workspace_id = await make_workspace(database)
    mail = await make_mail(database, workspace_id)
    mailbox, server = RecordingProvider(), smtp(port)
    plans: list[Any] = [
        await publish_plan(
            database,
            workspace_id,
            [
                trigger("hello"),
                node("hello", send(mail, connection=connection), sent="pause", skipped="pause", failed="pause"),
                node("pause", Hold(seconds=1), next=None),
            ],
        )
        for connection in ("server", None)
    ]
    [anna] = await make_contacts(database, workspace_id, 1)
    await happen(database, workspace_id, anna, "Signed Up")
    async with running(client, database, mailbox, server=server):
        await route_all(database)
        mine, other = (Engine(database, plan, BareMailroom(database, mailbox)) for plan in plans)
        yield Sent(database, mine, other, mailbox)
    await server.close()


def hang_until(over: asyncio.Event) -> Handle:
    """Return what a server answers once something is over."""

    async def hang(_: SMTP, envelope: Envelope) -> str:
        await over.wait()
        return "250 OK"

    return hang


async def test_a_server_that_drops_after_data_leaves_a_mail_unknown_and_gets_it_once(
    client: Client, fresh_database: Database
) -> None:
    asked = 0

    async def drop(server: SMTP, envelope: Envelope) -> str:
        nonlocal asked
        asked += 1
        hang_up(server)
        return "421 gone"

    async with serve(MailServer(on_data=drop)) as port, sending(client, fresh_database, port) as sent:
        await sent.until_messages(unknown=1)
        await sent.until_over(sent.engine)
        await sent.until_the_other_goes_on()
        assert "connection was lost" in await sent.reason()
        assert asked == 1


async def test_a_server_that_refuses_a_recipient_fails_the_mail_with_its_words(
    client: Client, fresh_database: Database
) -> None:
    async def refuse(_: SMTP, envelope: Envelope) -> str:
        return "550 no such mailbox"

    async with serve(MailServer(on_rcpt=refuse)) as port, sending(client, fresh_database, port) as sent:
        await sent.until_messages(failed=1)
        await sent.until_over(sent.engine)
        await sent.until_the_other_goes_on()
        assert "550 no such mailbox" in await sent.reason()


async def test_a_server_that_hangs_before_the_mail_defers_it_for_later(
    client: Client, fresh_database: Database
) -> None:
    over = asyncio.Event()
    async with serve(MailServer(on_rcpt=hang_until(over))) as port, sending(client, fresh_database, port) as sent:
        await sent.until_messages(deferred=1)
        await sent.until_the_other_goes_on()
        assert await sent.engine.states() == {"active": 1}
        async with fresh_database.engine() as session:
            ahead = "SELECT wake_at > now() + interval '1 minute' FROM batches WHERE active AND version_id = :v"
            assert await session.scalar(text(ahead), {"v": sent.engine.plan.version_id}) is True
        over.set()


async def test_a_server_that_hangs_with_the_mail_in_hand_leaves_it_unknown(
    client: Client, fresh_database: Database
) -> None:
    over = asyncio.Event()
    async with serve(MailServer(on_data=hang_until(over))) as port, sending(client, fresh_database, port) as sent:
        await sent.until_messages(unknown=1)
        await sent.until_over(sent.engine)
        await sent.until_the_other_goes_on()
        over.set()


async def test_a_server_that_is_away_gets_the_mail_once_when_it_is_back(
    client: Client, fresh_database: Database
) -> None:
    port = find_free_port()
    async with sending(client, fresh_database, port) as sent:
        await sent.until_messages(deferred=1)
        await sent.until_the_other_goes_on()
        server = MailServer()
        async with serve(server, port=port):
            await sent.until_messages(sent=1)
            await sent.until_over(sent.engine)
        assert [envelope.rcpt_tos for envelope in server.accepted] == [["person0@example.com"]]
