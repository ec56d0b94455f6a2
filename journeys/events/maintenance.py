"""Forget message ids that no client will send again."""

from sqlalchemy import text

from journeys.db.session import Database

SEEN_DAYS = 3
"""How long an event that is sent twice counts once."""

_CHUNK = 10_000

# The BRIN index finds the old blocks; a chunk at a time keeps each transaction short.
_FORGET = text("""
DELETE FROM events_seen WHERE ctid = ANY (ARRAY(
  SELECT ctid FROM events_seen WHERE received_at < now() - make_interval(days => :days) LIMIT :chunk))
""")


async def forget_seen(database: Database, days: int = SEEN_DAYS, chunk: int = _CHUNK) -> int:
    """Delete the message ids of events older than this; return how many."""
    total = 0
    while True:
        async with database.engine() as session:
            result = await session.execute(_FORGET, {"days": days, "chunk": chunk})
        deleted: int = result.rowcount  # type: ignore[attr-defined]  # a DELETE gives a cursor's result
        total += deleted
        if deleted < chunk:
            return total
