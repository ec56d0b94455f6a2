"""How long rows are kept that only tell of what happened, and deleting them in small batches once they are older."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import text

from journeys.db.session import Database
from journeys.settings import Settings

CHUNK = 1_000
FOLDERS = ("imports", "exports")
"""Where uploads, refused rows and exports lie in the home folder."""


@dataclass(frozen=True)
class Kept:
    """A table whose rows go some days after `at`; one whose key grows with `at` is read from its oldest end only."""

    table: str
    key: str
    at: str
    days: str
    """The name of the setting."""
    in_order: bool = False

    @property
    def statement(self) -> str:
        """Return what deletes a chunk of the rows that are too old."""
        head = f"(SELECT {self.key}, {self.at} FROM {self.table} ORDER BY {self.key} LIMIT :chunk) AS oldest"
        rows = head if self.in_order else self.table
        return f"""
            DELETE FROM {self.table} WHERE {self.key} IN (
                SELECT {self.key} FROM {rows} WHERE {self.at} < :before LIMIT :chunk)
        """


KEPT = (
    Kept("entry_refusals", "seq", "at", "refusals_retain_days", in_order=True),
    Kept("idempotent_answers", "id", "created_at", "answers_retain_days", in_order=True),
    Kept("dead_events", "seq", "died_at", "dead_events_retain_days"),
    Kept("intakes", "id", "finished_at", "jobs_retain_days"),
    Kept("moves", "id", "finished_at", "jobs_retain_days"),
    Kept("bulk_jobs", "id", "finished_at", "jobs_retain_days"),
    Kept("import_jobs", "id", "finished_at", "jobs_retain_days"),
    Kept("simulations", "id", "created_at", "simulations_retain_days"),
)

_FILES = (
    "UPDATE import_jobs SET refused_path = NULL WHERE refused_path IS NOT NULL AND finished_at < :before",
    "UPDATE bulk_jobs SET path = NULL WHERE path IS NOT NULL AND finished_at < :before",
)


async def forget_old_rows(database: Database, settings: Settings, now: datetime | None = None) -> dict[str, int]:
    """Delete what is older than the settings allow, a chunk to a transaction; return how many by table."""
    now = now or datetime.now(UTC)
    deleted = {}
    for kept in KEPT:
        before = now - timedelta(days=getattr(settings, kept.days))
        deleted[kept.table] = await _forget(database, kept, before)
    async with database.engine() as session:
        for statement in _FILES:
            await session.execute(text(statement), {"before": now - timedelta(days=settings.files_retain_days)})
    return deleted


async def _forget(database: Database, kept: Kept, before: datetime) -> int:
    total = 0
    while True:
        async with database.engine() as session:
            result = await session.execute(text(kept.statement), {"before": before, "chunk": CHUNK})
        count: int = result.rowcount  # type: ignore[attr-defined]  # a DELETE gives a cursor's result
        total += count
        if count < CHUNK:
            return total


def forget_old_files(settings: Settings, now: datetime | None = None) -> int:
    """Delete uploads, refused rows and exports that nobody wrote to for so long; return how many."""
    before = ((now or datetime.now(UTC)) - timedelta(days=settings.files_retain_days)).timestamp()
    files = [path for folder in FOLDERS for path in (settings.home / folder).glob("*") if path.is_file()]
    old = [path for path in files if path.stat().st_mtime < before]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def delete_files(paths: list[str]) -> None:
    """Delete files, where they are."""
    for path in paths:
        Path(path).unlink(missing_ok=True)
