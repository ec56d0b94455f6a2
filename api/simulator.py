"""Running simulations beside requests: read the draft, simulate with no transaction open, keep the outcome."""

import asyncio
from uuid import UUID

from api.deps import DatabaseDep
from api.schemas.simulations import Simulated
from journeys import clock
from journeys.auth.audit import record_change
from journeys.auth.roles import Principal
from journeys.errors import TooMany
from journeys.simulation.assumptions import SimulationRequest
from journeys.simulation.simulate import draft_hash, simulate_apart
from journeys.simulation.store import keep_simulation, read_draft

AT_ONCE = 2
RETRY_SECONDS = 5

_running = asyncio.Semaphore(AT_ONCE)
"""Of this process: each takes a processor for some seconds."""


class Simulator:
    """Simulates drafts, a few at once."""

    def __init__(self, database: DatabaseDep) -> None:
        self.database = database

    async def simulate(self, actor: Principal, journey_id: UUID, order: SimulationRequest) -> Simulated:
        """Simulate a draft and keep what came of it.

        Raises:
            TooMany: others are being simulated.
        """
        if _running.locked():
            raise TooMany(f"{AT_ONCE} simulations are running; wait a moment.", RETRY_SECONDS)
        async with _running:
            async with self.database.workspace(actor.workspace_id) as session:
                draft = await read_draft(session, actor.workspace_id, journey_id)
            request = order.started(clock.now())
            result = await asyncio.to_thread(simulate_apart, self.database.url, actor.workspace_id, draft, request)
        if not request.keep:
            return Simulated(id=None, draft_hash=draft_hash(draft), result=result)
        async with self.database.workspace(actor.workspace_id) as session:
            kept = await keep_simulation(session, actor.workspace_id, draft, request, result, actor.name)
            counts = {"contacts": result.counts.contacts, "sent": result.counts.sent}
            await record_change(session, actor, "simulated", "journey", journey_id, counts)
        return Simulated(id=kept.id, draft_hash=kept.draft_hash, result=result)
