"""Windows of the week and send times: what is outside is held until it opens, on both sides of a clock change."""

from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from journeys.db.ids import new_id
from journeys.db.session import Database
from journeys.enrollments.clocks import next_wake
from journeys.enrollments.send_times import best_time, named_time
from journeys.enrollments.windows import next_opening
from journeys.nodes.ops import HoldUntil, Window
from tests.factories.journeys import make_contacts, make_mail, node, publish_plan, send, trigger
from tests.fakes.engine import BareMailroom, Engine
from tests.fakes.provider import RecordingProvider

BERLIN = ZoneInfo("Europe/Berlin")
ZONES = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "America/St_Johns", "UTC"]
YEAR = (datetime(2026, 1, 1), datetime(2027, 12, 31))  # noqa: DTZ001  # the strategy adds the zone
times = st.sampled_from(["00:00", "01:30", "02:30", "09:00", "17:00", "23:59"])
moments = st.datetimes(*YEAR, timezones=st.just(UTC))


def is_open(window: Window, tz: ZoneInfo, now: datetime) -> bool:
    """Say whether it is open, by the wall clock alone."""
    local = now.astimezone(tz)
    start, end, at = time.fromisoformat(window.start), time.fromisoformat(window.end), local.time()
    days = range(7) if window.weekdays is None else window.weekdays
    if start < end:
        return local.weekday() in days and start <= at < end
    yesterday = (local.weekday() - 1) % 7
    return (local.weekday() in days and at >= start) or (yesterday in days and at < end)


@given(
    zone=st.sampled_from(ZONES),
    now=moments,
    start=times,
    end=times,
    days=st.one_of(st.none(), st.sets(st.integers(0, 6), min_size=1).map(sorted)),
)
def test_a_window_opens_within_a_week_and_is_open_then(
    zone: str, now: datetime, start: str, end: str, days: list[int] | None
) -> None:
    tz, window = ZoneInfo(zone), Window(weekdays=days, start=start, end=end)
    opens = next_opening(window, tz, now)
    if opens is None:
        # A clock change may make an hour come twice or not at all; away from it the wall clock decides.
        assert is_open(window, tz, now) or _changes_near(tz, now)
        return
    assert now < opens <= now + timedelta(days=8, hours=2)
    assert next_opening(window, tz, opens + timedelta(seconds=1)) is None or _changes_near(tz, opens)
    assert not is_open(window, tz, now) or _changes_near(tz, now)


def _changes_near(tz: ZoneInfo, at: datetime) -> bool:
    offsets = {(at + timedelta(hours=hours)).astimezone(tz).utcoffset() for hours in range(-30, 31, 3)}
    return len(offsets) > 1


@pytest.mark.parametrize(
    ("now", "opens"),
    [
        ("2026-03-27T20:00+01:00", "2026-03-30T09:00+02:00"),
        ("2026-10-23T17:00+02:00", "2026-10-26T09:00+01:00"),
        ("2026-03-27T12:00+01:00", None),
    ],
)
def test_monday_at_nine_is_nine_on_both_sides_of_a_clock_change(now: str, opens: str | None) -> None:
    window = Window(weekdays=[0, 1, 2, 3, 4], start="09:00", end="17:00")
    found = next_opening(window, BERLIN, datetime.fromisoformat(now))
    assert found == (datetime.fromisoformat(opens) if opens else None)


def test_an_hour_that_a_clock_change_skips_opens_as_long_after_midnight() -> None:
    window = Window(weekdays=[6], start="02:30", end="05:00")
    found = next_opening(window, BERLIN, datetime(2026, 3, 28, 12, tzinfo=UTC))
    assert found == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)


def test_days_before_a_date_of_the_contacts_own() -> None:
    op = HoldUntil(attribute="renewal", offset_days=-7, time="08:00")
    now = datetime(2026, 3, 1, tzinfo=UTC)
    assert next_wake(op, "2026-04-04", "Europe/Berlin", "UTC", now) == datetime(2026, 3, 28, 7, tzinfo=UTC)
    assert next_wake(op, "2026-04-05", "Europe/Berlin", "UTC", now) == datetime(2026, 3, 29, 6, tzinfo=UTC)
    assert next_wake(op, "2026-03-07", "Europe/Berlin", "UTC", now) is None


@pytest.mark.parametrize(
    ("hour", "expected"),
    [
        ("14", None),
        ("15", datetime(2026, 6, 1, 15, tzinfo=UTC)),
        ("13", datetime(2026, 6, 2, 13, tzinfo=UTC)),
        (None, datetime(2026, 6, 2, 8, tzinfo=UTC)),
    ],
)
def test_the_best_time_is_the_hour_of_most_opens_or_ten_in_the_morning(
    hour: str | None, expected: datetime | None
) -> None:
    assert best_time(hour, "Europe/Berlin", "UTC", datetime(2026, 6, 1, 14, 20, tzinfo=UTC)) == expected


def test_who_comes_just_after_the_send_time_gets_the_mail_at_once() -> None:
    nine = datetime(2026, 6, 1, 7, tzinfo=UTC)
    assert named_time("09:00", "Europe/Berlin", "UTC", nine + timedelta(seconds=1)) is None
    assert named_time("09:00", "Europe/Berlin", "UTC", nine - timedelta(seconds=1)) == nine
    assert named_time("09:00", "Europe/Berlin", "UTC", nine + timedelta(hours=1)) == nine + timedelta(days=1)


async def engine_with(database: Database, workspace_id: UUID, op: Any, **outlets: Any) -> Engine:
    plan = await publish_plan(database, workspace_id, [trigger("hold"), node("hold", op, **outlets)])
    return Engine(database, plan, BareMailroom(database, RecordingProvider()))


async def test_contacts_are_held_until_their_own_window_opens(database: Database, workspace_id: UUID) -> None:
    now = datetime.now(UTC)
    closed = Window(start=f"{now + timedelta(hours=5):%H:%M}", end=f"{now + timedelta(hours=6):%H:%M}")
    engine = await engine_with(database, workspace_id, closed, next=None)
    ids = [
        *await make_contacts(database, workspace_id, 1, time_zone="UTC"),
        *await make_contacts(database, workspace_id, 1, time_zone="Etc/GMT-5", email="five@example.com"),
    ]
    waiting = await engine.run(await engine.enroll(ids))
    assert [token.size for token in waiting] == [1]
    assert waiting[0].wake_at is not None
    assert timedelta(hours=4) < waiting[0].wake_at - now <= timedelta(hours=5, minutes=1)
    assert await engine.states() == {"active": 1, "completed": 1}
    # Woken while it is closed, as after an outage, the contact is held again.
    [again] = await engine.wake(waiting)
    assert again.wake_at is not None
    assert await engine.states() == {"active": 1, "completed": 1}


def _zone_where_it_is(now: datetime, hour: int) -> str:
    """Return a zone with a fixed offset in which the clock shows this hour."""
    ahead = (hour - now.hour + 11) % 24 - 11
    return f"Etc/GMT{-ahead:+d}"


async def test_a_mail_with_a_send_time_waits_before_it_is_claimed(database: Database, workspace_id: UUID) -> None:
    mail = send(await make_mail(database, workspace_id), send_time="best")
    engine = await engine_with(database, workspace_id, mail, sent=None, skipped=None, failed=None)
    zone = _zone_where_it_is(datetime.now(UTC), hour=2)
    reader, newcomer = await make_contacts(database, workspace_id, 2, time_zone=zone)
    opened_at = datetime.now(ZoneInfo(zone)).replace(hour=6, minute=30) - timedelta(days=3)
    by_machine = opened_at + timedelta(hours=12)
    async with database.engine() as session:
        await session.execute(
            text("""INSERT INTO messages (enrollment_id, node_id, visit, id, workspace_id, contact_id, category, provider,
                    state, queued_at, sent_at, opened_at) VALUES (:id, 'n', 1, :id, :w, :c, 'marketing', 'outbox', 'sent',
                    :sent, :sent, :at)"""),
            [
                {"id": new_id(), "w": workspace_id, "c": reader, "at": at, "sent": at - read_after}
                for at, read_after in ((opened_at, timedelta(hours=1)), *[(by_machine, timedelta(seconds=9))] * 2)
            ],
        )
    waiting = await engine.run(await engine.enroll([reader, newcomer]))
    hours = sorted(token.wake_at.astimezone(ZoneInfo(zone)).hour for token in waiting if token.wake_at)
    assert hours == [6, 10]
    assert all(token.effect for token in waiting)
    assert await engine.messages() == {}
