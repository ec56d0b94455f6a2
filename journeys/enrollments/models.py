"""Tables of the engine: runs, batches, enrollments, entries, steps, waits, effects, counts, dispatches.

None of them has foreign keys: they are written by the million in set-based statements, and recording what happened
may never fail because something else was deleted.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Identity, Index, SmallInteger, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from journeys.db.base import Base
from journeys.db.ids import new_id


class Run(Base):
    """One workflow execution (with its continue-as-new chain), which carries batches of one journey version."""

    __tablename__ = "runs"
    __table_args__ = (
        Index("ix_runs_journey_id", "journey_id"),
        Index("ix_runs_open", "id", postgresql_where=text("ended_at IS NULL")),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    workspace_id: Mapped[UUID]
    journey_id: Mapped[UUID]
    version_id: Mapped[UUID]
    workflow_id: Mapped[str]
    started_at: Mapped[datetime] = mapped_column(server_default=func.now())
    ended_at: Mapped[datetime | None]


class Batch(Base):
    """Enrollments that move together, and where they are.

    `node_id` with `wake_at` unset: about to run that node. With `wake_at` set: waiting at it until then (the authority).
    `hop` counts the stages done; `moves` is what the last one answered, so that a repeat answers the same.
    `run_id` owns the batch: a stage refuses any other. `since_at`: events received after this count for a wait that
    this stage registers; unset in a batch fresh from the router, whose enrollments each carry their own.
    """

    __tablename__ = "batches"
    __table_args__ = (
        Index("ix_batches_run_id", "run_id"),
        Index("ix_batches_active", "journey_id", postgresql_where=text("active")),
        {"postgresql_with": {"fillfactor": 70}},
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    workspace_id: Mapped[UUID]
    journey_id: Mapped[UUID]
    version_id: Mapped[UUID]
    run_id: Mapped[UUID]
    node_id: Mapped[str]
    size: Mapped[int]
    wake_at: Mapped[datetime | None]
    hop: Mapped[int] = mapped_column(server_default=text("0"))
    moves: Mapped[list[Any] | None] = mapped_column(JSONB)
    active: Mapped[bool] = mapped_column(server_default=text("true"))
    parked: Mapped[str | None]
    since_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class Enrollment(Base):
    """One contact's passage through a journey. States: active completed exited failed.

    `visit` grows as loops close. `since_at`: when the event was received that last moved it here. `cause` names what let it
    in, `end_node_id` the node that ended it: the steps of these two are told here, and read from the view `trace`.
    """

    __tablename__ = "enrollments"
    __table_args__ = (
        Index("ix_enrollments_batch_id_id", "batch_id", "id"),
        Index("ix_enrollments_contact_id", "contact_id"),
        Index("ix_enrollments_journey_id_id", "journey_id", "id"),
        {
            "postgresql_with": {
                "fillfactor": 50,
                "autovacuum_vacuum_scale_factor": 0.02,
                "autovacuum_vacuum_cost_delay": 0,
            }
        },
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    workspace_id: Mapped[UUID]
    journey_id: Mapped[UUID]
    version_id: Mapped[UUID]
    contact_id: Mapped[UUID]
    batch_id: Mapped[UUID]
    visit: Mapped[int] = mapped_column(server_default=text("1"))
    state: Mapped[str] = mapped_column(server_default="active")
    entered_at: Mapped[datetime] = mapped_column(server_default=func.now())
    since_at: Mapped[datetime] = mapped_column(server_default=func.now())
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str | None]
    goal_at: Mapped[datetime | None]
    key: Mapped[str | None]
    entry_node_id: Mapped[str]
    payload: Mapped[dict[str, Any] | None]
    cause: Mapped[str | None]
    end_node_id: Mapped[str | None]


class Entry(Base):
    """The re-entry rule's memory: one row per journey, contact and key; its unique key decides every race."""

    __tablename__ = "entries"
    journey_id: Mapped[UUID] = mapped_column(primary_key=True)
    contact_id: Mapped[UUID] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    workspace_id: Mapped[UUID]
    last_entered_at: Mapped[datetime] = mapped_column(server_default=func.now())


class EntryRefusal(Base):
    """A contact that did not enter a journey, and why."""

    __tablename__ = "entry_refusals"
    __table_args__ = (
        Index("ix_entry_refusals_contact_id", "contact_id", "at"),
        Index("ix_entry_refusals_journey_id", "journey_id", "at"),
    )
    seq: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    workspace_id: Mapped[UUID]
    journey_id: Mapped[UUID]
    contact_id: Mapped[UUID]
    at: Mapped[datetime] = mapped_column(server_default=func.now())
    reason: Mapped[str]
    detail: Mapped[dict[str, Any] | None]


class Step(Base):
    """One enrollment through one node: when, out by which outlet, and why. Partitioned by week of `at`.

    Steps of one transaction differ by microseconds, in the order of the nodes. Not all are here: what enrollments and the
    send ledger tell themselves is not written twice; the view `trace` has all.
    """

    __tablename__ = "steps"
    __table_args__ = ({"postgresql_partition_by": "RANGE (at)"},)
    enrollment_id: Mapped[UUID] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(primary_key=True)
    node_id: Mapped[str] = mapped_column(primary_key=True)
    workspace_id: Mapped[UUID]
    visit: Mapped[int]
    outlet: Mapped[str | None]
    reason: Mapped[str | None]
    detail: Mapped[dict[str, Any] | None]


class Wait(Base):
    """What would wake an enrollment before its deadline: an event received after `since_at`."""

    __tablename__ = "waits"
    __table_args__ = (
        Index("ix_waits_contact_id_event", "contact_id", "event"),
        Index("ix_waits_batch_id", "batch_id"),
        {"postgresql_with": {"autovacuum_vacuum_scale_factor": 0.02, "autovacuum_vacuum_cost_delay": 0}},
    )
    enrollment_id: Mapped[UUID] = mapped_column(primary_key=True)
    workspace_id: Mapped[UUID]
    contact_id: Mapped[UUID]
    journey_id: Mapped[UUID]
    version_id: Mapped[UUID]
    batch_id: Mapped[UUID]
    node_id: Mapped[str]
    visit: Mapped[int]
    event: Mapped[str]
    since_at: Mapped[datetime]
    deadline_at: Mapped[datetime]


class Effect(Base):
    """The ledger of effects that are not messages (webhooks and the like): the same key, the same claim and lease."""

    __tablename__ = "effects"
    __table_args__ = ({"postgresql_with": {"fillfactor": 80}},)
    enrollment_id: Mapped[UUID] = mapped_column(primary_key=True)
    node_id: Mapped[str] = mapped_column(primary_key=True)
    visit: Mapped[int] = mapped_column(primary_key=True)
    workspace_id: Mapped[UUID]
    contact_id: Mapped[UUID]
    kind: Mapped[str]
    state: Mapped[str]
    reason: Mapped[str | None]
    claim_id: Mapped[UUID | None]
    lease_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(SmallInteger, server_default=text("1"))
    claimed_at: Mapped[datetime] = mapped_column(server_default=func.now())
    done_at: Mapped[datetime | None]
    outcome: Mapped[dict[str, Any] | None]


class NodeCount(Base):
    """A change of a node's count, appended with the steps it counts; the sum is the truth. Folded now and then.

    Measures per node: entered waiting passed skipped failed converted. With `node_id` empty, of the journey:
    entered completed exited failed converted.
    """

    __tablename__ = "node_counts"
    __table_args__ = (Index("ix_node_counts_journey_id", "journey_id"),)
    seq: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    workspace_id: Mapped[UUID]
    journey_id: Mapped[UUID]
    version_id: Mapped[UUID]
    node_id: Mapped[str]
    measure: Mapped[str]
    reason: Mapped[str] = mapped_column(server_default="")
    n: Mapped[int] = mapped_column(BigInteger)


class Dispatch(Base):
    """A write to Temporal that a committed transaction owes; repeated until acknowledged, then deleted."""

    __tablename__ = "dispatches"
    __table_args__ = (Index("ix_dispatches_urgency_seq", "urgency", "seq"),)
    seq: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    workspace_id: Mapped[UUID]
    kind: Mapped[str]
    urgency: Mapped[int] = mapped_column(SmallInteger, server_default=text("1"))
    run_id: Mapped[UUID]
    payload: Mapped[dict[str, Any]]
    not_before: Mapped[datetime] = mapped_column(server_default=func.now())
    attempts: Mapped[int] = mapped_column(server_default=text("0"))
    last_error: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class Intake(Base):
    """Many contacts on their way into a journey (a segment's snapshot, a list): taken in chunks, from `cursor` on."""

    __tablename__ = "intakes"
    __table_args__ = (Index("ix_intakes_open", "id", postgresql_where=text("finished_at IS NULL")),)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    workspace_id: Mapped[UUID]
    journey_id: Mapped[UUID]
    version_id: Mapped[UUID]
    entry_node_id: Mapped[str]
    source: Mapped[dict[str, Any]]
    cursor: Mapped[UUID | None]
    entered: Mapped[int] = mapped_column(server_default=text("0"))
    refused: Mapped[int] = mapped_column(server_default=text("0"))
    error: Mapped[str | None]
    attempts: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    not_before: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    finished_at: Mapped[datetime | None]


class Firing(Base):
    """A moment at which a schedule or date trigger let contacts in; the key lets each moment come once."""

    __tablename__ = "firings"
    journey_id: Mapped[UUID] = mapped_column(primary_key=True)
    node_id: Mapped[str] = mapped_column(primary_key=True)
    due_at: Mapped[datetime] = mapped_column(primary_key=True)
    workspace_id: Mapped[UUID]
    outcome: Mapped[str]
    intake_id: Mapped[UUID | None]
    fired_at: Mapped[datetime] = mapped_column(server_default=func.now())


class WatchedAttribute(Base):
    """An attribute whose changes a live journey wants to know of; a trigger on `contacts` queues them for the router."""

    __tablename__ = "watched_attributes"
    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    journey_id: Mapped[UUID] = mapped_column(primary_key=True)


class Move(Base):
    """Everyone inside older versions on their way to a newer one, batch by batch. `node_map`: where each node's people go."""

    __tablename__ = "moves"
    __table_args__ = (
        Index("ix_moves_journey_id", "journey_id"),
        Index("ix_moves_open", "id", postgresql_where=text("finished_at IS NULL")),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    workspace_id: Mapped[UUID]
    journey_id: Mapped[UUID]
    version_id: Mapped[UUID]
    node_map: Mapped[dict[str, Any]]
    waits: Mapped[str]
    moved: Mapped[int] = mapped_column(server_default=text("0"))
    exited: Mapped[int] = mapped_column(server_default=text("0"))
    error: Mapped[str | None]
    attempts: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    not_before: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    finished_at: Mapped[datetime | None]
