"""Shapes: journeys, their versions and status, enrollments with their trace, the palette."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator

from api.schemas.base import Address, Name, Schema


class JourneyCreate(Schema):
    """A new journey; without a graph it starts empty."""

    name: Name
    slug: str | None = Field(None, pattern=r"^[a-z0-9](?:[a-z0-9-]{0,98}[a-z0-9])?$")
    graph: dict[str, Any] = Field(default_factory=lambda: {"nodes": [], "edges": []})
    settings: dict[str, Any] = Field(default_factory=dict)


Tag = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]


class JourneyUpdate(Schema):
    """Changes of a draft; what is left out stays."""

    name: Name | None = None
    tags: list[Tag] | None = Field(None, max_length=20)
    graph: dict[str, Any] | None = None
    settings: dict[str, Any] | None = None


class JourneyImport(Schema):
    """A journey as a file."""

    content: str = Field(max_length=900_000)
    name: Name | None = None


class JourneyCounts(Schema):
    """Enrollments by state, over all versions."""

    entered: int = 0
    active: int = 0
    completed: int = 0
    exited: int = 0
    failed: int = 0
    converted: int = 0


class JourneyRow(Schema):
    """A journey in a list."""

    id: UUID
    name: str
    slug: str
    tags: list[str]
    state: Literal["draft", "live", "paused", "archived"]
    version: int | None
    created_at: datetime
    updated_at: datetime
    counts: JourneyCounts


class JourneyEntries(Schema):
    """How many entered a journey on each of the last days, UTC, the oldest first."""

    journey_id: UUID
    days: list[int]


class JourneyRead(JourneyRow):
    """A journey with its draft. `draft_revision` is the draft's ETag."""

    graph: dict[str, Any]
    settings: dict[str, Any]
    draft_revision: int
    has_unpublished_changes: bool


class GraphProblem(Schema):
    """A fault or oddity of a draft; no node means the journey as a whole."""

    node_id: str | None
    field: str | None
    message: str


class Validation(Schema):
    """What is wrong with a draft, and what is odd."""

    valid: bool
    errors: list[GraphProblem]
    warnings: list[GraphProblem]


class Publish(Schema):
    """What becomes of those inside an older version: they finish on it, go on in the new one, or leave."""

    in_flight: Literal["finish", "move", "exit"] = "finish"
    node_map: dict[str, str | None] = Field(
        default_factory=dict,
        max_length=1_000,
        description="With `move`: where the people at a node go, null to leave; else to the node of the same id.",
    )
    waits: Literal["keep", "recompute"] = Field(
        "keep",
        description="With `move`: a wait whose length changed keeps its end, or gets it anew from its beginning.",
    )


class ApprovalRead(Schema):
    """Somebody who agreed to the draft as it is now."""

    approver_id: UUID
    approved_by: str
    at: datetime


class Approvals(Schema):
    """How many others must agree before the draft is published, and who did."""

    needed: int
    approvals: list[ApprovalRead]
    refusal: str | None = Field(description="Why the caller may not approve this draft; null where they may.")


class PeopleAt(Schema):
    """How many people stand at a node now, and the node of the draft that they would go to (null: it is gone)."""

    node_id: str
    title: str
    kind: str | None
    contacts: int
    target: str | None


class InFlight(Schema):
    """Who is inside a journey, node by node."""

    contacts: int
    nodes: list[PeopleAt]


class MoveRead(Schema):
    """People on their way to a newer version; `finished_at` is null while some still are.

    One that is finished and has an error was given up after some attempts.
    """

    id: UUID
    version: int
    node_map: dict[str, str | None]
    waits: str
    moved: int
    exited: int
    error: str | None
    created_at: datetime
    finished_at: datetime | None


class VersionRead(Schema):
    """A published version."""

    id: UUID
    version: int
    hash: str
    published_at: datetime
    published_by: str | None


class VersionDetail(VersionRead):
    """A version with what was published."""

    graph: dict[str, Any]
    settings: dict[str, Any]


class Resume(Schema):
    """What becomes of waits: longer by the pause, by the clock as it was, or ended where overdue."""

    waits: Literal["shift", "keep", "skip_overdue"] = "shift"


class Retried(Schema):
    """How many parked batches, and intakes and moves that were given up, are tried again."""

    batches: int
    intakes: int = 0
    moves: int = 0


class IntakeRead(Schema):
    """Many contacts on their way in. One that is finished and has an error was given up after some attempts."""

    id: UUID
    entered: int
    refused: int
    error: str | None
    attempts: int
    created_at: datetime
    finished_at: datetime | None


class GivenUpIntake(IntakeRead):
    """An intake that waits for a person, and the journey that it leads into."""

    journey_id: UUID
    journey_name: str


class Archived(Schema):
    """How many were inside when the journey was put away."""

    ended: int


class NodeCounts(Schema):
    """What stands at a node: entered = waiting + passed + skipped + failed + exited."""

    entered: int
    waiting: int
    passed: int
    exited: int
    converted: int
    failed: int
    skipped: dict[str, int]


class OpenRun(Schema):
    """A run that carries contacts now."""

    workflow_id: str
    started_at: datetime
    temporal_ui_url: str | None


class ParkedStage(Schema):
    """Batches that do not move, and why."""

    node_id: str
    reason: str
    batches: int
    contacts: int


class JourneyStatus(Schema):
    """Where a journey stands now."""

    state: Literal["draft", "live", "paused", "archived"]
    version: int | None
    counts: JourneyCounts
    nodes: dict[str, NodeCounts]
    runs: list[OpenRun]
    parked: list[ParkedStage]
    temporal_ui_url: str | None


class Enroll(Schema):
    """Whom to let in: contacts, addresses or a segment, with what their trigger knows of them."""

    contact_ids: list[UUID] | None = Field(None, max_length=100_000)
    emails: list[Address] | None = Field(None, max_length=10_000)
    segment_id: UUID | None = None
    payload: dict[str, Any] | None = None
    key: str | None = Field(None, min_length=1, max_length=200)

    @model_validator(mode="after")
    def _names_someone(self) -> "Enroll":
        if not (self.contact_ids or self.emails or self.segment_id):
            raise ValueError("Name contact_ids, emails or a segment_id.")
        return self


class Enrolled(Schema):
    """What came of it; with an `intake_id`, the contacts are taken in batch by batch."""

    entered: int
    refused: int
    intake_id: UUID | None


class EnrollmentRead(Schema):
    """One contact's passage through a journey; `node_id` is where it is while it is active."""

    id: UUID
    journey_id: UUID
    journey_name: str
    version_id: UUID
    version: int
    contact_id: UUID
    contact_email: str | None
    contact_name: str | None
    state: Literal["active", "completed", "exited", "failed"]
    visit: int
    key: str | None
    entered_at: datetime
    ended_at: datetime | None
    end_reason: str | None
    goal_at: datetime | None
    node_id: str | None
    wake_at: datetime | None
    parked: str | None


class TraceStep(Schema):
    """One node passed: when, by which outlet, and why."""

    at: datetime
    node_id: str
    kind: str | None
    title: str
    visit: int
    outlet: str | None
    reason: str | None
    inputs: dict[str, Any] | None
    detail: dict[str, Any] | None


class EnrollmentDetail(EnrollmentRead):
    """An enrollment with its way so far."""

    trace: list[TraceStep]


class NodeKindRead(Schema):
    """A kind of node in the palette."""

    kind: str
    title: str
    group: str
    icon: str
    description: str
    config_schema: dict[str, Any]
    outlets: list[str]


class Example(Schema):
    """A ready journey to start from."""

    slug: str
    name: str
    description: str
    tags: list[str]
    content: str
    graph: dict[str, Any]
