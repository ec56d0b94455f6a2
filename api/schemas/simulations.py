"""Shapes: simulations of a draft, and what came of them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from api.schemas.base import Schema
from journeys.simulation.report import Projection, SimulationCounts, SimulationResult


class SimulationRow(Schema):
    """A simulation that is kept. The same `draft_hash` means the same draft, and a version's `hash` that it was published."""

    id: UUID
    created_at: datetime
    created_by: str | None
    draft_hash: str
    request: dict[str, Any]
    counts: SimulationCounts
    projection: Projection


class SimulationDetail(SimulationRow):
    """A simulation that is kept, with its outcome; the bodies of its mails are not."""

    result: SimulationResult


class Simulated(Schema):
    """The outcome of a simulation, with the mails as they were rendered. `id` is null where it was not to be kept."""

    id: UUID | None
    draft_hash: str
    result: SimulationResult
