"""Simulations that are kept with their journey: the newest ones, without the bodies of mails."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from journeys.errors import NotFound
from journeys.graph.drafts import get_journey, parse_graph, parse_settings
from journeys.graph.hashing import hash_journey
from journeys.simulation.assumptions import SimulationRequest
from journeys.simulation.copying import Draft
from journeys.simulation.models import Simulation
from journeys.simulation.report import SimulationResult

MOST_KEPT = 50


async def read_draft(session: AsyncSession, workspace_id: UUID, journey_id: UUID) -> Draft:
    """Return a journey's draft as it is now.

    Raises:
        NotFound: there is no such journey.
    """
    journey = await get_journey(session, workspace_id, journey_id)
    graph, settings = parse_graph(journey.graph), parse_settings(journey.settings)
    return Draft(journey.id, journey.name, journey.slug, graph, settings)


async def keep_simulation(
    session: AsyncSession,
    workspace_id: UUID,
    draft: Draft,
    request: SimulationRequest,
    result: SimulationResult,
    by: str | None,
) -> Simulation:
    """Keep an outcome and let go of the oldest ones of its journey."""
    bodies = {"contacts": {"__all__": {"passages": {"__all__": {"mails": {"__all__": {"html", "text"}}}}}}}
    kept = Simulation(
        workspace_id=workspace_id,
        journey_id=draft.journey_id,
        draft_hash=hash_journey(draft.graph, draft.settings),
        request=request.model_dump(mode="json", exclude_defaults=True),
        result=result.model_dump(mode="json", exclude=bodies),
        created_by=by,
    )
    session.add(kept)
    await session.flush()
    await session.refresh(kept)
    newest = (
        select(Simulation.id)
        .where(Simulation.journey_id == draft.journey_id)
        .order_by(Simulation.id.desc())
        .limit(MOST_KEPT)
    )
    await session.execute(
        delete(Simulation).where(Simulation.journey_id == draft.journey_id, Simulation.id.not_in(newest))
    )
    return kept


async def list_simulations(
    session: AsyncSession, workspace_id: UUID, journey_id: UUID, limit: int, before: UUID | None = None
) -> Sequence[Simulation]:
    """Return the simulations of a journey that are kept, the newest first."""
    query = select(Simulation).where(Simulation.workspace_id == workspace_id, Simulation.journey_id == journey_id)
    if before is not None:
        query = query.where(Simulation.id < before)
    return (await session.scalars(query.order_by(Simulation.id.desc()).limit(limit))).all()


async def get_simulation(
    session: AsyncSession, workspace_id: UUID, journey_id: UUID, simulation_id: UUID
) -> Simulation:
    """Return one simulation.

    Raises:
        NotFound: it is not kept, or never was.
    """
    found = await session.scalar(
        select(Simulation).where(
            Simulation.workspace_id == workspace_id,
            Simulation.journey_id == journey_id,
            Simulation.id == simulation_id,
        )
    )
    if found is None:
        raise NotFound("there is no such simulation")
    return found
