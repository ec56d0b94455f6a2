"""Imports: an upload is worked through in chunks, and a killed process goes on where the last chunk ended.

A chunk's contacts, counts and position are one transaction, so that nothing counts twice. The file of refused rows is cut
back to the length that was committed with them.
"""

import asyncio
import csv
import io
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast
from uuid import UUID

import structlog
from redis.asyncio import Redis
from sqlalchemy import select, text
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from journeys.contacts.cells import inert
from journeys.contacts.import_files import CsvFile, NdjsonFile, Record, to_utf8
from journeys.contacts.import_mapping import ColumnMapping
from journeys.contacts.models import ImportJob
from journeys.contacts.rows import ContactRow
from journeys.contacts.upsert import UpsertResult, upsert_contacts
from journeys.db.patience import IS_DUE, LAST_ATTEMPT
from journeys.db.session import Database
from journeys.errors import Conflict, NotFound, SojournError
from journeys.live.publish import publish

log = structlog.get_logger()

CHUNK = 2_000
CHUNK_BYTES = 8_000_000
LEASE_SECONDS = 20
_PUBLISH_EVERY_SECONDS = 0.3

# An import whose process ends each time, as one that takes all memory does, counts its attempts by being taken over.
_GIVE_UP = text("""
    UPDATE import_jobs SET state = 'failed', finished_at = now(), error = coalesce(error, 'its process ended each time')
    WHERE state = 'running' AND attempts >= :last AND (options ->> 'lease_until')::timestamptz < now()
""")
_CLAIM = text(f"""
    UPDATE import_jobs SET state = 'running', attempts = attempts + CAST(state = 'running' AS int),
        options = options || jsonb_build_object('lease_until', now() + make_interval(secs => :lease))
    WHERE id = (
        SELECT id FROM import_jobs
        WHERE (state = 'queued' AND {IS_DUE})
           OR (state = 'running' AND (options ->> 'lease_until')::timestamptz < now())
        ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED)
    RETURNING id
""")
_ERASED_SINCE = text("SELECT 1 FROM contacts WHERE workspace_id = :w AND erased_at >= :at LIMIT 1")


async def next_import(session: AsyncSession) -> ImportJob | None:
    """Claim an import that waits, or whose process has died; None when there is none."""
    await session.execute(_GIVE_UP, {"last": LAST_ATTEMPT})
    claimed = await session.scalar(_CLAIM, {"lease": LEASE_SECONDS})
    return await session.get(ImportJob, claimed) if claimed else None


async def retry_import(session: AsyncSession, job: ImportJob) -> None:
    """Go on, where it stopped, with an import that was given up.

    Raises:
        Conflict: it was not, or its upload is no longer here.
    """
    if not is_given_up(job) or not await asyncio.to_thread(Path(job.path).exists):
        raise Conflict("Only an import that was given up, and whose upload is still here, can be tried again.")
    job.state, job.error, job.attempts, job.not_before, job.finished_at = "queued", None, 0, None, None
    await session.flush()


async def get_import(session: AsyncSession, workspace_id: UUID, import_id: UUID) -> ImportJob:
    """Return an import."""
    query = select(ImportJob).where(ImportJob.workspace_id == workspace_id, ImportJob.id == import_id)
    job = await session.scalar(query)
    if job is None:
        raise NotFound("There is no such import.")
    return job


async def list_imports(
    session: AsyncSession, workspace_id: UUID, *, before: UUID | None = None, limit: int = 50
) -> list[ImportJob]:
    """Return imports, the newest first."""
    query = select(ImportJob).where(ImportJob.workspace_id == workspace_id)
    if before:
        query = query.where(ImportJob.id < before)
    return list(await session.scalars(query.order_by(ImportJob.id.desc()).limit(limit)))


def progress_of(job: ImportJob) -> dict[str, Any]:
    """Return how far an import is, as sockets and the API tell it."""
    return {
        "state": job.state,
        "total_bytes": job.total_bytes,
        "read_bytes": job.read_bytes,
        "created_count": job.created_count,
        "updated_count": job.updated_count,
        "refused_count": job.refused_count,
        "error": job.error,
        "given_up": is_given_up(job),
    }


def is_given_up(job: ImportJob) -> bool:
    """Say whether an import stopped because it failed at each attempt, so that it can be tried again."""
    return job.state == "failed" and job.attempts >= LAST_ATTEMPT


async def run_import(database: Database, job: ImportJob, redis: Redis) -> None:
    """Work through an import to its end; what is wrong with the file as a whole ends it with the reason."""
    run = _Run(database, redis, job.id, job.workspace_id)
    try:
        await run.work(job)
    except SojournError as error:
        await run.finish("failed", error.detail)
    except OSError as error:
        await run.finish("failed", f"The upload cannot be read: {error.strerror}.")
    finally:
        run.close()


def next_chunk(records: Iterator[Record], start: int) -> list[Record]:
    """Return the next records from this byte on, as many as are stored and held in memory at once."""
    chunk: list[Record] = []
    for record in records:
        chunk.append(record)
        if len(chunk) == CHUNK or record.end - start > CHUNK_BYTES:
            break
    return chunk


@dataclass
class _Run:
    """One process's work on one import."""

    database: Database
    redis: Redis
    job_id: UUID
    workspace_id: UUID
    _file: CsvFile | NdjsonFile | None = None
    _published_at: float = field(default=0.0)

    async def work(self, job: ImportJob) -> None:
        """Read chunk after chunk from where the job is."""
        path = await asyncio.to_thread(_prepare, job)
        self._file = CsvFile(path) if job.format == "csv" else NdjsonFile(path)
        mapping = ColumnMapping(cast(dict[str, str | None], job.mapping), self._file.columns)
        refusals = _Refusals(Path(job.path).with_suffix(".refused.csv"), self._file.columns or ["record"])
        refusals.cut(int(job.options.get("refused_bytes", 0)))
        position = job.read_bytes or self._file.start
        records = self._file.read(position, int(job.options.get("line", self._file.start_line)))
        while chunk := next_chunk(records, position):
            if not await self._take(chunk, position, mapping, refusals):
                log.info("import.taken_over", import_id=str(self.job_id))
                return
            position = chunk[-1].end
        await self.finish("completed")

    async def _take(
        self, chunk: Sequence[Record], position: int, mapping: ColumnMapping, refusals: "_Refusals"
    ) -> bool:
        """Store a chunk; False when another process has gone on with this import meanwhile."""
        read = [mapping.read(record) for record in chunk]
        rows = [row for row, _ in read if row is not None]
        async with self.database.workspace(self.workspace_id) as session:
            job = await self._locked(session)
            if job is None or job.state != "running" or (job.read_bytes or position) != position:
                return False
            results = iter(await _upsert(session, self.workspace_id, rows, dry_run=job.dry_run))
            outcomes = [next(results) if row is not None else UpsertResult(None, "refused", why) for row, why in read]
            refused = [
                (record, result.reason or "")
                for record, result in zip(chunk, outcomes, strict=True)
                if result.outcome == "refused"
            ]
            length = await asyncio.to_thread(refusals.append, refused)
            _count(job, outcomes)
            job.attempts, job.error = 0, None
            job.read_bytes = chunk[-1].end
            job.refused_path = str(refusals.path) if job.refused_count else None
            job.options = job.options | {
                "line": chunk[-1].next_line,
                "refused_bytes": length,
                "lease_until": (datetime.now(UTC) + timedelta(seconds=LEASE_SECONDS)).isoformat(),
            }
        await self._tell(job)
        return True

    async def _locked(self, session: AsyncSession) -> ImportJob | None:
        query = select(ImportJob).where(ImportJob.id == self.job_id).with_for_update()
        return cast(ImportJob | None, await session.scalar(query))

    async def finish(self, state: str, error: str | None = None) -> None:
        """Write down how it ended, and drop the upload: it holds what people gave us."""
        async with self.database.workspace(self.workspace_id) as session:
            job = await self._locked(session)
            if job is None or job.state != "running":
                return
            job.state, job.error = state, error
            job.read_bytes = job.total_bytes if state == "completed" else job.read_bytes
            job.finished_at = datetime.now(UTC)
            over = [Path(job.path), _utf8_path(job)]
            if job.refused_path and await session.scalar(_ERASED_SINCE, {"w": self.workspace_id, "at": job.created_at}):
                over.append(Path(job.refused_path))  # they may hold the person
                job.refused_path = None
        for path in over:
            path.unlink(missing_ok=True)
        await self._tell(job, now=True)

    async def _tell(self, job: ImportJob, *, now: bool = False) -> None:
        if now or time.monotonic() - self._published_at >= _PUBLISH_EVERY_SECONDS:
            self._published_at = time.monotonic()
            await publish(self.redis, self.workspace_id, f"import:{self.job_id}", "progress", progress_of(job))

    def close(self) -> None:
        """Close the upload."""
        if self._file:
            self._file.close()


class _Refusals:
    """The CSV of refused rows: line, reason, and the row as it came."""

    def __init__(self, path: Path, columns: list[str]) -> None:
        self.path = path
        self._columns = columns

    def cut(self, length: int) -> None:
        """Forget what was written after the last committed chunk."""
        if length:
            with self.path.open("r+b") as file:
                file.truncate(length)
        else:
            self.path.unlink(missing_ok=True)

    def append(self, refused: Sequence[tuple[Record, str]]) -> int:
        """Write rows, the header first; return the length of the file."""
        if refused:
            lines = io.StringIO(newline="")
            writer = csv.writer(lines)
            if not self.path.exists():
                writer.writerow(["line", "reason", *map(inert, self._columns)])
            writer.writerows([record.line, reason, *map(inert, record.cells)] for record, reason in refused)
            with self.path.open("ab") as file:
                file.write(lines.getvalue().encode())
        return self.path.stat().st_size if self.path.exists() else 0


def _prepare(job: ImportJob) -> Path:
    """Return the upload in UTF-8, made once."""
    path = _utf8_path(job)
    if not path.exists():
        draft = path.with_suffix(".draft")
        to_utf8(Path(job.path), draft, job.options.get("encoding"))
        draft.rename(path)
    return path


def _utf8_path(job: ImportJob) -> Path:
    return Path(job.path).with_suffix(".utf8")


async def _upsert(
    session: AsyncSession, workspace_id: UUID, rows: Sequence[ContactRow], *, dry_run: bool
) -> list[UpsertResult]:
    """Store rows together; when the database refuses the chunk, one by one, so that only the bad ones are refused."""
    try:
        async with session.begin_nested():
            return await upsert_contacts(session, workspace_id, rows, dry_run=dry_run)
    except (SojournError, DataError, IntegrityError):
        return [await _upsert_one(session, workspace_id, row) for row in rows]


async def _upsert_one(session: AsyncSession, workspace_id: UUID, row: ContactRow) -> UpsertResult:
    try:
        async with session.begin_nested():
            [result] = await upsert_contacts(session, workspace_id, [row])
            return result
    except SojournError as error:
        return UpsertResult(None, "refused", error.detail)
    except (DataError, IntegrityError):
        return UpsertResult(None, "refused", "A value cannot be stored.")


def _count(job: ImportJob, outcomes: Sequence[UpsertResult]) -> None:
    job.created_count += sum(result.outcome == "created" for result in outcomes)
    job.updated_count += sum(result.outcome == "updated" for result in outcomes)
    job.refused_count += sum(result.outcome == "refused" for result in outcomes)
