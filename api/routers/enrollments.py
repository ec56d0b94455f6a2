"""Enrollments: one contact's way through a journey, with the reason of each step."""

from uuid import UUID

from fastapi import APIRouter

from api.deps import Publisher, Reader, Session
from api.schemas.journeys import EnrollmentDetail, TraceStep
from api.shapes import enrollment_read
from journeys.auth.audit import record_change
from journeys.enrollments.exits import Ending, end_enrollments
from journeys.enrollments.queries import get_enrollment, get_trace

router = APIRouter(prefix="/api/enrollments", tags=["enrollments"])


@router.get("/{enrollment_id}")
async def read_enrollment(enrollment_id: UUID, session: Session, reader: Reader) -> EnrollmentDetail:
    """Return an enrollment with its trace."""
    row = await get_enrollment(session, reader.workspace_id, enrollment_id)
    trace = [TraceStep(**step) for step in await get_trace(session, row)]
    return EnrollmentDetail(**enrollment_read(row).model_dump(), trace=trace)


@router.post("/{enrollment_id}/exit", status_code=204)
async def exit_enrollment(enrollment_id: UUID, session: Session, actor: Publisher) -> None:
    """End an enrollment now; nothing more is sent to the contact by it."""
    await get_enrollment(session, actor.workspace_id, enrollment_id)
    await end_enrollments(session, actor.workspace_id, [Ending(enrollment_id, f"ended by {actor.name}")])
    await record_change(session, actor, "ended", "enrollment", enrollment_id)
