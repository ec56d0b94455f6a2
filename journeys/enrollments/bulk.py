"""One action for many contacts, as a job: each chunk is one transaction that acts, counts and moves the cursor.

So a crash loses and repeats nothing; the file of an export is cut back to the length that was committed with its rows.
"""

import asyncio
import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from journeys.contacts import consent
from journeys.contacts.cells import inert
from journeys.contacts.models import STANDARD_ATTRIBUTES, BulkJob, Contact
from journeys.contacts.queries import list_by_ids
from journeys.db.json import to_json
from journeys.db.patience import IS_DUE
from journeys.enrollments.publishing import DIRECT, enroll
from journeys.errors import NotFound, SojournError, first_line
from journeys.events.queue import partition_sql
from journeys.segments import audience
from journeys.segments.audience import Audience

CHUNK = 2_000
COLUMNS = ("id", *STANDARD_ATTRIBUTES, "tags", "attributes", "created_at")
"""The columns of an export; attributes of the workspace's own are one column, as JSON."""

TagName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class Action(BaseModel):
    """What is done to each contact."""

    model_config = ConfigDict(extra="forbid")


class ChangeTags(Action):
    """Give and take tags."""

    type: Literal["tag"]
    add: list[TagName] = Field(default_factory=list, max_length=20)
    remove: list[TagName] = Field(default_factory=list, max_length=20)


class EnrollInJourney(Action):
    """Let contacts into a live journey, as its re-entry rule allows."""

    type: Literal["enroll"]
    journey_id: UUID


class Suppress(Action):
    """Send no more mail to these addresses, or no more marketing."""

    type: Literal["suppress"]
    scope: Literal["all", "marketing"] = "all"


class Export(Action):
    """Write the contacts to a CSV file."""

    type: Literal["export"]


BulkAction = Annotated[ChangeTags | EnrollInJourney | Suppress | Export, Field(discriminator="type")]
_ACTION: TypeAdapter[BulkAction] = TypeAdapter(BulkAction)


async def create_bulk_job(
    session: AsyncSession, workspace_id: UUID, who: Audience, action: BulkAction, by: str, folder: Path
) -> BulkJob:
    """Owe an action to an audience; `folder` is where an export is written."""
    await audience.ensure_audience(session, workspace_id, who)
    job = BulkJob(workspace_id=workspace_id, action=action.model_dump(mode="json"), audience=who.dump(), created_by=by)
    session.add(job)
    await session.flush()
    if isinstance(action, Export):
        job.path = str(folder / f"{job.id}.csv")
        await session.flush()
    await session.refresh(job)
    return job


async def get_bulk_job(session: AsyncSession, workspace_id: UUID, job_id: UUID) -> BulkJob:
    """Return a job."""
    job = await session.scalar(select(BulkJob).where(BulkJob.workspace_id == workspace_id, BulkJob.id == job_id))
    if job is None:
        raise NotFound("There is no such job.")
    return job


async def list_given_up(
    session: AsyncSession, workspace_id: UUID, limit: int, before: UUID | None = None
) -> Sequence[BulkJob]:
    """Return the jobs that stopped before their end, the newest first."""
    query = select(BulkJob).where(BulkJob.workspace_id == workspace_id, BulkJob.state == "failed")
    if before is not None:
        query = query.where(BulkJob.id < before)
    return (await session.scalars(query.order_by(BulkJob.id.desc()).limit(limit))).all()


async def retry_bulk_job(session: AsyncSession, workspace_id: UUID, job_id: UUID, folder: Path) -> None:
    """Go on where a job stopped; an export begins anew, for its file may be gone."""
    job = await _get_given_up(session, workspace_id, job_id)
    job.state, job.attempts, job.not_before, job.finished_at = "queued", 0, None, None
    if job.action["type"] == "export":
        job.path, job.cursor, job.total = str(folder / f"{job.id}.csv"), None, None
        job.done = job.refused = job.written_bytes = 0


async def dismiss_bulk_job(session: AsyncSession, workspace_id: UUID, job_id: UUID) -> str | None:
    """Forget a job that stopped; what it did stays. Return the file that it had begun, if any."""
    job = await _get_given_up(session, workspace_id, job_id)
    await session.delete(job)
    return job.path


async def _get_given_up(session: AsyncSession, workspace_id: UUID, job_id: UUID) -> BulkJob:
    query = select(BulkJob).where(BulkJob.workspace_id == workspace_id, BulkJob.id == job_id, BulkJob.state == "failed")
    job: BulkJob | None = await session.scalar(query.with_for_update())
    if job is None:
        raise NotFound("No such job was given up.")
    return job


async def take_bulk_job(session: AsyncSession) -> BulkJob | None:
    """Lock one unfinished job, or return None; needs an engine session."""
    query = select(BulkJob).where(BulkJob.finished_at.is_(None), text(IS_DUE)).order_by(BulkJob.id).limit(1)
    job: BulkJob | None = await session.scalar(query.with_for_update(skip_locked=True))
    if job is not None:
        values = {"id": str(job.workspace_id)}
        await session.execute(text("SELECT set_config('app.workspace_id', :id, true)"), values)
    return job


async def advance_bulk_job(session: AsyncSession, job: BulkJob, size: int = CHUNK) -> None:
    """Act on the next chunk of a job; what is wrong with the job as a whole ends it with the reason."""
    who, action = Audience.load(job.audience), _ACTION.validate_python(job.action)
    try:
        async with session.begin_nested():
            if job.total is None:
                job.total = await audience.count(session, job.workspace_id, who)
            ids = await audience.list_after(session, job.workspace_id, who, job.cursor, size)
            refused = await _act(session, job, action, ids) if ids else 0
    except (SojournError, OSError) as error:
        job.state, job.error, job.finished_at = "failed", first_line(error), func.now()
    else:
        job.done, job.refused = job.done + len(ids) - refused, job.refused + refused
        job.cursor = ids[-1] if ids else job.cursor
        job.state, job.attempts, job.error = "running", 0, None
        if len(ids) < size:
            job.state, job.finished_at = "completed", func.now()
    await session.flush()
    await session.refresh(job)


async def _act(session: AsyncSession, job: BulkJob, action: BulkAction, ids: Sequence[UUID]) -> int:
    """Do it to these contacts; return for how many it could not be done."""
    match action:
        case ChangeTags():
            await _change_tags(session, job.workspace_id, action, ids)
            return 0
        case EnrollInJourney():
            refused = 0
            for start in range(0, len(ids), DIRECT):  # more at once would be left to an intake, and not be counted here
                part = ids[start : start + DIRECT]
                refused += (await enroll(session, job.workspace_id, action.journey_id, contact_ids=part)).refused
            return refused
        case Suppress():
            addresses = await _addresses(session, ids)
            source = job.created_by or "bulk"
            await consent.suppress(session, job.workspace_id, addresses, "manual", source, action.scope)
            return len(ids) - len(addresses)
        case Export():
            job.written_bytes = await _export(session, job, ids)
            return 0


async def _change_tags(session: AsyncSession, workspace_id: UUID, action: ChangeTags, ids: Sequence[UUID]) -> None:
    """Change tags in id order, and let the router look at the contacts' segments again."""
    values = {"ids": list(ids), "add": action.add, "remove": action.remove, "workspace_id": workspace_id}
    for statement in (_LOCK, _TAG, _QUEUE):
        await session.execute(statement, values)


async def _addresses(session: AsyncSession, ids: Sequence[UUID]) -> list[str]:
    query = select(Contact.email).where(Contact.id.in_(ids), Contact.email.is_not(None))
    return [each for each in await session.scalars(query) if each]


async def _export(session: AsyncSession, job: BulkJob, ids: Sequence[UUID]) -> int:
    """Append contacts to the job's file; return its length."""
    lines = io.StringIO(newline="")
    writer = csv.writer(lines)
    if job.cursor is None:
        writer.writerow(COLUMNS)
    writer.writerows(_cells(contact) for contact in await list_by_ids(session, job.workspace_id, ids))
    return await asyncio.to_thread(_append, Path(job.path or ""), job.written_bytes, lines.getvalue().encode())


def _cells(contact: Contact) -> list[Any]:
    values = {name: getattr(contact, name) for name in COLUMNS}
    values |= {"tags": "; ".join(contact.tags), "attributes": to_json(contact.attributes)}
    return [inert(value) if isinstance(value, str) else value for value in values.values()]


def _append(path: Path, length: int, content: bytes) -> int:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab") as file:
        file.truncate(length)
        file.write(content)
    return length + len(content)


_LOCK = text("SELECT 1 FROM contacts WHERE id = ANY(CAST(:ids AS uuid[])) ORDER BY id FOR NO KEY UPDATE")
_TAG = text("""
    UPDATE contacts SET updated_at = now(),
        tags = ARRAY(SELECT DISTINCT t FROM unnest(tags || CAST(:add AS text[])) AS t
                     WHERE t <> ALL (CAST(:remove AS text[])) ORDER BY t)
    WHERE id = ANY(CAST(:ids AS uuid[])) AND workspace_id = :workspace_id AND erased_at IS NULL
""")
_QUEUE = text(f"""
    INSERT INTO event_queue (partition, event_id, workspace_id, contact_id, type, name, occurred_at)
    SELECT {partition_sql("id")}, gen_random_uuid(), :workspace_id, id, 'profile', '', now()
    FROM unnest(CAST(:ids AS uuid[])) AS id
""")
