"""The choke point before every send: quiet hours hold, caps skip or wait, holdouts get nothing; each says why."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from journeys.contracts import Token
from journeys.db.json import to_json
from journeys.db.session import Database
from journeys.enrollments.exits import exit_contact
from journeys.messaging import ledger
from journeys.messaging.limits import holdout_draw
from journeys.nodes.ops import End
from tests.factories.journeys import make_contacts, make_mail, node, publish_plan, send, trigger
from tests.fakes.engine import BareMailroom, Engine
from tests.fakes.provider import RecordingProvider


async def limit(database: Database, workspace_id: UUID, **settings: Any) -> None:
    """Set what a workspace allows."""
    async with database.engine() as session:
        await session.execute(
            text("UPDATE workspaces SET settings = CAST(:settings AS jsonb) WHERE id = :id"),
            {"id": workspace_id, "settings": to_json(settings)},
        )


async def sender(
    database: Database,
    workspace_id: UUID,
    provider: RecordingProvider,
    *,
    op: dict[str, Any] | None = None,
    **settings: Any,
) -> Engine:
    """Publish trigger, mail, end."""
    mail = await make_mail(database, workspace_id)
    plan = await publish_plan(
        database,
        workspace_id,
        [
            trigger("hello"),
            node("hello", send(mail, **(op or {})), sent="end", skipped="end", failed="end"),
            node("end", End()),
        ],
        **settings,
    )
    return Engine(database, plan, BareMailroom(database, provider, chunk_size=3))


def around_now(minutes_before: int, minutes_after: int) -> dict[str, str]:
    """Return quiet hours around the present moment, in UTC."""
    now = datetime.now(UTC)
    start, end = now - timedelta(minutes=minutes_before), now + timedelta(minutes=minutes_after)
    return {"start": f"{start:%H:%M}", "end": f"{end:%H:%M}"}


async def come_due(database: Database, tokens: list[Token]) -> list[Token]:
    """Let the time come until which mails are held."""
    async with database.engine() as session:
        ids = [token.batch_id for token in tokens]
        await session.execute(text("UPDATE batches SET wake_at = now() WHERE id = ANY(:ids)"), {"ids": ids})
        await session.execute(text("UPDATE messages SET due_at = now() WHERE due_at IS NOT NULL"))
    return [token.model_copy(update={"wake_at": None}) for token in tokens]


async def test_what_falls_due_in_quiet_hours_is_held_until_they_end_where_the_contact_is(
    database: Database, workspace_id: UUID
) -> None:
    await limit(database, workspace_id, quiet_hours=around_now(60, 60))
    provider = RecordingProvider()
    engine = await sender(database, workspace_id, provider)
    here = await make_contacts(database, workspace_id, 4, time_zone="UTC")
    async with database.engine() as session:
        await session.execute(
            text("UPDATE contacts SET email = 'h-' || email WHERE workspace_id = :w"), {"w": workspace_id}
        )
    far = await make_contacts(database, workspace_id, 3, time_zone="Asia/Tokyo")
    held = await engine.run(await engine.enroll([*here, *far]))
    assert [(token.node_id, token.size) for token in held] == [("hello", 4)]
    wake_at = held[0].wake_at
    assert wake_at is not None
    assert timedelta(minutes=58) < wake_at - datetime.now(UTC) <= timedelta(minutes=61)
    assert len(provider.mails) == 3
    assert await engine.messages() == {"sent": 3, "deferred: quiet_hours": 4}
    assert await engine.steps(here[0]) == [("start", "next"), ("hello", None)]
    await limit(database, workspace_id)
    assert await engine.run(await come_due(database, held)) == []
    assert await engine.messages() == {"sent": 7}
    assert await engine.states() == {"completed": 7}


async def test_a_mail_still_in_quiet_hours_is_held_again(database: Database, workspace_id: UUID) -> None:
    await limit(database, workspace_id, quiet_hours=around_now(60, 60))
    provider = RecordingProvider()
    engine = await sender(database, workspace_id, provider)
    held = await engine.run(await engine.enroll(await make_contacts(database, workspace_id, 2, time_zone="UTC")))
    again = await engine.run(await come_due(database, held))
    assert [token.size for token in again] == [2]
    assert provider.mails == []


async def test_somebody_who_moves_between_the_look_at_the_clocks_and_the_claim_is_held_by_the_workspaces_clock(
    database: Database, workspace_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def before_they_moved(*_: object) -> list[str]:
        return ["Asia/Tokyo"]

    monkeypatch.setattr(ledger, "list_zones", before_they_moved)
    await limit(database, workspace_id, quiet_hours=around_now(60, 60))
    engine = await sender(database, workspace_id, RecordingProvider())
    await engine.run(await engine.enroll(await make_contacts(database, workspace_id, 2)))
    assert await engine.messages() == {"deferred: quiet_hours": 2}


async def test_transactional_mail_heeds_neither_quiet_hours_nor_caps_nor_holdouts(
    database: Database, workspace_id: UUID
) -> None:
    caps = [{"limit": 1, "per": "day"}]
    await limit(database, workspace_id, quiet_hours=around_now(60, 60), caps=caps, holdout_percent=50)
    provider = RecordingProvider()
    engine = await sender(
        database, workspace_id, provider, op={"category": "transactional"}, re_entry="always", holdout_percent=50
    )
    contacts = await make_contacts(database, workspace_id, 4)
    assert await engine.run(await engine.enroll(contacts)) == []
    assert await engine.messages() == {"sent": 4}


async def test_a_journey_may_have_quiet_hours_of_its_own_or_none(database: Database, workspace_id: UUID) -> None:
    await limit(database, workspace_id, quiet_hours=around_now(60, 60))
    provider = RecordingProvider()
    none = await sender(database, workspace_id, provider, quiet_hours=None)
    own = await sender(database, workspace_id, provider, quiet_hours=around_now(60, 120))
    contacts = await make_contacts(database, workspace_id, 1, time_zone="UTC")
    assert await none.run(await none.enroll(contacts)) == []
    [held] = await own.run(await own.enroll(contacts))
    assert held.wake_at is not None
    assert held.wake_at - datetime.now(UTC) > timedelta(minutes=110)


async def test_a_cap_skips_whoever_had_enough_today_and_counts_all_journeys(
    database: Database, workspace_id: UUID
) -> None:
    await limit(database, workspace_id, caps=[{"limit": 2, "per": "day"}])
    provider = RecordingProvider()
    contacts = await make_contacts(database, workspace_id, 4)
    for expected in ({"sent": 4}, {"sent": 4}, {"skipped: capped": 4}):
        engine = await sender(database, workspace_id, provider)
        assert await engine.run(await engine.enroll(contacts)) == []
        assert await engine.messages() == expected
    assert len(provider.mails) == 8


async def test_a_cap_on_a_tag_counts_only_mails_with_it(database: Database, workspace_id: UUID) -> None:
    await limit(database, workspace_id, caps=[{"limit": 1, "per": "week", "tag": "promo"}])
    provider = RecordingProvider()
    contacts = await make_contacts(database, workspace_id, 2)
    for tag, expected in (("promo", "sent"), ("news", "sent"), (None, "sent"), ("promo", "skipped: capped")):
        engine = await sender(database, workspace_id, provider, op={"tag": tag})
        await engine.run(await engine.enroll(contacts))
        assert await engine.messages() == {expected: 2}


async def test_an_exempt_journey_and_a_node_that_says_send_go_past_the_cap(
    database: Database, workspace_id: UUID
) -> None:
    await limit(database, workspace_id, caps=[{"limit": 1, "per": "day"}])
    provider = RecordingProvider()
    contacts = await make_contacts(database, workspace_id, 2)
    for op, settings in (({}, {}), ({}, {"cap_exempt": True}), ({"if_capped": "send"}, {})):
        engine = await sender(database, workspace_id, provider, op=op, **settings)
        await engine.run(await engine.enroll(contacts))
        assert await engine.messages() == {"sent": 2}


async def test_a_capped_mail_waits_for_the_contacts_next_day_when_the_node_says_so(
    database: Database, workspace_id: UUID
) -> None:
    await limit(database, workspace_id, caps=[{"limit": 1, "per": "day"}])
    provider = RecordingProvider()
    contacts = await make_contacts(database, workspace_id, 3, time_zone="UTC")
    first = await sender(database, workspace_id, provider)
    await first.run(await first.enroll(contacts))
    second = await sender(database, workspace_id, provider, op={"if_capped": "wait"})
    [held] = await second.run(await second.enroll(contacts))
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    assert held.wake_at == tomorrow
    async with database.engine() as session:
        await session.execute(
            text("UPDATE messages SET sent_at = sent_at - interval '1 day' WHERE sent_at IS NOT NULL")
        )
    assert await second.run(await come_due(database, [held])) == []
    assert await second.messages() == {"sent": 3}


async def test_a_capped_mail_that_waited_long_enough_is_skipped(database: Database, workspace_id: UUID) -> None:
    await limit(database, workspace_id, caps=[{"limit": 1, "per": "week"}])
    provider = RecordingProvider()
    contacts = await make_contacts(database, workspace_id, 1, time_zone="UTC")
    first = await sender(database, workspace_id, provider)
    await first.run(await first.enroll(contacts))
    second = await sender(database, workspace_id, provider, op={"if_capped": "wait", "wait_hours": 168})
    [held] = await second.run(await second.enroll(contacts))
    async with database.engine() as session:
        await session.execute(
            text("UPDATE messages SET queued_at = queued_at - interval '8 days' WHERE state = 'deferred'")
        )
    assert await second.run(await come_due(database, [held])) == []
    assert await second.messages() == {"skipped: capped": 1}


async def test_two_journeys_at_one_moment_do_not_pass_a_cap_together(database: Database, workspace_id: UUID) -> None:
    await limit(database, workspace_id, caps=[{"limit": 1, "per": "day"}])
    provider = RecordingProvider()
    contacts = await make_contacts(database, workspace_id, 40)
    engines = [await sender(database, workspace_id, provider) for _ in range(4)]
    tokens = [await engine.enroll(contacts) for engine in engines]
    await asyncio.gather(*(engine.run(each) for engine, each in zip(engines, tokens, strict=True)))
    assert sorted(mail.to for mail in provider.mails) == sorted(f"person{n}@example.com" for n in range(40))


async def test_one_contact_twice_in_a_batch_counts_twice(database: Database, workspace_id: UUID) -> None:
    await limit(database, workspace_id, caps=[{"limit": 1, "per": "day"}])
    provider = RecordingProvider()
    engine = await sender(database, workspace_id, provider, re_entry="per_key")
    [anna] = await make_contacts(database, workspace_id, 1)
    tokens = await engine.enroll([anna], key="one")
    run_id = engine.run_id
    await engine.enroll([anna], key="two")
    async with database.engine() as session:
        await session.execute(
            text("UPDATE enrollments SET batch_id = :id WHERE workspace_id = :w"),
            {"id": tokens[0].batch_id, "w": workspace_id},
        )
    engine.run_id = run_id
    await engine.run(tokens)
    assert await engine.messages() == {"sent": 1, "skipped: capped": 1}


async def test_a_held_mail_of_a_higher_priority_keeps_its_place_under_the_cap(
    database: Database, workspace_id: UUID
) -> None:
    provider = RecordingProvider()
    contacts = await make_contacts(database, workspace_id, 2, time_zone="UTC")
    urgent = await sender(database, workspace_id, provider, priority=80, quiet_hours=around_now(5, 5))
    await limit(database, workspace_id, caps=[{"limit": 1, "per": "week"}])
    assert len(await urgent.run(await urgent.enroll(contacts))) == 1
    usual = await sender(database, workspace_id, provider, quiet_hours=None)
    assert await usual.run(await usual.enroll(contacts)) == []
    assert await usual.messages() == {"skipped: capped": 2}
    above = await sender(database, workspace_id, provider, quiet_hours=None, priority=90)
    assert await above.run(await above.enroll(contacts)) == []
    assert await above.messages() == {"sent": 2}


async def test_a_holdout_walks_the_journey_and_gets_no_mail_by_address(database: Database, workspace_id: UUID) -> None:
    provider = RecordingProvider()
    engine = await sender(database, workspace_id, provider, holdout_percent=30)
    contacts = await make_contacts(database, workspace_id, 40)
    assert await engine.run(await engine.enroll(contacts)) == []
    salt = f"holdout:{engine.plan.journey_id}"
    spared = {f"person{n}@example.com" for n in range(40) if holdout_draw(salt, f"person{n}@example.com") < 0.3}
    assert spared
    assert {mail.to for mail in provider.mails} == {f"person{n}@example.com" for n in range(40)} - spared
    assert await engine.messages() == {"sent": 40 - len(spared), "skipped: held_out": len(spared)}
    assert await engine.states() == {"completed": 40}


async def test_the_workspaces_holdout_is_the_same_in_every_journey(database: Database, workspace_id: UUID) -> None:
    await limit(database, workspace_id, holdout_percent=40)
    provider = RecordingProvider()
    contacts = await make_contacts(database, workspace_id, 30)
    reached = []
    for _ in range(2):
        provider.mails.clear()
        engine = await sender(database, workspace_id, provider)
        await engine.run(await engine.enroll(contacts))
        reached.append({mail.to for mail in provider.mails})
    assert reached[0] == reached[1]
    assert 0 < len(reached[0]) < 30


async def test_a_held_mail_of_someone_who_leaves_is_skipped(database: Database, workspace_id: UUID) -> None:
    await limit(database, workspace_id, quiet_hours=around_now(60, 60))
    engine = await sender(database, workspace_id, RecordingProvider())
    [anna] = await make_contacts(database, workspace_id, 1, time_zone="UTC")
    await engine.run(await engine.enroll([anna]))
    async with database.engine() as session:
        await exit_contact(session, workspace_id, anna, "asked to")
    assert await engine.messages() == {"skipped: left the journey": 1}


async def test_a_slow_batch_looks_at_the_clock_and_at_moved_contacts_before_each_request(
    database: Database, workspace_id: UUID
) -> None:
    provider = RecordingProvider()
    engine = await sender(database, workspace_id, provider)
    contacts = await make_contacts(database, workspace_id, 6)
    await limit(database, workspace_id, quiet_hours=around_now(-60, 120))
    ahead = f"Etc/GMT-{1}"
    taken, send_first = [], provider.send

    async def send_and_travel(mails: Any) -> Any:
        taken.append(len(mails))
        async with database.engine() as session:  # an hour to the east, it is evening already
            moved = text("UPDATE contacts SET time_zone = :zone WHERE workspace_id = :w")
            await session.execute(moved, {"zone": ahead, "w": workspace_id})
        return await send_first(mails)

    provider.send = send_and_travel  # type: ignore[method-assign]
    [token] = await engine.enroll(contacts)
    held = await engine.stage(token)
    assert taken == [3], "the second chunk is held back by the zone that is not the listed one"
    assert [each.size for each in held if each.effect] == [3]
