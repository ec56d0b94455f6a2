"""When a mail goes out that names a time of day, or the hour at which each contact reads mail.

The best hour is the one of the day, in UTC, in which a contact opened most mails of the last 90 days (the earlier of two
that are equal). Who opened none gets the mail at 10:00 of their own time. A contact in that very hour gets it at once, as
does one who comes shortly after the time of day that is named.
"""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from journeys.enrollments.clocks import Clock, Wakes, group_wakes, next_local, zone_of

if TYPE_CHECKING:
    from journeys.enrollments.walk import Place

BEST = "best"
FALLBACK = "10:00"
REMEMBERED = timedelta(days=90)
SHORTLY = timedelta(minutes=15)
MACHINES = timedelta(minutes=1)
"""Whoever opens a mail sooner than this after it was sent is a scanner or a mail program that fetches pictures ahead."""

_BEST_HOUR = """
    (SELECT to_char(m.opened_at AT TIME ZONE 'UTC', 'HH24') FROM messages m
     WHERE m.contact_id = c.id AND m.opened_at > CAST(:opened_since AS timestamptz)
       AND (m.sent_at IS NULL OR m.opened_at > m.sent_at + CAST(:machines AS interval))
     GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1)"""


async def find_wakes(session: AsyncSession, batch_id: UUID, send_time: str, place: "Place") -> Wakes:
    """Group a batch by when its mail goes out; None for those who get it at once."""
    clock = Clock("contact", place.time_zone)
    if send_time != BEST:
        return await group_wakes(
            session,
            batch_id,
            clock,
            lambda _, zone: named_time(send_time, zone, place.time_zone, place.now),
        )
    return await group_wakes(
        session,
        batch_id,
        clock,
        lambda hour, zone: best_time(hour, zone, place.time_zone, place.now),
        _BEST_HOUR,
        {"opened_since": place.now - REMEMBERED, "machines": MACHINES},
    )


def named_time(at: str, zone: str, workspace_zone: str, now: datetime) -> datetime | None:
    """Return when it is that time of day next; None while it was so just now."""
    moment = next_local(None, at, zone_of(zone, workspace_zone), now - SHORTLY).astimezone(UTC)
    return moment if moment > now else None


def best_time(hour: str | None, zone: str, workspace_zone: str, now: datetime) -> datetime | None:
    """Return when the best hour (00 to 23, UTC) begins next, or the fallback; None while it lasts."""
    if hour is None:
        return named_time(FALLBACK, zone, workspace_zone, now)
    begins = now.astimezone(UTC).replace(hour=int(hour), minute=0, second=0, microsecond=0)
    if begins <= now < begins + timedelta(hours=1):
        return None
    return begins if begins > now else begins + timedelta(days=1)
