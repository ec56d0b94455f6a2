"""A send is never lost and never doubled: dead attempts, deferrals, refusals, silence."""

from collections.abc import Sequence
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncSession

from journeys.connectors.base import Mail, Outcome
from journeys.connectors.errors import ProviderRefused, ProviderSilent, ProviderUnavailable
from journeys.contracts import Token
from journeys.db.session import Database
from journeys.enrollments.exits import exit_contact
from journeys.enrollments.sending import LeaseHeld
from journeys.messaging import ledger
from journeys.messaging.ledger import LAST_ATTEMPT
from tests.factories.journeys import make_contacts, make_mail, node, publish_plan, send, trigger
from tests.fakes.engine import BareMailroom, Engine
from tests.fakes.provider import RecordingProvider


class Crash(BaseException):
    """The process dies here: nothing after it runs."""


async def sending_engine(
    database: Database, workspace_id: UUID, n: int, provider: RecordingProvider, **config: object
) -> tuple[Engine, Token]:
    mail = await make_mail(database, workspace_id)
    plan = await publish_plan(
        database,
        workspace_id,
        [trigger("hello"), node("hello", send(mail, **config), sent=None, skipped=None, failed=None)],
    )
    engine = Engine(database, plan, BareMailroom(database, provider, chunk_size=2))
    [token] = await engine.enroll(await make_contacts(database, workspace_id, n))
    return engine, token


async def die_after_accepting(engine: Engine, provider: RecordingProvider, token: Token) -> None:
    """Let an attempt die when the provider has just taken its first request."""

    async def answer(mails: Sequence[Mail]) -> list[Outcome]:
        provider.answer = None
        provider.accept(mails)
        raise Crash

    provider.answer = answer
    with pytest.raises(Crash):
        await engine.stage(token)


async def expire_leases(engine: Engine) -> None:
    async with engine.database.engine() as session:
        await session.execute(
            text(
                "UPDATE messages SET lease_until = now() - interval '1 second' WHERE version_id = :v AND state = 'sending'"
            ),
            {"v": engine.plan.version_id},
        )


async def let_come_due(engine: Engine, token: Token) -> None:
    """Let the time come at which what was deferred is tried again."""
    async with engine.database.engine() as session:
        await session.execute(text("UPDATE batches SET wake_at = now() WHERE id = :id"), {"id": token.batch_id})
        await session.execute(text("UPDATE messages SET due_at = now() WHERE state = 'deferred'"))


async def test_a_dead_attempt_blocks_the_next_until_its_lease_is_over(database: Database, workspace_id: UUID) -> None:
    provider = RecordingProvider()
    engine, token = await sending_engine(database, workspace_id, 5, provider)
    await die_after_accepting(engine, provider, token)
    with pytest.raises(LeaseHeld):
        await engine.stage(token)
    assert len(provider.mails) == 5


async def test_an_attempt_that_lives_keeps_its_answers_until_the_database_is_back(
    database: Database, workspace_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    record, away = ledger.record_outcomes, [True, True]

    async def fails_twice(session: AsyncSession, claim_id: UUID, outcomes: Sequence[ledger.Recorded]) -> int:
        if away:
            away.pop()
            raise OperationalError("UPDATE messages", None, OSError("server closed the connection"))
        return await record(session, claim_id, outcomes)

    monkeypatch.setattr(ledger, "record_outcomes", fails_twice)
    monkeypatch.setattr("journeys.enrollments.sending.RECORD_AGAIN_SECONDS", 0.01)
    provider = RecordingProvider()
    engine, token = await sending_engine(database, workspace_id, 2, provider)
    assert await engine.stage(token) == []
    assert await engine.messages() == {"sent": 2}
    assert len(provider.mails) == 2


async def test_what_was_settled_before_its_attempt_answers_leaves_by_what_the_ledger_says(
    database: Database, workspace_id: UUID
) -> None:
    provider = RecordingProvider()
    engine, token = await sending_engine(database, workspace_id, 3, provider)

    async def answer(mails: Sequence[Mail]) -> list[Outcome]:
        provider.answer = None
        async with database.engine() as session:
            await session.execute(
                text("UPDATE messages SET state = 'unknown' WHERE id = :id"), {"id": mails[0].message_id}
            )
        return await provider.send(mails)

    provider.answer = answer
    assert await engine.stage(token) == []
    assert await engine.messages() == {"sent": 2, "unknown": 1}
    async with database.engine() as session:
        steps = await session.execute(
            text("""
                SELECT s.outlet, count(*) AS n FROM trace s JOIN messages m USING (enrollment_id, node_id)
                WHERE m.version_id = :v GROUP BY 1
            """),
            {"v": engine.plan.version_id},
        )
        assert {step.outlet: step.n for step in steps} == {"sent": 2, "failed": 1}


async def test_where_nothing_can_tell_a_mail_of_a_dead_attempt_is_unknown_and_not_sent_again(
    database: Database, workspace_id: UUID
) -> None:
    provider = RecordingProvider()
    engine, token = await sending_engine(database, workspace_id, 5, provider)
    await die_after_accepting(engine, provider, token)
    await expire_leases(engine)
    assert await engine.stage(token) == []
    messages = await engine.messages()
    assert messages.pop("sent") == 3
    [(state, n)] = messages.items()
    assert (state.startswith("unknown: "), n) == (True, 2)
    assert len(provider.mails) == len({mail.to for mail in provider.mails}) == 5


async def test_a_provider_that_honours_keys_gets_the_same_key_again(database: Database, workspace_id: UUID) -> None:
    provider = RecordingProvider(honours_keys=True)
    engine, token = await sending_engine(database, workspace_id, 5, provider)
    await die_after_accepting(engine, provider, token)
    await expire_leases(engine)
    assert await engine.stage(token) == []
    assert await engine.messages() == {"sent": 5}
    assert len(provider.mails) == 5


async def test_a_provider_that_can_tell_is_believed(database: Database, workspace_id: UUID) -> None:
    provider = RecordingProvider()
    engine, token = await sending_engine(database, workspace_id, 2, provider)

    async def die_half_way(mails: Sequence[Mail]) -> list[Outcome]:
        provider.answer = None
        provider.accept(mails[:1])
        provider.tells = {mails[0].key: "sent", mails[1].key: "not_sent"}
        raise Crash

    provider.answer = die_half_way
    with pytest.raises(Crash):
        await engine.stage(token)
    await expire_leases(engine)
    assert await engine.stage(token) == []
    assert await engine.messages() == {"sent": 2}
    assert sorted(mail.to for mail in provider.mails) == ["person0@example.com", "person1@example.com"]


async def test_a_provider_that_is_away_loses_nothing_however_often(database: Database, workspace_id: UUID) -> None:
    provider = RecordingProvider()
    engine, token = await sending_engine(database, workspace_id, 3, provider)

    async def away(mails: Sequence[Mail]) -> list[Outcome]:
        raise ProviderUnavailable("connection refused")

    provider.answer = away
    for _ in range(9):
        with pytest.raises(ProviderUnavailable):
            await engine.stage(token)
    provider.answer = None
    assert await engine.stage(token) == []
    assert await engine.messages() == {"sent": 3}
    assert len(provider.mails) == 3


async def test_a_provider_that_refuses_everything_keeps_the_mails_until_it_is_mended(
    database: Database, workspace_id: UUID
) -> None:
    provider = RecordingProvider()
    engine, token = await sending_engine(database, workspace_id, 2, provider)

    async def refuse(mails: Sequence[Mail]) -> list[Outcome]:
        raise ProviderRefused("bad credentials")

    provider.answer = refuse
    with pytest.raises(ProviderRefused):
        await engine.stage(token)
    assert await engine.messages() == {"deferred: bad credentials": 2}
    assert await engine.states() == {"active": 2}
    provider.answer = None
    assert await engine.stage(token) == []
    assert await engine.messages() == {"sent": 2}


async def test_silence_after_the_request_left_is_unknown(database: Database, workspace_id: UUID) -> None:
    provider = RecordingProvider()
    engine, token = await sending_engine(database, workspace_id, 2, provider)

    async def silent(mails: Sequence[Mail]) -> list[Outcome]:
        provider.accept(mails)
        raise ProviderSilent("no answer after DATA")

    provider.answer = silent
    assert await engine.stage(token) == []
    assert await engine.messages() == {"unknown: no answer after DATA": 2}
    assert len(provider.mails) == 2


async def test_a_deferred_recipient_waits_alone_while_the_others_go_on(database: Database, workspace_id: UUID) -> None:
    provider = RecordingProvider()
    engine, token = await sending_engine(database, workspace_id, 4, provider)

    async def greylist(mails: Sequence[Mail]) -> list[Outcome]:
        provider.answer = None
        provider.accept(mails[1:])
        return [Outcome("deferred", reason="450 greylisted"), *[Outcome("sent") for _ in mails[1:]]]

    provider.answer = greylist
    [later] = await engine.stage(token)
    assert (later.node_id, later.size, later.effect) == ("hello", 1, True)
    assert await engine.states() == {"completed": 3, "active": 1}
    await let_come_due(engine, later)
    assert await engine.stage(later) == []
    assert await engine.messages() == {"sent": 4}
    assert await engine.states() == {"completed": 4}


async def test_a_mail_that_was_put_off_untried_is_tried_as_often_as_any_other(
    database: Database, workspace_id: UUID
) -> None:
    provider = RecordingProvider()
    engine, token = await sending_engine(database, workspace_id, 1, provider)

    async def put_off(mails: Sequence[Mail]) -> list[Outcome]:
        return [Outcome("deferred", reason="limit", free=True) for _ in mails]

    for _ in range(LAST_ATTEMPT + 1):
        provider.answer = put_off
        [token] = await engine.stage(token)
        await let_come_due(engine, token)
    assert await engine.messages() == {"deferred: limit": 1}
    provider.answer = None
    assert await engine.stage(token) == []
    assert await engine.messages() == {"sent": 1}


async def test_a_contact_whose_values_the_template_cannot_take_fails_alone(
    database: Database, workspace_id: UUID
) -> None:
    provider = RecordingProvider()
    mail = await make_mail(database, workspace_id, "{{ contact.first_name | divided_by: 0 }}")
    plan = await publish_plan(
        database, workspace_id, [trigger("hello"), node("hello", send(mail), sent=None, skipped=None, failed=None)]
    )
    engine = Engine(database, plan, BareMailroom(database, provider))
    assert await engine.run(await engine.enroll(await make_contacts(database, workspace_id, 2))) == []
    [(state, n)] = (await engine.messages()).items()
    assert (state.startswith("failed: render: "), n) == (True, 2)


async def test_what_a_dead_attempt_was_sending_to_someone_who_left_becomes_unknown(
    database: Database, workspace_id: UUID
) -> None:
    provider = RecordingProvider()
    engine, token = await sending_engine(database, workspace_id, 3, provider)
    await die_after_accepting(engine, provider, token)
    async with database.engine() as session:
        [anna] = await session.scalars(
            text("SELECT contact_id FROM enrollments WHERE version_id = :v ORDER BY id LIMIT 1"),
            {"v": engine.plan.version_id},
        )
        await exit_contact(session, workspace_id, anna, "asked to")
        await session.execute(
            text("UPDATE messages SET lease_until = now() - interval '1 hour' WHERE version_id = :v"),
            {"v": engine.plan.version_id},
        )
        assert await ledger.settle_abandoned(session) >= 1
    assert await engine.messages() == {"sending": 1, f"unknown: {ledger.ABANDONED}": 1}
