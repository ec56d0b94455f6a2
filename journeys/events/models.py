"""Tables: events (a time series), de-duplication, the router's queue and leases, roll-ups per contact."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Identity, Index, SmallInteger, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from journeys.db.base import Base, WorkspaceRow

ROUTER_PARTITIONS = 16
"""Contacts are spread over this many partitions by hash; a router holds leases on some of them."""


class Event(Base):
    """Something a contact did. Partitioned by week of `occurred_at`; see journeys/db/timeseries.py."""

    __tablename__ = "events"
    __table_args__ = (
        Index("ix_events_contact_id_name_occurred_at", "contact_id", "name", "occurred_at"),
        Index("ix_events_workspace_id_name_occurred_at", "workspace_id", "name", "occurred_at"),
        {"postgresql_partition_by": "RANGE (occurred_at)"},
    )
    id: Mapped[UUID] = mapped_column(primary_key=True)
    occurred_at: Mapped[datetime] = mapped_column(primary_key=True)
    workspace_id: Mapped[UUID]
    contact_id: Mapped[UUID]
    type: Mapped[str]
    name: Mapped[str]
    received_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
    value: Mapped[float | None]
    message_id: Mapped[UUID | None]
    journey_id: Mapped[UUID | None]
    node_id: Mapped[str | None]
    properties: Mapped[dict[str, Any] | None]
    context: Mapped[dict[str, Any] | None]


class EventSeen(Base):
    """The message ids of the last days, so that an event sent twice counts once."""

    __tablename__ = "events_seen"
    __table_args__ = (Index("ix_events_seen_received_at", "received_at", postgresql_using="brin"),)
    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    message_key: Mapped[str] = mapped_column(primary_key=True)
    received_at: Mapped[datetime] = mapped_column(server_default=func.now())


class QueuedEvent(Base):
    """An event that the router has not taken yet. It deletes the row in the transaction that acts on it."""

    __tablename__ = "event_queue"
    __table_args__ = (
        Index("ix_event_queue_events", "seq", postgresql_where=text("type <> 'profile'")),
        {"postgresql_with": {"autovacuum_vacuum_scale_factor": 0.02, "autovacuum_vacuum_cost_delay": 0}},
    )
    seq: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    partition: Mapped[int] = mapped_column(SmallInteger)
    event_id: Mapped[UUID]
    workspace_id: Mapped[UUID]
    contact_id: Mapped[UUID]
    type: Mapped[str]
    name: Mapped[str]
    occurred_at: Mapped[datetime]
    received_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
    not_before: Mapped[datetime | None]
    value: Mapped[float | None]
    message_id: Mapped[UUID | None]
    journey_id: Mapped[UUID | None]
    node_id: Mapped[str | None]
    properties: Mapped[dict[str, Any] | None]
    attempts: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))


class DeadEvent(Base):
    """An event that could not be routed, however often it was tried; it waits for a person."""

    __tablename__ = "dead_events"
    __table_args__ = (
        Index("ix_dead_events_workspace_id_seq", "workspace_id", "seq"),
        Index("ix_dead_events_contact_id", "contact_id"),
    )
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    event_id: Mapped[UUID]
    workspace_id: Mapped[UUID]
    contact_id: Mapped[UUID]
    type: Mapped[str]
    name: Mapped[str]
    occurred_at: Mapped[datetime]
    received_at: Mapped[datetime]
    value: Mapped[float | None]
    message_id: Mapped[UUID | None]
    journey_id: Mapped[UUID | None]
    node_id: Mapped[str | None]
    properties: Mapped[dict[str, Any] | None]
    error: Mapped[str]
    died_at: Mapped[datetime] = mapped_column(server_default=func.now())


class ContactEventStats(Base):
    """How often, how much, first and last: one row per contact and event name."""

    __tablename__ = "contact_event_stats"
    __table_args__ = ({"postgresql_with": {"fillfactor": 80, "autovacuum_vacuum_scale_factor": 0.05}},)
    contact_id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    workspace_id: Mapped[UUID]
    n: Mapped[int] = mapped_column(BigInteger)
    value_sum: Mapped[float | None]
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]


class Form(WorkspaceRow):
    """A form on somebody's page, which sends to `/f/{key}`. `honeypot` names a field that only robots fill in."""

    __tablename__ = "forms"
    __table_args__ = (Index("uq_forms_key", "key", unique=True),)
    key: Mapped[str]
    name: Mapped[str]
    fields: Mapped[list[Any]] = mapped_column(JSONB)
    honeypot: Mapped[str] = mapped_column(server_default="website")
    redirect_url: Mapped[str | None]
    origins: Mapped[list[str]] = mapped_column(server_default=text("'{}'"))
    disabled_at: Mapped[datetime | None]


class RouterLease(Base):
    """Who routes a partition; `fence` grows with each new holder and is checked in every transaction of the router."""

    __tablename__ = "router_leases"
    partition: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    owner: Mapped[UUID | None]
    fence: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    expires_at: Mapped[datetime] = mapped_column(server_default=func.now())
