"""When contacts wake who wait until a time of their own: worked out once per distinct zone and value, in groups."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from types import MappingProxyType
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from journeys.contacts.models import STANDARD_ATTRIBUTES
from journeys.db.json import to_json
from journeys.nodes.ops import HoldUntil

FARTHEST = timedelta(days=365 * 50)
"""A time farther ahead is no date that anybody means."""

MOST_PARTS = 300
"""Into how many parts one batch may fall by its contacts' own times."""


@dataclass(frozen=True)
class Wakes:
    """The distinct wake times of a batch (None: past), and the SQL that gives each contact's index among them."""

    times: list[datetime | None]
    path_sql: str
    values: dict[str, Any]


async def find_wakes(session: AsyncSession, batch_id: UUID, op: HoldUntil, now: datetime, workspace_zone: str) -> Wakes:
    """Group a batch by wake time: one time per distinct (time zone, attribute value) among its contacts."""
    return await group_wakes(
        session,
        batch_id,
        Clock(op.time_zone, workspace_zone),
        lambda value, zone: next_wake(op, value, zone, workspace_zone, now),
        _value_sql(op.attribute),
        {"attribute": op.attribute},
    )


@dataclass(frozen=True)
class Clock:
    """Whose time counts: a zone, or `contact` for each one's own, with the workspace's for who has none."""

    time_zone: str
    workspace_zone: str


async def group_wakes(
    session: AsyncSession,
    batch_id: UUID,
    clock: Clock,
    wake_of: Callable[[str | None, str], datetime | None],
    value_sql: str = "CAST(NULL AS text)",
    params: Mapping[str, Any] = MappingProxyType({}),
) -> Wakes:
    """Group a batch by the wake time of each distinct value and zone among its contacts; `value_sql` is over `c`."""
    zone_sql = "coalesce(c.time_zone, :workspace_zone)" if clock.time_zone == "contact" else "CAST(:fixed_zone AS text)"
    values = {"workspace_zone": clock.workspace_zone, "fixed_zone": clock.time_zone, **params}
    rows = await session.execute(
        text(f"""
            SELECT DISTINCT {zone_sql} AS zone, {value_sql} AS value
            FROM enrollments e LEFT JOIN contacts c ON c.id = e.contact_id
            WHERE e.batch_id = :batch_id AND e.state = 'active'
        """),
        {"batch_id": batch_id, **values},
    )
    wakes = [(zone, value, wake_of(value, zone)) for zone, value in rows]
    minutes = _coarseness({wake for _, _, wake in wakes if wake is not None})
    times: dict[datetime | None, int] = {}
    known = []
    for zone, value, exact in wakes:
        wake = ceil_minutes(exact, minutes) if exact else None
        known.append({"zone": zone, "value": value, "path": times.setdefault(wake, len(times))})
    lookup = f"""
        (SELECT k.path FROM jsonb_to_recordset(CAST(:known AS jsonb)) AS k(zone text, value text, path int)
         WHERE k.zone = {zone_sql} AND k.value IS NOT DISTINCT FROM {value_sql})"""
    return Wakes(list(times), lookup, {**values, "known": to_json(known)})


def _value_sql(attribute: str | None) -> str:
    if attribute is None:
        return "CAST(NULL AS text)"
    if attribute in STANDARD_ATTRIBUTES:
        return f"c.{attribute}"
    return "c.attributes ->> :attribute"


def next_wake(op: HoldUntil, value: str | None, zone: str, workspace_zone: str, now: datetime) -> datetime | None:
    """Return when one contact goes on, rounded up to the minute; None when that is past or cannot be told."""
    try:
        return _wake(op, value, zone_of(zone, workspace_zone), now)
    except (OverflowError, ValueError):  # a date at the end of the calendar, which stands for none
        return None


def _wake(op: HoldUntil, value: str | None, tz: ZoneInfo, now: datetime) -> datetime | None:
    if op.attribute is not None:
        at = _own_time(value, op.time, tz, op.offset_days)
    elif op.at is not None:
        at = op.at if op.at.tzinfo else op.at.replace(tzinfo=tz)
    else:
        at = next_local(op.weekday, op.time, tz, now)
    return ceil_minutes(at.astimezone(UTC), 1) if at is not None and now < at < now + FARTHEST else None


def zone_of(name: str, fallback: str) -> ZoneInfo:
    """Return the zone of this name, else the fallback, else UTC."""
    for each in (name, fallback):
        try:
            return ZoneInfo(each)
        except (ZoneInfoNotFoundError, ValueError):
            continue
    return ZoneInfo("UTC")


def _own_time(value: str | None, at: str | None, tz: ZoneInfo, offset_days: int = 0) -> datetime | None:
    """Read a contact's date or time, and move it by days; a date without a time means `at`, or midnight, in the zone."""
    try:
        moment = datetime.fromisoformat(value) if value else None
    except ValueError:
        moment = None
    if moment is None:
        return None
    local = moment.astimezone(tz) if moment.tzinfo else moment.replace(tzinfo=tz)
    local = local + timedelta(days=offset_days)
    return at_time(local.date(), at, tz) if at else local


def next_local(weekdays: list[int] | None, at: str | None, tz: ZoneInfo, now: datetime) -> datetime:
    """Return the next local moment on one of the weekdays (any day when None) at a time (midnight when None)."""
    today = now.astimezone(tz).date()
    days = (today + timedelta(days=n) for n in range(9))
    moments = (at_time(day, at, tz) for day in days if weekdays is None or day.weekday() in weekdays)
    return next(moment for moment in moments if moment > now)


def at_time(day: date, at: str | None, tz: ZoneInfo) -> datetime:
    """Return that day's local time. A time that a clock change skips means as long after midnight as it says."""
    return datetime.combine(day, time.fromisoformat(at) if at else time.min, tz)


def ceil_minutes(at: datetime, minutes: int) -> datetime:
    """Round a time in UTC up."""
    step = timedelta(minutes=minutes)
    return at + (datetime.min.replace(tzinfo=UTC) - at) % step


def _coarseness(wakes: set[datetime]) -> int:
    """Return to how many minutes wake times are rounded up, so that a batch does not fall into too many parts."""
    for minutes in (1, 5, 15, 60, 6 * 60):
        if len({ceil_minutes(wake, minutes) for wake in wakes}) <= MOST_PARTS:
            return minutes
    return 24 * 60
