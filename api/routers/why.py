"""Why a contact did not enter a journey."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from api.deps import Reader, Session
from api.schemas.why import WhyNot
from journeys.enrollments.why import explain_entry

router = APIRouter(prefix="/api/journeys", tags=["journeys"])


@router.get("/{journey_id}/why")
async def explain_why_not(
    journey_id: UUID, session: Session, reader: Reader, contact: Annotated[UUID, Query()]
) -> WhyNot:
    """Say what each trigger saw of a contact, which clause failed, and what was refused at the door."""
    return WhyNot.model_validate(await explain_entry(session, reader.workspace_id, journey_id, contact))
