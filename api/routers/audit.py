"""The audit log."""

from typing import Annotated

from fastapi import APIRouter, Query

from api.deps import Reader, Session
from api.paging import PAGE, Cursor, Limit, decode_cursor, page
from api.schemas.auth import AuditRead
from api.schemas.base import Page
from journeys.auth.audit import list_changes

router = APIRouter(prefix="/api/audit", tags=["audit"])
Filter = Annotated[str | None, Query(max_length=200)]


@router.get("")
async def list_audit(
    session: Session,
    reader: Reader,
    entity: Filter = None,
    entity_id: Filter = None,
    limit: Limit = PAGE,
    cursor: Cursor = None,
) -> Page[AuditRead]:
    """Return who changed what, the newest first."""
    rows = await list_changes(
        session,
        reader.workspace_id,
        entity=entity,
        entity_id=entity_id,
        before=decode_cursor(cursor),
        limit=limit + 1,
    )
    return page(rows, limit, lambda row: row.id, AuditRead.model_validate)
