"""Tables: templates with their versions, and messages, the ledger of every send."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, SmallInteger, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from journeys.db.base import Base, WorkspaceRow
from journeys.db.ids import new_id


class Template(WorkspaceRow):
    """A mail that journeys may send; its content lives in versions."""

    __tablename__ = "templates"
    __table_args__ = (Index("uq_templates_workspace_id_slug", "workspace_id", "slug", unique=True),)
    name: Mapped[str]
    slug: Mapped[str]
    latest_version_id: Mapped[UUID | None]
    archived_at: Mapped[datetime | None]
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())


class TemplateVersion(WorkspaceRow):
    """Content that is never edited: saving a template makes the next version. Inline mails of a journey have no template."""

    __tablename__ = "template_versions"
    __table_args__ = (
        UniqueConstraint("template_id", "number"),
        UniqueConstraint("workspace_id", "content_hash", "template_id"),
    )
    template_id: Mapped[UUID | None] = mapped_column(ForeignKey("templates.id", ondelete="CASCADE"))
    number: Mapped[int] = mapped_column(server_default=text("1"))
    content_hash: Mapped[str]
    subject: Mapped[str]
    preheader: Mapped[str] = mapped_column(server_default="")
    html: Mapped[str | None]
    mjml: Mapped[str | None]
    text: Mapped[str | None]
    created_by: Mapped[str | None]


class Message(Base):
    """A row of the send ledger: one enrollment, node and visit is sent at most once.

    States: sending sent delivered deferred bounced failed skipped unknown. `claim_id` names the attempt that claimed the
    row and `lease_until` how long that attempt may still be alive. A deferred row is tried again at `due_at`. No foreign
    keys: recording an outcome may never fail. No index has `state` in it, not even in its condition: recording an outcome
    would then touch every index of the row.
    """

    __tablename__ = "messages"
    __table_args__ = (
        Index("ix_messages_contact_id_queued_at", "contact_id", "queued_at"),
        UniqueConstraint("workspace_id", "id"),
        {"postgresql_with": {"fillfactor": 50, "autovacuum_vacuum_scale_factor": 0.05}},
    )
    enrollment_id: Mapped[UUID] = mapped_column(primary_key=True)
    node_id: Mapped[str] = mapped_column(primary_key=True)
    visit: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(default=new_id)
    workspace_id: Mapped[UUID]
    journey_id: Mapped[UUID | None]
    version_id: Mapped[UUID | None]
    contact_id: Mapped[UUID]
    template_version_id: Mapped[UUID | None]
    channel: Mapped[str] = mapped_column(server_default="email")
    category: Mapped[str]
    topic: Mapped[str | None]
    tag: Mapped[str | None]
    priority: Mapped[int] = mapped_column(SmallInteger, server_default=text("50"))
    provider: Mapped[str]
    connection_id: Mapped[UUID | None]
    to_address: Mapped[str | None]
    state: Mapped[str]
    reason: Mapped[str | None]
    due_at: Mapped[datetime | None]
    claim_id: Mapped[UUID | None]
    lease_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(SmallInteger, server_default=text("1"))
    queued_at: Mapped[datetime] = mapped_column(server_default=func.now())
    sent_at: Mapped[datetime | None]
    provider_message_id: Mapped[str | None]
    opened_at: Mapped[datetime | None]
    clicked_at: Mapped[datetime | None]
    detail: Mapped[dict[str, Any] | None]
