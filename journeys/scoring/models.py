"""Tables: scoring models, the score of each contact, and every change of it."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Identity, Index, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from journeys.db.base import Base, WorkspaceRow


class ScoringModel(WorkspaceRow):
    """A named list of rules and the points that each gives while it holds. Rules name a model by its slug."""

    __tablename__ = "scoring_models"
    __table_args__ = (Index("uq_scoring_models_workspace_id_slug", "workspace_id", "slug", unique=True),)
    slug: Mapped[str]
    name: Mapped[str]
    rules: Mapped[list[Any]] = mapped_column(JSONB, server_default=text("'[]'"))
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())


class Score(Base):
    """A contact's score in a model: what its rules give, and `given`, what journeys added. No foreign key: hot."""

    __tablename__ = "scores"
    __table_args__ = (
        Index("ix_scores_workspace_id_model_value", "workspace_id", "model", "value"),
        {"postgresql_with": {"fillfactor": 80}},
    )
    contact_id: Mapped[UUID] = mapped_column(primary_key=True)
    model: Mapped[str] = mapped_column(primary_key=True)
    workspace_id: Mapped[UUID]
    value: Mapped[Decimal]
    given: Mapped[Decimal] = mapped_column(server_default=text("0"))
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())


class ScoreChange(Base):
    """A change of a score, and what made it. Rows are only ever added."""

    __tablename__ = "score_changes"
    __table_args__ = (Index("ix_score_changes_contact_id", "contact_id", "seq"),)
    seq: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    workspace_id: Mapped[UUID]
    contact_id: Mapped[UUID]
    model: Mapped[str]
    before: Mapped[Decimal]
    after: Mapped[Decimal]
    reason: Mapped[str]
    at: Mapped[datetime] = mapped_column(server_default=func.now())
