"""Tables: segments, and who is in them now."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, SmallInteger, func, text
from sqlalchemy.orm import Mapped, mapped_column

from journeys.db.base import Base, WorkspaceRow


class Segment(WorkspaceRow):
    """A named rule. `journey_id` is set for the unnamed segment that a trigger's own rule makes."""

    __tablename__ = "segments"
    __table_args__ = (
        Index(
            "uq_segments_workspace_id_name", "workspace_id", "name", unique=True, postgresql_where="journey_id IS NULL"
        ),
    )
    name: Mapped[str]
    rule: Mapped[dict[str, Any]]
    journey_id: Mapped[UUID | None]
    live: Mapped[bool] = mapped_column(server_default=text("false"))
    built_at: Mapped[datetime | None]
    error: Mapped[str | None]
    attempts: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    not_before: Mapped[datetime | None]
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())


class SegmentMember(Base):
    """A contact that matches a segment's rule. No foreign key: the router is hot."""

    __tablename__ = "segment_members"
    __table_args__ = (Index("ix_segment_members_contact_id", "contact_id", "segment_id"),)
    segment_id: Mapped[UUID] = mapped_column(primary_key=True)
    contact_id: Mapped[UUID] = mapped_column(primary_key=True)
    workspace_id: Mapped[UUID]
    entered_at: Mapped[datetime] = mapped_column(server_default=func.now())
