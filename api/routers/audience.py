"""Many contacts at once: searched, kept as views, acted on by a job."""

import asyncio
from pathlib import Path
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import FileResponse

from api.deps import Editor, Publisher, Reader, Session, SettingsDep
from api.idempotency import IdempotentRoute
from api.paging import PAGE, Cursor, Limit, decode_cursor, encode_cursor, page
from api.schemas.audience import BulkCreate, BulkRead, ContactSearch, ViewCreate, ViewRead
from api.schemas.base import Page
from api.schemas.contacts import ContactRead
from journeys.auth.audit import record_change
from journeys.contacts import views
from journeys.contacts.models import BulkJob
from journeys.contacts.queries import list_by_ids
from journeys.db.retention import delete_files
from journeys.enrollments import bulk
from journeys.errors import NotFound
from journeys.rules.language import parse_rule
from journeys.segments.audience import Audience
from journeys.segments.sorting import Place, Sort, list_sorted
from journeys.settings import Settings

router = APIRouter(prefix="/api", tags=["contacts"], route_class=IdempotentRoute)


@router.post("/contacts/search")
async def search_contacts(
    body: ContactSearch, session: Session, reader: Reader, limit: Limit = PAGE, cursor: Cursor = None
) -> Page[ContactRead]:
    """Return the contacts that a search finds, in its order."""
    who = Audience(**body.model_dump(exclude={"sort"}))
    return await contact_page(session, reader.workspace_id, who, body.sort, limit, cursor)


async def contact_page(
    session: Session, workspace_id: UUID, who: Audience, sort: Sort, limit: int, cursor: str | None
) -> Page[ContactRead]:
    """Return a page of an audience."""
    after = decode_cursor(cursor, Place)
    places = await list_sorted(session, workspace_id, who, sort=sort, after=after, limit=limit + 1)
    shown = await list_by_ids(session, workspace_id, [place.id for place in places[:limit]])
    return Page(
        items=[ContactRead.model_validate(each) for each in shown],
        next_cursor=encode_cursor(tuple(places[limit - 1])) if len(places) > limit else None,
    )


@router.get("/contact-views")
async def list_contact_views(session: Session, reader: Reader) -> Page[ViewRead]:
    """Return the saved views of the workspace."""
    return Page(items=[ViewRead.model_validate(each) for each in await views.list_views(session, reader.workspace_id)])


@router.post("/contact-views", status_code=201)
async def create_contact_view(body: ViewCreate, session: Session, actor: Editor) -> ViewRead:
    """Save a search under a name."""
    if body.search.rule is not None:
        parse_rule(body.search.rule)
    search = body.search.model_dump(mode="json", exclude_defaults=True)
    view = await views.create_view(session, actor.workspace_id, body.name, search, body.columns, actor.name)
    await session.refresh(view)
    return ViewRead.model_validate(view)


@router.delete("/contact-views/{view_id}", status_code=204)
async def delete_contact_view(view_id: UUID, session: Session, actor: Editor) -> None:
    """Forget a saved view."""
    await views.delete_view(session, actor.workspace_id, view_id)


@router.post("/contacts/bulk", status_code=202)
async def act_on_contacts(body: BulkCreate, session: Session, actor: Publisher, settings: SettingsDep) -> BulkRead:
    """Do one thing to many contacts, in the background: tag, enroll, suppress, export."""
    who = body.audience.model_dump()
    ids = who.pop("contact_ids")
    audience = Audience(**who, contact_ids=tuple(ids) if ids is not None else None)
    folder, by = exports_of(settings), actor.name
    job = await bulk.create_bulk_job(session, actor.workspace_id, audience, body.action, by, folder)
    await record_change(session, actor, body.action.type, "contacts", job.id, body.model_dump(mode="json"))
    return read_job(job)


@router.get("/bulk-jobs")
async def list_given_up_bulk_jobs(
    session: Session, reader: Reader, limit: Limit = PAGE, cursor: Cursor = None
) -> Page[BulkRead]:
    """Return the jobs over many contacts that stopped before their end, the newest first."""
    jobs = await bulk.list_given_up(session, reader.workspace_id, limit + 1, decode_cursor(cursor, UUID))
    return page(jobs, limit, lambda job: job.id, read_job)


@router.post("/bulk-jobs/{job_id}/retry", status_code=204)
async def retry_bulk_job(job_id: UUID, session: Session, actor: Publisher, settings: SettingsDep) -> None:
    """Go on where the job stopped; an export begins anew."""
    await bulk.retry_bulk_job(session, actor.workspace_id, job_id, exports_of(settings))
    await record_change(session, actor, "retried", "bulk job", job_id)


@router.post("/bulk-jobs/{job_id}/dismiss", status_code=204)
async def dismiss_bulk_job(job_id: UUID, session: Session, actor: Publisher) -> None:
    """Leave it at what the job has done."""
    path = await bulk.dismiss_bulk_job(session, actor.workspace_id, job_id)
    await record_change(session, actor, "dismissed", "bulk job", job_id)
    if path:
        await asyncio.to_thread(delete_files, [path])


@router.get("/bulk-jobs/{job_id}")
async def read_bulk_job(job_id: UUID, session: Session, reader: Reader) -> BulkRead:
    """Return how far a job is."""
    return read_job(await bulk.get_bulk_job(session, reader.workspace_id, job_id))


@router.get("/bulk-jobs/{job_id}/file", response_class=FileResponse)
async def download_export(job_id: UUID, session: Session, reader: Reader) -> FileResponse:
    """Return the file that an export has written."""
    job = await bulk.get_bulk_job(session, reader.workspace_id, job_id)
    if job.state != "completed" or job.path is None or not Path(job.path).exists():  # noqa: ASYNC240  # one stat
        raise NotFound("This job has written no file.")
    return FileResponse(job.path, media_type="text/csv", filename="contacts.csv")


def exports_of(settings: Settings) -> Path:
    """Return the folder of exports."""
    return settings.home.absolute() / "exports"


def read_job(job: BulkJob) -> BulkRead:
    """Return a job as the API and sockets tell it."""
    return BulkRead.model_validate(
        {
            "id": job.id,
            "type": job.action["type"],
            "state": job.state,
            "total": job.total,
            "done": job.done,
            "refused": job.refused,
            "error": job.error,
            "file_url": f"/api/bulk-jobs/{job.id}/file" if job.path and job.state == "completed" else None,
            "created_at": job.created_at,
            "finished_at": job.finished_at,
        }
    )
