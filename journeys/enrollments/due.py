"""When schedules and dates are due: plain arithmetic on calendars and clocks, no database."""

from calendar import isleap, monthrange
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from journeys.enrollments.clocks import at_time, zone_of
from journeys.nodes.ops import OwnDate, Recurrence

LONGEST_GAP = timedelta(days=62)
"""The most days between two turns of a schedule, and a bit."""

Places = dict[date, list[str]]
"""Zones, by the date on which a moment falls there."""


def latest_due(schedule: Recurrence, workspace_zone: str, after: datetime, now: datetime) -> datetime | None:
    """Return the last moment after `after`, up to now, at which a schedule is due; None when there is none.

    What was missed in between, while nothing ran, is made up for by this one.
    """
    tz = zone_of(schedule.time_zone or workspace_zone, workspace_zone)
    if schedule.at is not None:
        at = schedule.at if schedule.at.tzinfo else schedule.at.replace(tzinfo=tz)
        return at.astimezone(UTC) if after < at <= now else None
    today = now.astimezone(tz).date()
    for day in (today - timedelta(days=n) for n in range(LONGEST_GAP.days)):
        if _is_turn(schedule, day):
            at = at_time(day, schedule.time, tz).astimezone(UTC)
            if at <= now:
                return at if at > after else None
    return None


def _is_turn(schedule: Recurrence, day: date) -> bool:
    match schedule.every:
        case "week":
            return day.weekday() in schedule.weekdays
        case "month":
            return day.day == min(schedule.day, monthrange(day.year, day.month)[1])
        case _:
            return True


def due_between(own: OwnDate, zones: Iterable[str], after: datetime, now: datetime) -> Mapping[datetime, Places]:
    """Return the moments after `after`, up to now, at which it is the named time of day somewhere, and where."""
    found: dict[datetime, Places] = defaultdict(lambda: defaultdict(list))
    for zone in zones:
        tz = ZoneInfo(zone)
        day, last = after.astimezone(tz).date(), now.astimezone(tz).date()
        while day <= last:
            at = at_time(day, own.time, tz).astimezone(UTC)
            if after < at <= now:
                found[at][day].append(zone)
            day += timedelta(days=1)
    return dict(sorted(found.items()))


def dates_of(own: OwnDate, day: date) -> list[str]:
    """Return the dates (yearly: the months and days, `MM-DD`) whose contacts a day is for."""
    meant = day - timedelta(days=own.offset_days)
    if not own.yearly:
        return [meant.isoformat()]
    turns = [f"{meant:%m-%d}"]
    if turns == ["02-28"] and not isleap(meant.year):
        turns.append("02-29")
    return turns
