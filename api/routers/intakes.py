"""Many contacts on their way into a journey, given up because letting them in failed: seen, and taken up again."""

from uuid import UUID

from fastapi import APIRouter

from api.deps import Publisher, Reader, Session
from api.paging import PAGE, Cursor, Limit, decode_cursor, page
from api.schemas.base import Page
from api.schemas.journeys import GivenUpIntake, IntakeRead
from journeys.auth.audit import record_change
from journeys.enrollments import intake
from journeys.enrollments.models import Intake

router = APIRouter(prefix="/api/intakes", tags=["journeys"])


@router.get("")
async def list_given_up_intakes(
    session: Session, reader: Reader, limit: Limit = PAGE, cursor: Cursor = None
) -> Page[GivenUpIntake]:
    """Return the segments and lists that were not let in to their end, the newest first."""
    rows = await intake.list_given_up(session, reader.workspace_id, limit + 1, decode_cursor(cursor, UUID))
    return page(rows, limit, lambda row: row[0].id, lambda row: _read(*row))


@router.post("/{intake_id}/retry", status_code=204)
async def retry_intake(intake_id: UUID, session: Session, actor: Publisher) -> None:
    """Go on where it stopped."""
    await intake.retry_intake(session, actor.workspace_id, intake_id)
    await record_change(session, actor, "retried", "intake", intake_id)


@router.post("/{intake_id}/dismiss", status_code=204)
async def dismiss_intake(intake_id: UUID, session: Session, actor: Publisher) -> None:
    """Leave it at those who are in."""
    await intake.dismiss_intake(session, actor.workspace_id, intake_id)
    await record_change(session, actor, "dismissed", "intake", intake_id)


def _read(row: Intake, journey_name: str) -> GivenUpIntake:
    shown = IntakeRead.model_validate(row).model_dump()
    return GivenUpIntake(**shown, journey_id=row.journey_id, journey_name=journey_name)
