"""Table: simulations that are kept, to be compared with each other and with what happened."""

from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from journeys.db.base import WorkspaceRow


class Simulation(WorkspaceRow):
    """One try of a draft: what was asked, and the outcome. `draft_hash` covers graph and settings, as a version's does."""

    __tablename__ = "simulations"
    __table_args__ = (Index("ix_simulations_journey_id_id", "journey_id", "id"),)
    journey_id: Mapped[UUID] = mapped_column(ForeignKey("journeys.id", ondelete="CASCADE"))
    draft_hash: Mapped[str]
    request: Mapped[dict[str, Any]]
    result: Mapped[dict[str, Any]]
    created_by: Mapped[str | None]
