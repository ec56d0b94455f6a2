"""Time series tables, in two ways: native weekly partitions, or a hypertable where TimescaleDB is there.

Same columns, same indexes, same queries. The choice is made when the table is made; `maintain` keeps partitions ahead of
the clock and drops those past retention.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, create_engine, text

from journeys.db.session import async_url

EPOCH = datetime(2000, 1, 3, tzinfo=UTC)
WEEK = timedelta(days=7)
WEEKS_AHEAD = 4


@dataclass(frozen=True)
class Series:
    """A table that is partitioned by one time column."""

    name: str
    time: str
    backfill: timedelta
    """How far back rows may lie when the table is new."""


SERIES = (Series("events", "occurred_at", timedelta(days=400)), Series("steps", "at", timedelta(days=14)))


def has_timescale(connection: Connection) -> bool:
    """Say whether the TimescaleDB extension is installed in this database."""
    return connection.scalar(text("SELECT 1 FROM pg_extension WHERE extname = 'timescaledb'")) is not None


def make_hypertable(connection: Connection, series: Series) -> None:
    """Turn a fresh plain table into a hypertable."""
    connection.execute(
        text(
            f"SELECT create_hypertable('{series.name}', by_range('{series.time}', interval '7 days'),"
            " create_default_indexes => false, if_not_exists => true)"
        )
    )


def oldest_kept(now: datetime, retain_days: int) -> datetime:
    """Return the earliest time that a row of `events` may carry."""
    return now - timedelta(days=retain_days)


def maintain(connection: Connection, retain_days: int = 400, now: datetime | None = None) -> list[str]:
    """Make the partitions of the coming weeks and drop those past retention; return the names made. Run daily."""
    now = now or datetime.now(UTC)
    made: list[str] = []
    for series in SERIES:
        if not _is_partitioned(connection, series):
            continue
        made += _make_partitions(connection, series, min(now - series.backfill, now), now)
        _drop_partitions(connection, series, now - timedelta(days=retain_days) - WEEK)
    return made


def maintain_database(database_url: str, retain_days: int) -> None:
    """Make coming partitions and drop those past retention."""
    engine = create_engine(async_url(database_url))
    try:
        with engine.begin() as connection:
            maintain(connection, retain_days)
    finally:
        engine.dispose()


def _is_partitioned(connection: Connection, series: Series) -> bool:
    kind = connection.scalar(text("SELECT relkind FROM pg_class WHERE oid = to_regclass(:name)"), {"name": series.name})
    return kind in ("p", b"p")


def _partitions(connection: Connection, series: Series) -> dict[str, datetime]:
    rows = connection.execute(
        text(
            "SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid"
            " WHERE i.inhparent = CAST(:name AS regclass)"
        ),
        {"name": series.name},
    )
    return {name: datetime.strptime(name.rsplit("_p", 1)[1], "%Y%m%d").replace(tzinfo=UTC) for (name,) in rows}


def _make_partitions(connection: Connection, series: Series, start: datetime, now: datetime) -> list[str]:
    have, made = _partitions(connection, series), []
    week = (start - EPOCH) // WEEK
    while EPOCH + WEEK * week < now + WEEK * WEEKS_AHEAD:
        begin, end = EPOCH + WEEK * week, EPOCH + WEEK * (week + 1)
        name = f"{series.name}_p{begin:%Y%m%d}"
        if name not in have:
            connection.execute(
                text(f"CREATE TABLE {name} PARTITION OF {series.name} FOR VALUES FROM ('{begin}') TO ('{end}')")
            )
            made.append(name)
        week += 1
    return made


def _drop_partitions(connection: Connection, series: Series, oldest: datetime) -> None:
    for name, begin in _partitions(connection, series).items():
        if begin + WEEK <= oldest:
            connection.execute(text(f"DROP TABLE {name}"))
