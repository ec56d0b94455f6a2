"""Simulations: try a draft on a virtual clock before it is published."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from api.deps import Editor, Reader, Session
from api.paging import PAGE, Cursor, Limit, decode_cursor, page
from api.schemas.base import Page
from api.schemas.simulations import Simulated, SimulationDetail, SimulationRow
from api.simulator import Simulator
from journeys.graph.drafts import get_journey
from journeys.simulation.assumptions import SimulationRequest
from journeys.simulation.models import Simulation
from journeys.simulation.report import SimulationResult
from journeys.simulation.store import get_simulation, list_simulations

router = APIRouter(prefix="/api/journeys", tags=["simulations"])


@router.post("/{journey_id}/simulate")
async def simulate_journey(
    journey_id: UUID, body: SimulationRequest, actor: Editor, simulator: Annotated[Simulator, Depends()]
) -> Simulated:
    """Send contacts, real or made up, through the draft on a virtual clock; nothing leaves and nobody notices."""
    return await simulator.simulate(actor, journey_id, body)


@router.get("/{journey_id}/simulations")
async def list_journey_simulations(
    journey_id: UUID, session: Session, reader: Reader, limit: Limit = PAGE, cursor: Cursor = None
) -> Page[SimulationRow]:
    """Return the simulations that are kept, the newest first."""
    await get_journey(session, reader.workspace_id, journey_id)
    before = decode_cursor(cursor)
    rows = await list_simulations(session, reader.workspace_id, journey_id, limit + 1, before)
    return page(rows, limit, lambda row: row.id, _row)


@router.get("/{journey_id}/simulations/{simulation_id}")
async def read_simulation(journey_id: UUID, simulation_id: UUID, session: Session, reader: Reader) -> SimulationDetail:
    """Return one simulation with its outcome."""
    found = await get_simulation(session, reader.workspace_id, journey_id, simulation_id)
    return SimulationDetail(**_row(found).model_dump(), result=SimulationResult.model_validate(found.result))


def _row(row: Simulation) -> SimulationRow:
    return SimulationRow(
        id=row.id,
        created_at=row.created_at,
        created_by=row.created_by,
        draft_hash=row.draft_hash,
        request=row.request,
        counts=row.result["counts"],
        projection=row.result["projection"],
    )
