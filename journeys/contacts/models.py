"""Tables: contacts, the ids they are known by, topics and consent, suppressions, imports."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, SmallInteger, func, text
from sqlalchemy.orm import Mapped, mapped_column

from journeys.db.base import Base, WorkspaceRow

STANDARD_ATTRIBUTES = (
    "email", "external_id", "phone", "first_name", "last_name", "country", "city", "time_zone", "language", "lifecycle",
)  # fmt: skip
"""Attributes with a column of their own; every other attribute lives in `attributes`."""

LISTED_NAME = (
    "lower(\"left\"(COALESCE(NULLIF(btrim((COALESCE(first_name, '') || ' ') || COALESCE(last_name, '')), ''),"
    " email, external_id, 'anonymous'), 100))"
)
"""What a contact is called in lists, as the app shows it; no longer than an index takes."""


class Contact(WorkspaceRow):
    """A person we may message; email is lower case and unique per workspace. Erased contacts stay as tombstones."""

    __tablename__ = "contacts"
    __table_args__ = (
        Index(
            "uq_contacts_workspace_id_email", "workspace_id", "email", unique=True, postgresql_where="email IS NOT NULL"
        ),
        Index(
            "uq_contacts_workspace_id_external_id",
            "workspace_id",
            "external_id",
            unique=True,
            postgresql_where="external_id IS NOT NULL",
        ),
        Index("ix_contacts_workspace_id_id", "workspace_id", "id"),
        Index(
            "ix_contacts_attributes",
            "attributes",
            postgresql_using="gin",
            postgresql_ops={"attributes": "jsonb_path_ops"},
        ),
        Index(
            "ix_contacts_search",
            text(
                "((((((COALESCE(email, '') || ' ') || COALESCE(first_name, '')) || ' ')"
                " || COALESCE(last_name, '')) || ' ') || COALESCE(external_id, '')) gin_trgm_ops"
            ),
            postgresql_using="gin",
        ),
        Index("ix_contacts_name", "workspace_id", text(f"({LISTED_NAME})"), "id"),
        Index("ix_contacts_without_email", "workspace_id", "id", postgresql_where=text("email IS NULL")),
        {"postgresql_with": {"fillfactor": 85}},
    )
    email: Mapped[str | None]
    external_id: Mapped[str | None]
    phone: Mapped[str | None]
    first_name: Mapped[str | None]
    last_name: Mapped[str | None]
    country: Mapped[str | None]
    city: Mapped[str | None]
    time_zone: Mapped[str | None]
    language: Mapped[str | None]
    lifecycle: Mapped[str | None]
    tags: Mapped[list[str]] = mapped_column(server_default=text("'{}'"))
    attributes: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())
    erased_at: Mapped[datetime | None]


class Identity(Base):
    """A further id that a contact is known by, such as a Segment anonymousId. No foreign key: ingest is hot."""

    __tablename__ = "identities"
    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str] = mapped_column(primary_key=True)
    contact_id: Mapped[UUID] = mapped_column(index=True)


class Topic(WorkspaceRow):
    """What a contact may hear about. `opt_out`: subscribed until they say no; `opt_in`: only after they said yes."""

    __tablename__ = "topics"
    __table_args__ = (
        Index("uq_topics_workspace_id_key", "workspace_id", "key", unique=True),
        CheckConstraint("policy IN ('opt_in', 'opt_out')", name="policy"),
    )
    key: Mapped[str]
    name: Mapped[str]
    policy: Mapped[str] = mapped_column(server_default="opt_out")


class Consent(Base):
    """What a contact last said about a topic on a channel."""

    __tablename__ = "consents"
    __table_args__ = (CheckConstraint("state IN ('subscribed', 'unsubscribed')", name="state"),)
    contact_id: Mapped[UUID] = mapped_column(primary_key=True)
    channel: Mapped[str] = mapped_column(primary_key=True)
    topic: Mapped[str] = mapped_column(primary_key=True)
    workspace_id: Mapped[UUID]
    state: Mapped[str]
    source: Mapped[str]
    at: Mapped[datetime] = mapped_column(server_default=func.now())


class Suppression(Base):
    """An address that must get nothing (`all`) or no marketing (`marketing`), and why. Survives the contact."""

    __tablename__ = "suppressions"
    __table_args__ = (CheckConstraint("scope IN ('all', 'marketing')", name="scope"),)
    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"), primary_key=True)
    channel: Mapped[str] = mapped_column(primary_key=True)
    address: Mapped[str] = mapped_column(primary_key=True)
    scope: Mapped[str] = mapped_column(server_default="all")
    reason: Mapped[str]
    source: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class ImportJob(WorkspaceRow):
    """An upload of contacts: how far it is, and what was refused."""

    __tablename__ = "import_jobs"
    filename: Mapped[str]
    format: Mapped[str]
    mapping: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    options: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    state: Mapped[str] = mapped_column(server_default="queued")
    dry_run: Mapped[bool] = mapped_column(server_default=text("false"))
    path: Mapped[str]
    refused_path: Mapped[str | None]
    total_bytes: Mapped[int] = mapped_column(server_default=text("0"))
    read_bytes: Mapped[int] = mapped_column(server_default=text("0"))
    created_count: Mapped[int] = mapped_column(server_default=text("0"))
    updated_count: Mapped[int] = mapped_column(server_default=text("0"))
    refused_count: Mapped[int] = mapped_column(server_default=text("0"))
    error: Mapped[str | None]
    attempts: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    not_before: Mapped[datetime | None]
    created_by: Mapped[str | None]
    finished_at: Mapped[datetime | None]


class ContactView(WorkspaceRow):
    """A search over contacts under a name, with the columns to show; the whole workspace sees it."""

    __tablename__ = "contact_views"
    __table_args__ = (Index("uq_contact_views_workspace_id_name", "workspace_id", "name", unique=True),)
    name: Mapped[str]
    search: Mapped[dict[str, Any]]
    columns: Mapped[list[str]]
    created_by: Mapped[str | None]


class BulkJob(WorkspaceRow):
    """One action for many contacts: taken in id order, chunk by chunk, from `cursor` on. An export writes a file."""

    __tablename__ = "bulk_jobs"
    __table_args__ = (Index("ix_bulk_jobs_unfinished", "id", postgresql_where=text("finished_at IS NULL")),)
    action: Mapped[dict[str, Any]]
    audience: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(server_default="queued")
    cursor: Mapped[UUID | None]
    total: Mapped[int | None] = mapped_column(BigInteger)
    done: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    refused: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    path: Mapped[str | None]
    written_bytes: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    error: Mapped[str | None]
    attempts: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    not_before: Mapped[datetime | None]
    created_by: Mapped[str | None]
    finished_at: Mapped[datetime | None]
