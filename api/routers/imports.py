"""Imports of contacts from CSV or NDJSON."""

import json
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import TypeAdapter, ValidationError
from starlette.responses import FileResponse

from api.deps import Editor, Reader, Session
from api.idempotency import IdempotentRoute
from api.paging import PAGE, Cursor, Limit, decode_cursor, page
from api.schemas.base import Page
from api.schemas.imports import ImportRead
from api.uploads import Upload, receive_upload
from journeys.auth.audit import record_change
from journeys.contacts.importing import get_import, list_imports, progress_of
from journeys.contacts.importing import retry_import as continue_import
from journeys.contacts.models import ImportJob
from journeys.errors import Fault, InvalidInput, NotFound

UPLOAD_LIMIT = 1_000_000_000
router = APIRouter(tags=["imports"], route_class=IdempotentRoute)

ENCODINGS = ("utf-8", "utf-16", "windows-1252", "iso-8859-1", "shift_jis", "gb18030")
_MAPPING = TypeAdapter(dict[str, str | None])
_FORM: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "file": {"type": "string", "format": "binary", "description": "CSV, or NDJSON."},
                        "mapping": {"type": "string", "description": 'JSON: {"column": "field"}; left out: by name.'},
                        "dry_run": {"type": "string", "enum": ["true", "false"], "default": "false"},
                        "format": {"type": "string", "enum": ["csv", "ndjson"]},
                        "encoding": {"type": "string", "enum": list(ENCODINGS)},
                    },
                }
            }
        },
    }
}


@router.post("/api/contacts/import", status_code=202, openapi_extra=_FORM, max_body_size=UPLOAD_LIMIT)
async def import_contacts(
    actor: Editor, upload: Annotated[Upload, Depends(receive_upload, scope="function")], session: Session
) -> ImportRead:
    """Take an upload of contacts; it is worked through in the background, with progress and a file of refused rows."""
    encoding = upload.fields.get("encoding") or None
    if encoding not in (None, *ENCODINGS):
        raise InvalidInput("This encoding is not known.", [Fault("/encoding", ", ".join(ENCODINGS))])
    job = ImportJob(
        id=upload.id,
        workspace_id=actor.workspace_id,
        filename=upload.filename,
        format=_format(upload),
        mapping=_mapping(upload.fields.get("mapping")),
        options={"encoding": encoding} if encoding else {},
        dry_run=upload.fields.get("dry_run", "").lower() in ("true", "1", "on", "yes"),
        path=str(upload.path),
        total_bytes=upload.size,
        created_by=actor.name,
    )
    session.add(job)
    await session.flush()
    await session.refresh(job)
    await record_change(session, actor, "imported", "contacts", job.id, {"file": job.filename, "dry_run": job.dry_run})
    upload.keep()
    return _read(job)


@router.get("/api/imports")
async def list_contact_imports(
    session: Session, reader: Reader, limit: Limit = PAGE, cursor: Cursor = None
) -> Page[ImportRead]:
    """Return imports, the newest first."""
    rows = await list_imports(session, reader.workspace_id, before=decode_cursor(cursor, UUID), limit=limit + 1)
    return page(rows, limit, lambda job: job.id, _read)


@router.get("/api/imports/{import_id}")
async def read_import(import_id: UUID, session: Session, reader: Reader) -> ImportRead:
    """Return how far an import is."""
    return _read(await get_import(session, reader.workspace_id, import_id))


@router.post("/api/imports/{import_id}/retry")
async def retry_import(import_id: UUID, session: Session, actor: Editor) -> ImportRead:
    """Go on, where it stopped, with an import that was given up after several attempts."""
    job = await get_import(session, actor.workspace_id, import_id)
    await continue_import(session, job)
    await record_change(session, actor, "retried", "contacts", job.id, {"file": job.filename})
    return _read(job)


@router.get("/api/imports/{import_id}/refused", response_class=FileResponse)
async def download_refused_rows(import_id: UUID, session: Session, reader: Reader) -> FileResponse:
    """Return the refused rows as CSV: line, reason, and the row as it came."""
    job = await get_import(session, reader.workspace_id, import_id)
    if job.refused_path is None or not Path(job.refused_path).exists():  # noqa: ASYNC240  # one stat
        raise NotFound("No row of this import was refused.")
    return FileResponse(job.refused_path, media_type="text/csv", filename=f"refused-{Path(job.filename).stem}.csv")


def _read(job: ImportJob) -> ImportRead:
    return ImportRead.model_validate(
        {
            **progress_of(job),
            "id": job.id,
            "filename": job.filename,
            "format": job.format,
            "dry_run": job.dry_run,
            "refused_url": f"/api/imports/{job.id}/refused" if job.refused_path else None,
            "created_at": job.created_at,
            "finished_at": job.finished_at,
        }
    )


def _format(upload: Upload) -> str:
    chosen = upload.fields.get("format") or ("ndjson" if upload.filename.endswith((".ndjson", ".jsonl")) else "csv")
    if chosen not in ("csv", "ndjson"):
        raise InvalidInput("The format is csv or ndjson.", [Fault("/format", "csv or ndjson")])
    return chosen


def _mapping(text: str | None) -> dict[str, str | None]:
    try:
        return _MAPPING.validate_python(json.loads(text or "{}"))
    except (ValueError, ValidationError):
        raise InvalidInput(
            "The mapping is JSON: a field for each column.", [Fault("/mapping", "Not such JSON.")]
        ) from None
