"""Providers that fail in part, ask for patience, go silent after they took a mail, or have no room on the disk."""

import errno
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import httpx
import orjson
import pytest
from sqlalchemy import text
from temporalio.exceptions import ApplicationError

from activities.boundary import translate
from journeys.connectors.base import MailProvider
from journeys.connectors.errors import ProviderSilent, ProviderUnavailable
from journeys.connectors.http_mail.provider import HttpMailConfig, HttpMailProvider
from journeys.connectors.outbox.provider import OutboxProvider
from journeys.contracts import Token
from journeys.db.session import Database
from journeys.enrollments.sending import LeaseHeld
from journeys.nodes.ops import Hold
from tests.factories.journeys import make_contacts, make_mail, node, publish_plan, send, trigger
from tests.fakes.engine import BareMailroom, Engine
from tests.journeys.connectors.test_outbox import files_in

PEOPLE = 4
Answer = Callable[[httpx.Request], httpx.Response]


async def sending(database: Database, workspace_id: UUID, provider: MailProvider) -> tuple[Engine, Token]:
    mail = await make_mail(database, workspace_id)
    plan = await publish_plan(
        database, workspace_id, [trigger("hello"), node("hello", send(mail), sent=None, skipped=None, failed=None)]
    )
    engine = Engine(database, plan, BareMailroom(database, provider))
    [token] = await engine.enroll(await make_contacts(database, workspace_id, PEOPLE))
    return engine, token


class Gateway:
    """A gateway that honours keys; `answer` is what it says next, after it has taken the mails or before."""

    def __init__(self) -> None:
        self.delivered: dict[str, str] = {}
        self.before: Answer | None = None
        self.after: Answer | None = None
        config = HttpMailConfig.model_validate({"sender": "shop@example.com", "url": "http://gateway.example/mails"})
        self.provider = HttpMailProvider(config, httpx.MockTransport(self._take))

    def _take(self, request: httpx.Request) -> httpx.Response:
        if self.before:
            return self.before(request)
        mails = orjson.loads(request.content)["messages"]
        for each in mails:
            self.delivered.setdefault(each["key"], each["to"])
        if self.after:
            return self.after(request)
        return httpx.Response(200, json={"results": [{"key": each["key"], "state": "sent"} for each in mails]})


async def test_an_answer_of_200_with_failures_is_believed_recipient_by_recipient(
    database: Database, workspace_id: UUID
) -> None:
    def partly(request: httpx.Request) -> httpx.Response:
        first, second, third, _ = orjson.loads(request.content)["messages"]
        states = [(first, "sent", None), (second, "failed", "no such mailbox"), (third, "deferred", "greylisted")]
        results = [{"key": each["key"], "state": state, "reason": reason} for each, state, reason in states]
        return httpx.Response(200, json={"results": results})

    gateway = Gateway()
    gateway.before = partly
    engine, token = await sending(database, workspace_id, gateway.provider)
    [later] = await engine.stage(token)
    assert later.size == 2
    assert await engine.messages() == {
        "sent": 1,
        "failed: no such mailbox": 1,
        "deferred: greylisted": 1,
        "deferred: the gateway's answer did not name this mail": 1,
    }
    gateway.before = None
    async with database.engine() as session:
        await session.execute(
            text("UPDATE messages SET due_at = now() WHERE version_id = :v"), {"v": engine.plan.version_id}
        )
    assert await engine.wake([later]) == []
    assert await engine.messages() == {"sent": 3, "failed: no such mailbox": 1}
    assert len(gateway.delivered) == 2


async def test_too_many_requests_are_repeated_when_the_provider_said_and_count_as_no_attempt(
    database: Database, workspace_id: UUID
) -> None:
    gateway = Gateway()
    gateway.before = lambda _: httpx.Response(429, headers={"Retry-After": "7"})
    engine, token = await sending(database, workspace_id, gateway.provider)
    for _ in range(10):
        with pytest.raises(ProviderUnavailable) as refused:
            await engine.stage(token)
    for_temporal = translate(refused.value)
    assert isinstance(for_temporal, ApplicationError)
    assert for_temporal.next_retry_delay is not None
    assert (for_temporal.next_retry_delay.total_seconds(), for_temporal.non_retryable) == (7, False)
    assert await engine.messages() == {"deferred: the gateway answered 429": PEOPLE}
    gateway.before = None
    assert await engine.stage(token) == []
    assert await engine.messages() == {"sent": PEOPLE}
    assert len(gateway.delivered) == PEOPLE


async def test_a_gateway_that_took_the_mails_and_did_not_answer_is_asked_again_and_delivers_once(
    database: Database, workspace_id: UUID
) -> None:
    def silent(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadTimeout("no answer", request=request)

    gateway = Gateway()
    gateway.after = silent
    engine, token = await sending(database, workspace_id, gateway.provider)
    with pytest.raises(ProviderSilent):
        await engine.stage(token)
    assert len(gateway.delivered) == PEOPLE
    assert await engine.messages() == {"sending": PEOPLE}
    gateway.after = None
    with pytest.raises(LeaseHeld):
        await engine.stage(token)
    async with database.engine() as session:
        await session.execute(
            text("UPDATE messages SET lease_until = now() WHERE version_id = :v"), {"v": engine.plan.version_id}
        )
    assert await engine.stage(token) == []
    assert await engine.messages() == {"sent": PEOPLE}
    assert sorted(gateway.delivered.values()) == [f"person{n}@example.com" for n in range(PEOPLE)]


async def test_a_full_disk_defers_mails_with_the_reason_until_there_is_room(
    database: Database, workspace_id: UUID, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write, room = Path.write_bytes, [2]

    def write_while_there_is_room(path: Path, data: bytes) -> int:
        if room and not room[0]:
            write(path, data[:10])
            raise OSError(errno.ENOSPC, "No space left on device")
        if room:
            room[0] -= 1
        return write(path, data)

    monkeypatch.setattr(Path, "write_bytes", write_while_there_is_room)
    engine, token = await sending(database, workspace_id, OutboxProvider(tmp_path))
    with pytest.raises(ProviderUnavailable):
        await engine.stage(token)
    [(reason, n)] = (await engine.messages()).items()
    assert (reason.startswith("deferred: the outbox cannot be written"), n) == (True, PEOPLE)
    assert "No space left on device" in reason
    assert await engine.states() == {"active": PEOPLE}
    room.clear()
    assert await engine.stage(token) == []
    assert await engine.messages() == {"sent": PEOPLE}
    assert [path.suffix for path in files_in(tmp_path)] == [".eml"] * PEOPLE


async def test_a_clock_that_runs_ahead_wakes_nobody_before_postgres_says_so(
    database: Database, workspace_id: UUID
) -> None:
    """Wake times are Postgres' alone: a run whose server or worker has another clock is told to come back."""
    plan = await publish_plan(
        database,
        workspace_id,
        [trigger("pause"), node("pause", Hold(seconds=3_600), next="end"), node("end", Hold(seconds=60), next=None)],
    )
    engine = Engine(database, plan, BareMailroom(database, OutboxProvider(Path("unused"))))
    [anna] = await make_contacts(database, workspace_id, 1)
    [asleep] = await engine.run(await engine.enroll([anna]))
    woken_too_soon = asleep.model_copy(update={"wake_at": None})
    for _ in range(3):
        [told] = await engine.stage(woken_too_soon)
        assert (told.node_id, told.wake_at) == ("pause", asleep.wake_at)
    assert await engine.steps(anna) == [("start", "next")]
    [later] = await engine.wake([asleep])
    assert later.node_id == "end"
    assert await engine.steps(anna) == [("start", "next"), ("pause", "next")]
