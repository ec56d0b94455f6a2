"""What crosses processes: workflow ids, queues, payloads, search attributes. Both the API and the workflows speak this."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field

RUN_QUEUE = "sojourn-runs"
"""Runs and the stages that only touch Postgres."""

EFFECT_QUEUE = "sojourn-effects"
"""Stages that call the outside; kept apart so that a slow provider delays no run."""

BULK_QUEUE = "sojourn-bulk"
"""Stages of broadcasts: of runs that carry a segment or a list; kept apart so that they delay nobody whom an event let in."""

SMALL_BATCH = 50
"""Up to how many contacts a stage that calls nothing outside is run within the workflow task."""

ACTIVITY_QUEUE = "sojourn-activities"
"""Stages that run custom activities; kept apart so that a slow or broken one delays no mail."""

SEARCH_ATTRIBUTES = {
    "SojournWorkspace": "Keyword",
    "SojournJourney": "Keyword",
    "SojournVersion": "Int",
    "SojournContact": "Keyword",
    "SojournState": "Keyword",
}
"""Custom search attributes, by name and type, that a Temporal namespace must know."""

MAX_TOKENS = 1_000
"""About how many tokens a run carries; what splits into more goes on in a run of its own."""

RUN_STAGE = "run_stage"
NUDGE = "nudge"
TOKENS = "tokens"


class Token(BaseModel):
    """A marker in a run: which batch is at which node, and when to go on. `hop` says how many stages it has done."""

    batch_id: UUID
    node_id: str
    title: str
    size: int
    hop: int = 0
    effect: bool = False
    custom: bool = False
    wake_at: datetime | None = None
    parked: str | None = None


class RunInput(BaseModel):
    """What a run is started with and carries over continue-as-new; fields are only ever added, with defaults."""

    run_id: UUID
    workspace_id: UUID
    journey_id: UUID
    version_id: UUID
    journey: str
    version: int
    tokens: list[Token]
    stages_done: int = 0
    bulk: bool = False
    """Whether it carries a broadcast, which gives way to what events set off."""


class StageOrder(BaseModel):
    """Ask for one stage: carry this token's batch from its node to the next wait or effect."""

    run_id: UUID
    workspace_id: UUID
    journey_id: UUID
    version_id: UUID
    token: Token
    room: int = MAX_TOKENS
    """How many batches the run can take on besides this one."""
    bulk: bool = False


class StageResult(BaseModel):
    """The tokens that follow from a stage; none when the batch has ended."""

    tokens: list[Token] = Field(default_factory=list)


class Nudge(BaseModel):
    """Batches that are empty now, or parked tokens to try again; the run forgets or retries them."""

    empty: list[UUID] = Field(default_factory=list)
    retry: list[UUID] = Field(default_factory=list)


DispatchKind = Literal["start_run", "nudge_run"]


def workflow_id(slug: str, version: int, run_id: UUID) -> str:
    """Return the workflow id of a run; it tells journey, version and run."""
    return f"{slug}/v{version}/{run_id}"


def run_id_of(workflow_id: str) -> UUID | None:
    """Return the run of a workflow id, None for one that somebody else gave."""
    try:
        return UUID(workflow_id.rpartition("/")[2])
    except ValueError:
        return None
