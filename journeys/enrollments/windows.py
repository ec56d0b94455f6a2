"""When a window of the week opens for contacts who come outside it."""

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from journeys.enrollments.clocks import Clock, Wakes, at_time, ceil_minutes, group_wakes, zone_of
from journeys.nodes.ops import Window

if TYPE_CHECKING:
    from journeys.enrollments.walk import Place


async def find_wakes(session: AsyncSession, batch_id: UUID, op: Window, place: "Place") -> Wakes:
    """Group a batch by when its window opens; None for those who are inside."""
    return await group_wakes(
        session,
        batch_id,
        Clock(op.time_zone, place.time_zone),
        lambda _, zone: next_opening(op, zone_of(zone, place.time_zone), place.now),
    )


def next_opening(op: Window, tz: ZoneInfo, now: datetime) -> datetime | None:
    """Return when the window opens next, in UTC; None while it is open.

    A window that ends before it starts goes on into the next day, and belongs to the day on which it starts. One that
    ends when it starts lasts the whole day.
    """
    overnight = timedelta(days=1 if time.fromisoformat(op.end) <= time.fromisoformat(op.start) else 0)
    today = now.astimezone(tz).date()
    for day in (today + timedelta(days=n) for n in range(-1, 9)):
        if op.weekdays is not None and day.weekday() not in op.weekdays:
            continue
        opens, closes = at_time(day, op.start, tz), at_time(day + overnight, op.end, tz)
        if opens <= now < closes:
            return None
        if opens > now:
            return ceil_minutes(opens.astimezone(UTC), 1)
    raise ValueError("a week without a day")
