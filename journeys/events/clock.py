"""When an event happened: the client's clock, corrected by how far it was off when it sent."""

from datetime import datetime, timedelta

AHEAD = timedelta(days=7)
"""How far in the future an event may lie: a client that plans, or a clock that nobody can correct."""

LONGEST_BACK = timedelta(days=400)


def place_in_time(
    timestamp: datetime | None, sent_at: datetime | None, received_at: datetime, retain_days: int
) -> tuple[datetime, str | None]:
    """Return when the event happened and, where the client's time could not be believed, why it was replaced.

    Source: https://segment.com/docs/connections/spec/common/#timestamps
    """
    if timestamp is None:
        return received_at, None
    try:
        moment = timestamp + (received_at - sent_at) if sent_at else timestamp
    except OverflowError:
        return received_at, "timestamp is beyond the calendar; stored at the time it was received."
    if moment > received_at + AHEAD:
        return received_at, f"timestamp lies over {AHEAD.days} days ahead; stored at the time it was received."
    back = min(timedelta(days=retain_days), LONGEST_BACK)
    if moment < received_at - back:
        return received_at, f"timestamp lies over {back.days} days back; stored at the time it was received."
    return moment, None
