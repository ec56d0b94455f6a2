"""SMTP against servers that behave, refuse, hang, hang up and want proof."""

import asyncio
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, Envelope

from journeys.connectors.base import Outcome
from journeys.connectors.errors import ProviderRefused, ProviderUnavailable
from journeys.connectors.smtp.provider import SmtpConfig, SmtpProvider
from tests.journeys.connectors.mails import mail
from tests.journeys.connectors.smtp_servers import MailServer, hang_up, make_certificate, serve, sign_in


def provider(port: int, certificates: str | None = None, **settings: Any) -> SmtpProvider:
    config = {"sender": "shop@mail.example", "host": "127.0.0.1", "port": port, "security": "none", **settings}
    return SmtpProvider(
        SmtpConfig.model_validate(config),
        certificates=certificates,
        connect_seconds=settings.pop("connect_seconds", 2),
        mail_seconds=0.5,
    )


def states(outcomes: list[Outcome]) -> list[str]:
    return [outcome.state for outcome in outcomes]


async def test_mails_arrive_whole_over_few_kept_connections() -> None:
    server = MailServer()
    async with serve(server) as port:
        smtp = provider(port, connections=3)
        sent = [mail(number, subject=f"Grüße {number}", text="Hi\n.\n..dots") for number in range(40)]
        outcomes = await smtp.send(sent[:20]) + await smtp.send(sent[20:])
        await smtp.close()
    assert outcomes == [Outcome("sent", "Q-1")] * 40
    assert sorted(envelope.rcpt_tos[0] for envelope in server.accepted) == sorted(each.to for each in sent)
    assert len(server.sessions) <= 3
    content = server.accepted[0].content
    assert isinstance(content, bytes)
    parsed = message_from_bytes(content, policy=default)
    assert isinstance(parsed, EmailMessage)
    assert parsed["Subject"].startswith("Grüße ")
    text = parsed.get_body(("plain",))
    assert text is not None
    assert text.get_content().splitlines() == ["Hi", ".", "..dots"]


async def test_each_refused_recipient_has_its_own_outcome_and_the_others_get_their_mail() -> None:
    async def on_rcpt(_: SMTP, envelope: Envelope) -> str:
        answers = {"ann2@example.com": "550 no such mailbox", "ann3@example.com": "451 greylisted, come back later"}
        return answers.get(envelope.rcpt_tos[-1], "250 OK")

    server = MailServer(on_rcpt=on_rcpt)
    async with serve(server) as port:
        smtp = provider(port, connections=1)
        outcomes = await smtp.send([mail(1), mail(2), mail(3), mail(4)])
        await smtp.close()
    assert states(outcomes) == ["sent", "failed", "deferred", "sent"]
    assert outcomes[1].reason == "550 no such mailbox"
    assert outcomes[2].reason == "451 greylisted, come back later"
    assert len(server.accepted) == 2


async def test_a_body_refused_is_failed_or_deferred_by_its_code() -> None:
    async def on_data(_: SMTP, envelope: Envelope) -> str:
        return "554 looks like spam" if envelope.rcpt_tos == ["ann1@example.com"] else "452 full"

    async with serve(MailServer(on_data=on_data)) as port:
        smtp = provider(port, connections=1)
        outcomes = await smtp.send([mail(1), mail(2)])
        await smtp.close()
    assert states(outcomes) == ["failed", "deferred"]


async def test_a_server_that_hangs_up_after_the_body_leaves_one_mail_unknown() -> None:
    async def on_data(server: SMTP, envelope: Envelope) -> str:
        if envelope.rcpt_tos == ["ann2@example.com"]:
            hang_up(server)
        return "250 OK"

    async with serve(MailServer(on_data=on_data)) as port:
        smtp = provider(port, connections=1)
        outcomes = await smtp.send([mail(1), mail(2), mail(3)])
        await smtp.close()
    assert states(outcomes) == ["sent", "unknown", "sent"]


async def test_a_server_that_hangs_after_the_body_leaves_the_mail_unknown() -> None:
    never = asyncio.Event()

    async def on_data(_: SMTP, envelope: Envelope) -> str:
        if envelope.rcpt_tos == ["ann1@example.com"]:
            await never.wait()
        return "250 OK"

    async with serve(MailServer(on_data=on_data)) as port:
        smtp = provider(port, connections=1)
        outcomes = await smtp.send([mail(1), mail(2)])
        await smtp.close()
    assert states(outcomes) == ["unknown", "sent"]


async def test_a_server_that_hangs_before_the_body_has_taken_nothing() -> None:
    never = asyncio.Event()

    async def on_rcpt(_: SMTP, envelope: Envelope) -> str:
        await never.wait()
        return "250 OK"

    async with serve(MailServer(on_rcpt=on_rcpt)) as port:
        smtp = provider(port)
        assert states(await smtp.send([mail(1)])) == ["deferred"]
        await smtp.close()


async def test_a_kept_connection_that_the_server_closed_is_replaced() -> None:
    servers: list[SMTP] = []

    async def on_data(server: SMTP, envelope: Envelope) -> str:
        servers.append(server)
        return "250 OK"

    async with serve(MailServer(on_data=on_data)) as port:
        smtp = provider(port)
        assert states(await smtp.send([mail(1)])) == ["sent"]
        hang_up(servers[0])
        assert states(await smtp.send([mail(2)])) == ["sent"]
        await smtp.close()
    assert servers[0] is not servers[1]


async def test_no_server_means_nothing_was_taken(unused_tcp_port: int) -> None:
    with pytest.raises(ProviderUnavailable, match="cannot be reached"):
        await provider(unused_tcp_port).send([mail(1), mail(2)])


async def test_a_server_that_never_greets_is_given_up_on() -> None:
    silent = await asyncio.start_server(lambda _reader, _writer: None, "127.0.0.1", 0)
    smtp = SmtpProvider(
        SmtpConfig(sender="a@b.example", host="127.0.0.1", port=silent.sockets[0].getsockname()[1], security="none"),
        connect_seconds=0.2,
    )
    with pytest.raises(ProviderUnavailable, match="cannot be reached"):
        await smtp.send([mail(1)])
    silent.close()


async def test_mails_that_a_slow_server_cannot_take_in_time_may_be_tried_again() -> None:
    async def on_data(_: SMTP, envelope: Envelope) -> str:
        await asyncio.sleep(0.1)
        return "250 OK"

    async with serve(MailServer(on_data=on_data)) as port:
        smtp = SmtpProvider(
            SmtpConfig(sender="a@b.example", host="127.0.0.1", port=port, security="none", connections=1),
            start_seconds=0.15,
        )
        outcomes = await smtp.send([mail(number) for number in range(10)])
        await smtp.close()
    assert "sent" in states(outcomes)
    assert states(outcomes)[-1] == "deferred"


async def test_requests_side_by_side_share_the_connections() -> None:
    server = MailServer()
    async with serve(server) as port:
        smtp = provider(port, connections=2)
        answers = await asyncio.gather(*(smtp.send([mail(number) for number in range(10)]) for _ in range(5)))
        await smtp.close()
    assert [states(outcomes) for outcomes in answers] == [["sent"] * 10] * 5
    assert len(server.sessions) <= 2


async def test_a_request_that_no_connection_was_free_for_has_sent_nothing() -> None:
    async def on_data(_: SMTP, envelope: Envelope) -> str:
        reached.set()
        await released.wait()
        return "250 OK"

    reached, released = asyncio.Event(), asyncio.Event()
    async with serve(MailServer(on_data=on_data)) as port:
        config = SmtpConfig(sender="a@b.example", host="127.0.0.1", port=port, security="none", connections=1)
        smtp = SmtpProvider(config, start_seconds=0.1)
        first = asyncio.create_task(smtp.send([mail(1)]))
        await reached.wait()
        with pytest.raises(ProviderUnavailable, match="busy"):
            await smtp.send([mail(2)])
        released.set()
        assert states(await first) == ["sent"]
        await smtp.close()


async def test_requests_grow_or_shrink_to_what_the_server_takes_in_five_seconds() -> None:
    async def on_data(_: SMTP, envelope: Envelope) -> str:
        await asyncio.sleep(0.1 if slow else 0)
        return "250 OK"

    slow = False
    async with serve(MailServer(on_data=on_data)) as port:
        smtp = provider(port, connections=4)
        await smtp.send([mail(number) for number in range(smtp.max_per_request)])
        grown = smtp.max_per_request
        await smtp.send([mail(1)])
        assert smtp.max_per_request == grown > 100
        slow = True
        smtp.max_per_request = 20
        await smtp.send([mail(number) for number in range(20)])
        assert 10 <= smtp.max_per_request <= 200
        await smtp.close()


async def test_signing_in_works_with_the_right_password_only(tmp_path: Path) -> None:
    tls, trusted = make_certificate(tmp_path)
    server = MailServer()
    async with serve(server, tls_context=tls, authenticator=sign_in, auth_required=True) as port:
        secure = {"security": "starttls", "username": "shop"}
        right = provider(port, trusted, password="right", **secure)
        assert states(await right.send([mail(1)])) == ["sent"]
        await right.check()
        await right.close()
        with pytest.raises(ProviderRefused, match="user name and password"):
            await provider(port, trusted, password="wrong", **secure).send([mail(2)])
        nobody = provider(port, trusted, security="starttls")
        (outcome,) = await nobody.send([mail(3)])
        await nobody.close()
    assert outcome.state == "failed"
    assert (outcome.reason or "").startswith("530 ")
    assert len(server.accepted) == 1


async def test_tls_from_the_first_byte_works(tmp_path: Path) -> None:
    tls, trusted = make_certificate(tmp_path)
    async with serve(MailServer(), implicit_tls=tls) as port:
        smtp = provider(port, trusted, security="tls")
        assert states(await smtp.send([mail(1)])) == ["sent"]
        await smtp.close()


@pytest.mark.parametrize("security", ["starttls", "tls"])
async def test_a_certificate_that_nobody_vouches_for_is_refused(tmp_path: Path, security: str) -> None:
    tls, _ = make_certificate(tmp_path)
    how: dict[str, Any] = {"implicit_tls": tls} if security == "tls" else {"tls_context": tls}
    server = MailServer()
    async with serve(server, **how) as port:
        with pytest.raises(ProviderRefused, match="not trusted"):
            await provider(port, security=security).send([mail(1)])
    assert server.accepted == []


async def test_a_server_without_starttls_is_never_spoken_to_in_the_clear() -> None:
    server = MailServer()
    async with serve(server) as port:
        with pytest.raises(ProviderRefused, match="does not do"):
            await provider(port, security="starttls").send([mail(1)])
    assert server.accepted == []


async def test_a_mail_with_an_address_of_two_people_fails_alone() -> None:
    async with serve(MailServer()) as port:
        smtp = provider(port, connections=1)
        outcomes = await smtp.send([mail(1), mail(2, to="a@b.example>,<c@d.example")])
        await smtp.close()
    assert states(outcomes) == ["sent", "failed"]
