"""When schedules and dates are due, on both sides of a clock change, in leap years, after a time with nothing running."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journeys.enrollments.due import dates_of, due_between, latest_due
from journeys.nodes.ops import OwnDate, Recurrence

ZONES = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Kiritimati", "UTC"]
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def due(schedule: dict[str, Any], now: str, after: datetime = LONG_AGO, zone: str = "Europe/Berlin") -> datetime | None:
    return latest_due(Recurrence(**schedule), zone, after, at(now))


@pytest.mark.parametrize(
    ("schedule", "now", "expected"),
    [
        ({"every": "day", "time": "09:00"}, "2026-03-28T08:00Z", "2026-03-28T08:00Z"),
        ({"every": "day", "time": "09:00"}, "2026-03-29T07:00Z", "2026-03-29T07:00Z"),
        ({"every": "day", "time": "09:00"}, "2026-03-29T06:59Z", "2026-03-28T08:00Z"),
        ({"every": "day", "time": "02:30"}, "2026-10-25T01:40Z", "2026-10-25T00:30Z"),
        ({"every": "day", "time": "02:30"}, "2026-03-29T01:30Z", "2026-03-29T01:30Z"),
        ({"every": "week", "weekdays": [0], "time": "09:00"}, "2026-11-25T12:00Z", "2026-11-23T08:00Z"),
        ({"every": "week", "weekdays": [0, 2], "time": "09:00"}, "2026-11-25T12:00Z", "2026-11-25T08:00Z"),
        ({"every": "month", "day": 31, "time": "09:00"}, "2026-03-10T12:00Z", "2026-02-28T08:00Z"),
        ({"every": "month", "day": 15, "time": "09:00"}, "2026-03-10T12:00Z", "2026-02-15T08:00Z"),
        ({"at": "2026-05-01T10:00Z"}, "2026-06-01T00:00Z", "2026-05-01T10:00Z"),
        ({"at": "2026-05-01T10:00"}, "2026-06-01T00:00Z", "2026-05-01T08:00Z"),
        ({"at": "2026-05-01T10:00Z"}, "2026-05-01T09:59Z", None),
    ],
)
def test_a_schedule_is_due_at_its_own_local_time(schedule: dict[str, Any], now: str, expected: str | None) -> None:
    assert due(schedule, now) == (at(expected) if expected else None)


def test_what_was_missed_is_made_up_for_once_and_then_over() -> None:
    daily = {"every": "day", "time": "09:00"}
    monday = at("2026-11-23T08:00Z")
    assert due(daily, "2026-11-27T20:00Z", monday) == at("2026-11-27T08:00Z")
    assert due(daily, "2026-11-27T20:00Z", at("2026-11-27T08:00Z")) is None


moments = st.datetimes(datetime(2026, 1, 1), datetime(2028, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001  # as above


@given(zone=st.sampled_from(ZONES), now=moments, hour=st.integers(0, 23), gap=st.integers(1, 50))
def test_looking_often_finds_what_looking_once_finds(zone: str, now: datetime, hour: int, gap: int) -> None:
    schedule = Recurrence(every="day", time=f"{hour:02}:30")
    start = now - timedelta(hours=60)
    seen, last, look = [], start, start
    while look < now:
        look = min(look + timedelta(hours=gap), now)
        found = latest_due(schedule, zone, last, look)
        if found:
            seen.append(found)
            last = found
    assert seen == sorted(set(seen))
    assert (seen[-1] if seen else None) == latest_due(schedule, zone, start, now)


@given(zone=st.sampled_from(ZONES), day=st.dates(date(2026, 1, 1), date(2028, 12, 31)), hour=st.integers(0, 23))
def test_each_day_is_due_once_in_each_zone_at_its_local_time(zone: str, day: date, hour: int) -> None:
    own = OwnDate(attribute="birthday", time=f"{hour:02}:30")
    noon = datetime.combine(day, time(12), UTC)
    found = due_between(own, [zone], noon - timedelta(days=3), noon + timedelta(days=3))
    days = [each for places in found.values() for each in places]
    assert len(days) == len(set(days))
    assert day in days
    for moment, places in found.items():
        for each in places:
            local = moment.astimezone(ZoneInfo(zone))
            changed = (
                local.utcoffset() != (local - timedelta(hours=3)).astimezone(UTC).astimezone(ZoneInfo(zone)).utcoffset()
            )
            assert (local.date(), local.hour) == (each, hour) or changed


def test_one_moment_may_be_two_days() -> None:
    own = OwnDate(attribute="birthday", time="12:00")
    zones = ["Pacific/Kiritimati", "Pacific/Honolulu"]
    found = due_between(own, zones, at("2026-06-01T21:00Z"), at("2026-06-01T22:30Z"))
    assert found == {
        at("2026-06-01T22:00Z"): {date(2026, 6, 2): ["Pacific/Kiritimati"], date(2026, 6, 1): ["Pacific/Honolulu"]}
    }


@pytest.mark.parametrize(
    ("day", "options", "expected"),
    [
        (date(2027, 2, 28), {"yearly": True}, ["02-28", "02-29"]),
        (date(2028, 2, 28), {"yearly": True}, ["02-28"]),
        (date(2028, 2, 29), {"yearly": True}, ["02-29"]),
        (date(2027, 2, 27), {"yearly": True, "offset_days": -1}, ["02-28", "02-29"]),
        (date(2026, 4, 1), {"offset_days": 3}, ["2026-03-29"]),
        (date(2026, 12, 25), {"offset_days": -7}, ["2027-01-01"]),
    ],
)
def test_a_day_is_for_these_dates(day: date, options: dict[str, Any], expected: list[str]) -> None:
    assert dates_of(OwnDate(attribute="birthday", **options), day) == expected
