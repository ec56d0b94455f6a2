"""Segments: named rules, and who matches them."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from sqlalchemy.ext.asyncio import AsyncSession

from api.deps import Editor, Reader, Session
from api.idempotency import IdempotentRoute
from api.paging import PAGE, Cursor, Limit, decode_cursor, encode_cursor, page
from api.schemas.base import Page
from api.schemas.contacts import ContactRead
from api.schemas.segments import (
    OverlapRead,
    RuleToExplain,
    RuleToTry,
    SegmentCreate,
    SegmentPreview,
    SegmentRead,
    SegmentUpdate,
    Verdict,
)
from journeys.auth.audit import record_change
from journeys.contacts.queries import list_by_ids
from journeys.db.patience import LAST_ATTEMPT
from journeys.segments import queries
from journeys.segments.building import retry_build
from journeys.segments.models import Segment

router = APIRouter(prefix="/api/segments", tags=["segments"], route_class=IdempotentRoute)


@router.get("")
async def list_segments(
    session: Session, reader: Reader, limit: Limit = PAGE, cursor: Cursor = None
) -> Page[SegmentRead]:
    """Return segments with their sizes, the oldest first."""
    rows = await queries.list_segments(session, reader.workspace_id, limit + 1, decode_cursor(cursor, UUID))
    return page(rows, limit, lambda row: row[0].id, lambda row: _read(*row))


@router.post("", status_code=201)
async def create_segment(body: SegmentCreate, session: Session, actor: Editor) -> SegmentRead:
    """Make a segment and find its members."""
    segment = await queries.create_segment(session, actor.workspace_id, body.name, body.rule)
    await record_change(session, actor, "created", "segment", segment.id, body.model_dump())
    return _read(segment, await queries.count_members(session, segment.id))


@router.post("/preview")
async def preview_segment(body: RuleToTry, session: Session, reader: Reader) -> SegmentPreview:
    """Say how many contacts match a rule now, and show some."""
    found = await queries.preview(session, reader.workspace_id, body.rule)
    return SegmentPreview(count=found.count, sample=await _contacts(session, reader.workspace_id, found.sample))


@router.get("/overlap")
async def read_overlap(session: Session, reader: Reader, a: UUID, b: UUID) -> OverlapRead:
    """Say how many contacts two segments share."""
    return OverlapRead.model_validate(await queries.count_overlap(session, reader.workspace_id, a, b))


@router.post("/explain")
async def explain_rule(body: RuleToExplain, session: Session, reader: Reader) -> Verdict:
    """Say whether a contact matches a rule now, clause by clause; the rule need not be saved."""
    return Verdict.model_validate(await queries.explain_rule(session, reader.workspace_id, body.rule, body.contact_id))


@router.get("/{segment_id}")
async def read_segment(segment_id: UUID, session: Session, reader: Reader) -> SegmentRead:
    """Return a segment."""
    segment = await queries.get_segment(session, reader.workspace_id, segment_id)
    return _read(segment, await queries.count_members(session, segment_id))


@router.patch("/{segment_id}")
async def update_segment(segment_id: UUID, body: SegmentUpdate, session: Session, actor: Editor) -> SegmentRead:
    """Rename a segment or change its rule."""
    segment = await queries.update_segment(session, actor.workspace_id, segment_id, name=body.name, rule=body.rule)
    await record_change(session, actor, "changed", "segment", segment_id, body.model_dump(exclude_unset=True))
    return _read(segment, await queries.count_members(session, segment_id))


@router.post("/{segment_id}/retry")
async def retry_segment(segment_id: UUID, session: Session, actor: Editor) -> SegmentRead:
    """Find the members anew after that was given up."""
    segment = await queries.get_segment(session, actor.workspace_id, segment_id)
    await retry_build(session, segment)
    await record_change(session, actor, "retried", "segment", segment_id)
    return _read(segment, await queries.count_members(session, segment_id))


@router.delete("/{segment_id}", status_code=204)
async def delete_segment(segment_id: UUID, session: Session, actor: Editor) -> None:
    """Forget a segment that nothing uses."""
    await queries.delete_segment(session, actor.workspace_id, segment_id)
    await record_change(session, actor, "deleted", "segment", segment_id)


@router.get("/{segment_id}/members")
async def list_segment_members(
    segment_id: UUID, session: Session, reader: Reader, limit: Limit = PAGE, cursor: Cursor = None
) -> Page[ContactRead]:
    """Return the contacts in a segment."""
    await queries.get_segment(session, reader.workspace_id, segment_id)
    after = decode_cursor(cursor, UUID)
    ids = await queries.list_members(session, reader.workspace_id, segment_id, limit + 1, after)
    items = await _contacts(session, reader.workspace_id, ids[:limit])
    return Page(items=items, next_cursor=encode_cursor(ids[limit - 1]) if len(ids) > limit else None)


@router.get("/{segment_id}/explain")
async def explain_segment(
    segment_id: UUID, session: Session, reader: Reader, contact: Annotated[UUID, Query()]
) -> Verdict:
    """Say whether a contact matches now, clause by clause."""
    return Verdict.model_validate(await queries.explain(session, reader.workspace_id, segment_id, contact))


def _read(segment: Segment, count: int) -> SegmentRead:
    return SegmentRead(
        id=segment.id,
        name=segment.name,
        rule=segment.rule,
        count=count,
        built_at=segment.built_at,
        error=segment.error,
        failed=segment.attempts >= LAST_ATTEMPT,
        created_at=segment.created_at,
        updated_at=segment.updated_at,
    )


async def _contacts(session: AsyncSession, workspace_id: UUID, ids: Sequence[UUID]) -> list[ContactRead]:
    return [ContactRead.model_validate(each) for each in await list_by_ids(session, workspace_id, ids)]
