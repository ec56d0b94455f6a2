"""The one door into a journey: every contact that enters, from whatever trigger, passes `enter`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from journeys.contracts import RunInput, Token
from journeys.db.ids import new_id, new_ids
from journeys.db.json import to_json
from journeys.enrollments.batches import Group, insert_batches
from journeys.enrollments.concurrency import find_crowd, give_way, refuse_crowded
from journeys.enrollments.counts import JOURNEY, Counts, record_counts
from journeys.enrollments.dispatches import start_run
from journeys.graph.loading import LoadedPlan
from journeys.graph.settings import ReEntryAfter

NO_KEY = "the key that this journey goes by is missing"
"""Why a contact does not enter a journey that is entered once per key."""


@dataclass(frozen=True)
class Candidate:
    """A contact at the door. `cause` is the id of what brought it (an event, a request): a repeat of it never enters twice."""

    contact_id: UUID
    cause: str
    key: str | None = None
    payload: dict[str, Any] | None = None
    received_at: datetime | None = None


@dataclass(frozen=True)
class Party:
    """Many contacts at the door whom one cause brings, with the same key and payload."""

    contact_ids: Sequence[UUID]
    cause: str
    key: str | None = None
    payload: dict[str, Any] | None = None
    received_at: datetime | None = None


@dataclass(frozen=True)
class Entered:
    """Who came in: how many, how many were refused, and the token of their batch (None when nobody did)."""

    n: int
    refused: int
    token: Token | None


async def enter(
    session: AsyncSession, plan: LoadedPlan, trigger_id: str, candidates: Sequence[Candidate] | Party, run_id: UUID
) -> Entered:
    """Enroll those whom the re-entry rule admits, as one batch of a run that the caller starts; log the refusals."""
    door = _Door.of(plan.plan.settings.re_entry)
    queue, left_out = door.line_up(candidates)
    crowd = await find_crowd(session, plan, queue.contact_ids)
    if crowd.kept_out:
        crowded, queue = queue.part(crowd.kept_out)
        left_out += len(crowded.contact_ids)
        await refuse_crowded(session, plan, crowded.rows())
    batch_id = new_id()
    result = await session.execute(
        door.statement,
        {
            "ids": new_ids(len(queue.contact_ids)),
            "contact_ids": queue.contact_ids,
            "nths": queue.nths,
            "causes": to_json([{"nth": nth, **cause} for nth, cause in enumerate(queue.causes)]),
            "journey_id": plan.journey_id,
            "version_id": plan.version_id,
            "workspace_id": plan.workspace_id,
            "trigger_id": trigger_id,
            "batch_id": batch_id,
            "days": door.pause,
            "refusal": door.refusal,
        },
    )
    n, refused = result.one()
    if not n:
        return Entered(0, refused + left_out, None)
    await give_way(session, plan, crowd, batch_id)
    token = await _seat(session, plan, trigger_id, batch_id, n, run_id)
    return Entered(n, refused + left_out, token)


async def _seat(
    session: AsyncSession, plan: LoadedPlan, trigger_id: str, batch_id: UUID, n: int, run_id: UUID
) -> Token | None:
    """Put a new batch at the node behind its trigger; None when there is no such node and the passage ends at once."""
    counts = Counts(plan.workspace_id, plan.journey_id, plan.version_id)
    counts.add(JOURNEY, "entered", n)
    counts.add(trigger_id, "entered", n)
    counts.add(trigger_id, "passed", n)
    target = plan.plan.target(trigger_id, "next")
    if target is None:
        counts.add(JOURNEY, "completed", n)
        await session.execute(
            text("UPDATE enrollments SET state = 'completed', ended_at = now() WHERE batch_id = :id"), {"id": batch_id}
        )
        await record_counts(session, counts)
        return None
    counts.add(target, "entered", n)
    counts.add(target, "waiting", n)
    await record_counts(session, counts)
    return await seat(session, plan, target, batch_id, n, run_id)


async def seat(session: AsyncSession, plan: LoadedPlan, node_id: str, batch_id: UUID, n: int, run_id: UUID) -> Token:
    """Write a fresh batch that is about to run a node, and return its token."""
    group = Group(batch_id, node_id, n, since_at=None)
    await insert_batches(
        session,
        [group],
        workspace_id=plan.workspace_id,
        journey_id=plan.journey_id,
        version_id=plan.version_id,
        run_id=run_id,
    )
    node = plan.plan.nodes[node_id]
    return Token(
        batch_id=batch_id,
        node_id=node_id,
        title=node.title,
        size=n,
        effect=node.is_effect,
        custom=node.is_custom,
    )


async def give_run(
    session: AsyncSession,
    plan: LoadedPlan,
    run_id: UUID,
    tokens: Sequence[Token],
    *,
    contact_id: UUID | None = None,
    bulk: bool = False,
) -> None:
    """Start the run of new batches: write it, and the dispatch that is owed."""
    run = RunInput(
        run_id=run_id,
        workspace_id=plan.workspace_id,
        journey_id=plan.journey_id,
        version_id=plan.version_id,
        journey=plan.journey_name,
        version=plan.number,
        tokens=list(tokens),
    )
    await start_run(session, run, plan.slug, contact_id=contact_id, bulk=bulk)


@dataclass(frozen=True)
class _Door:
    """A re-entry rule as an upsert: its unique key decides, whoever comes at the same time."""

    kind: str
    pause: timedelta
    refusal: str

    @classmethod
    def of(cls, re_entry: str | ReEntryAfter) -> "_Door":
        if isinstance(re_entry, ReEntryAfter):
            days = re_entry.after.days
            return cls("after", timedelta(days=days), f"entered less than {days} days ago")
        refusals = {
            "once": "entered before",
            "per_key": "entered before with this key",
            "always": "this event let the contact in already",
        }
        return cls(re_entry, timedelta(0), refusals[re_entry])

    def line_up(self, candidates: Sequence[Candidate] | Party) -> tuple["_Queue", int]:
        """Return those at the door, the first to come of each contact and key, and how many were left out."""
        if isinstance(candidates, Party):
            ids = list(dict.fromkeys(candidates.contact_ids))
            return _Queue(ids, [0] * len(ids), [self._cause(candidates)]), len(candidates.contact_ids) - len(ids)
        first: dict[tuple[UUID, str], dict[str, Any]] = {}
        for each in candidates:
            cause = self._cause(each)
            first.setdefault((each.contact_id, cause["entry_key"]), cause)
        queue = _Queue([contact_id for contact_id, _ in first], list(range(len(first))), list(first.values()))
        return queue, len(candidates) - len(first)

    def _cause(self, each: Candidate | Party) -> dict[str, Any]:
        unkeyed = self.kind == "per_key" and each.key is None
        key = {"always": each.cause, "per_key": each.cause if unkeyed else each.key or ""}.get(self.kind, "")
        return {
            "entry_key": key,
            "unkeyed": unkeyed,
            "key": each.key,
            "cause": each.cause,
            "payload": each.payload,
            "received_at": each.received_at,
        }

    @property
    def statement(self) -> Any:
        """Return the statement that admits; `after` lets a contact in again once its pause is over."""
        return _ENTER_AFTER if self.kind == "after" else _ENTER_ONCE


@dataclass(frozen=True)
class _Queue:
    """Contacts at the door, and of each the number of what brought it: thousands may come for one reason."""

    contact_ids: list[UUID]
    nths: list[int]
    causes: list[dict[str, Any]]

    def part(self, contact_ids: set[UUID]) -> tuple["_Queue", "_Queue"]:
        """Return the queue of these contacts, and that of the others."""
        places = list(zip(self.contact_ids, self.nths, strict=True))
        chosen = [place for place in places if place[0] in contact_ids]
        others = [place for place in places if place[0] not in contact_ids]
        one, other = (_Queue([p[0] for p in part], [p[1] for p in part], self.causes) for part in (chosen, others))
        return one, other

    def rows(self) -> list[dict[str, Any]]:
        """Return a row for each."""
        places = zip(self.contact_ids, self.nths, strict=True)
        return [{"contact_id": contact_id, **self.causes[nth]} for contact_id, nth in places]


def _enter_sql(on_conflict: str) -> str:
    # IN is hashed; a join of the two would compare every row with every other, for the planner expects few.
    return f"""
    WITH x AS MATERIALIZED (
        SELECT q.enrollment_id, q.contact_id, w.*, c.id IS NOT NULL AND NOT w.unkeyed AS known
        FROM unnest(CAST(:ids AS uuid[]), CAST(:contact_ids AS uuid[]), CAST(:nths AS int[]))
             AS q(enrollment_id, contact_id, nth)
        JOIN jsonb_to_recordset(CAST(:causes AS jsonb)) AS w(nth int, entry_key text, unkeyed bool, key text,
             cause text, payload jsonb, received_at timestamptz) ON w.nth = q.nth
        LEFT JOIN contacts c ON c.id = q.contact_id AND c.workspace_id = :workspace_id AND c.erased_at IS NULL),
    won AS (
        INSERT INTO entries AS n (journey_id, contact_id, key, workspace_id)
        SELECT :journey_id, contact_id, entry_key, :workspace_id FROM x WHERE known ORDER BY contact_id, entry_key
        ON CONFLICT (journey_id, contact_id, key) {on_conflict}
        RETURNING contact_id, key),
    enrolled AS (
        INSERT INTO enrollments (id, workspace_id, journey_id, version_id, contact_id, batch_id, key, entry_node_id,
                                 payload, cause, since_at)
        SELECT x.enrollment_id, :workspace_id, :journey_id, :version_id, x.contact_id, :batch_id, x.key, :trigger_id,
               x.payload, x.cause, coalesce(x.received_at, now())
        FROM x WHERE (x.contact_id, x.entry_key) IN (SELECT contact_id, key FROM won) RETURNING id),
    refused AS (
        INSERT INTO entry_refusals (workspace_id, journey_id, contact_id, reason, detail)
        SELECT :workspace_id, :journey_id, x.contact_id,
               CASE WHEN x.known THEN CAST(:refusal AS text) WHEN x.unkeyed THEN '{NO_KEY}' ELSE 'no such contact' END,
               jsonb_build_object('cause', x.cause, 'key', x.key)
        FROM x WHERE (x.contact_id, x.entry_key) NOT IN (SELECT contact_id, key FROM won) RETURNING 1)
    SELECT (SELECT count(*) FROM enrolled), (SELECT count(*) FROM refused)
    """


_ENTER_ONCE = text(_enter_sql("DO NOTHING"))
_ENTER_AFTER = text(
    _enter_sql("DO UPDATE SET last_entered_at = now() WHERE n.last_entered_at <= now() - CAST(:days AS interval)")
)
