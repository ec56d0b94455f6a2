"""Tables: journeys with their draft, and the immutable versions that run."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, Index, UniqueConstraint, Uuid, func, text
from sqlalchemy.orm import Mapped, mapped_column

from journeys.db.base import Base, WorkspaceRow


class Journey(WorkspaceRow):
    """A journey: its draft, and which version is live. `draft_revision` is the ETag of the draft."""

    __tablename__ = "journeys"
    __table_args__ = (
        Index("uq_journeys_workspace_id_slug", "workspace_id", "slug", unique=True),
        CheckConstraint("state IN ('draft', 'live', 'paused', 'archived')", name="state"),
    )
    name: Mapped[str]
    slug: Mapped[str]
    tags: Mapped[list[str]] = mapped_column(server_default=text("'{}'"))
    state: Mapped[str] = mapped_column(server_default="draft")
    graph: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    settings: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    draft_revision: Mapped[int] = mapped_column(server_default=text("1"))
    draft_editors: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), server_default=text("'{}'"))
    """The people who changed the draft since it was last published."""
    live_version_id: Mapped[UUID | None]
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())
    paused_at: Mapped[datetime | None]
    archived_at: Mapped[datetime | None]


class JourneyVersion(WorkspaceRow):
    """A published graph, its settings and its compiled plan; never edited. `hash` covers graph and settings, not positions."""

    __tablename__ = "journey_versions"
    __table_args__ = (UniqueConstraint("journey_id", "number"),)
    journey_id: Mapped[UUID] = mapped_column(ForeignKey("journeys.id", ondelete="CASCADE"))
    number: Mapped[int]
    hash: Mapped[str]
    graph: Mapped[dict[str, Any]]
    settings: Mapped[dict[str, Any]]
    plan: Mapped[dict[str, Any]]
    published_by: Mapped[str | None]


class Approval(Base):
    """Somebody agreed to a draft; `draft_hash` says to which, so that an edit voids it."""

    __tablename__ = "approvals"
    journey_id: Mapped[UUID] = mapped_column(primary_key=True)
    draft_hash: Mapped[str] = mapped_column(primary_key=True)
    approver_id: Mapped[UUID] = mapped_column(primary_key=True)
    approved_by: Mapped[str]
    workspace_id: Mapped[UUID]
    at: Mapped[datetime] = mapped_column(server_default=func.now())
