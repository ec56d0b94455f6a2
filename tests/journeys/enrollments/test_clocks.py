"""When contacts wake by times of their own."""

from datetime import UTC, datetime

import pytest

from journeys.enrollments.clocks import MOST_PARTS, _coarseness, next_wake
from journeys.nodes.ops import HoldUntil

NOW = datetime(2026, 3, 27, 12, 0, 30, tzinfo=UTC)


def wake(value: str | None = None, zone: str = "Europe/Vienna", **op: object) -> datetime | None:
    return next_wake(HoldUntil(**op), value, zone, "UTC", NOW)


def test_a_local_time_is_the_contacts_own() -> None:
    assert wake(time="09:00") == datetime(2026, 3, 28, 8, 0, tzinfo=UTC)
    assert wake(time="09:00", zone="America/New_York") == datetime(2026, 3, 27, 13, 0, tzinfo=UTC)


def test_the_clock_change_moves_the_utc_time_and_not_the_local_one() -> None:
    assert wake(weekday=[6], time="09:00") == datetime(2026, 3, 29, 7, 0, tzinfo=UTC)


def test_an_unknown_zone_falls_back_to_the_workspaces() -> None:
    assert wake(time="09:00", zone="Nowhere/Here") == datetime(2026, 3, 28, 9, 0, tzinfo=UTC)


def test_a_date_of_the_contacts_own_is_midnight_there_or_the_time_that_is_named() -> None:
    assert wake("2026-04-01", attribute="renewal") == datetime(2026, 3, 31, 22, 0, tzinfo=UTC)
    assert wake("2026-04-01", attribute="renewal", time="10:30") == datetime(2026, 4, 1, 8, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "value",
    [None, "", "soon", "2026-03-01", "9999-12-31T23:59:59", "9999-12-31", "0001-01-01T00:00:00Z"],
)
def test_what_is_past_or_no_date_that_anybody_means_is_past(value: str | None) -> None:
    assert wake(value, zone="America/New_York", attribute="renewal", time="20:00") is None


def test_many_own_times_are_rounded_up_until_they_are_few() -> None:
    minutes = {datetime.fromtimestamp(1_800_000_000 + 60 * n, UTC) for n in range(1_440)}
    assert _coarseness(minutes) == 5
    assert _coarseness(set(list(minutes)[:MOST_PARTS])) == 1
