"""Route one window of events: what each contact did moves them in, on and out of journeys, in one transaction.

For all contacts of the window at once: roll-ups, segments, entries, exits and goals, waits. What goes on from there is
new batches, one run per journey version, and the dispatches that start them.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from journeys.contracts import Token
from journeys.db.ids import new_id
from journeys.db.json import to_json
from journeys.db.patience import FIRST_DELAY, LAST_ATTEMPT
from journeys.enrollments.conditions import find_met
from journeys.enrollments.doors import knock_by_attribute
from journeys.enrollments.entry import Candidate, enter, give_run
from journeys.enrollments.exits import drop_empty, lock_batches
from journeys.enrollments.leaving import settle
from journeys.enrollments.matching import Travellers, find_releases, load_travellers
from journeys.enrollments.releases import release
from journeys.events.dead import bury
from journeys.events.stats import update_stats
from journeys.graph.loading import LoadedPlan, list_live_plans
from journeys.nodes.ops import Trigger
from journeys.rules.where import matches_where, properties_of
from journeys.scoring.scores import refresh_scores
from journeys.segments.membership import Change, refresh_contacts

BATCH = 5_000
"""The most enrollments of one batch."""

LONGEST_KEY = 500

PROFILE = "profile"
"""The type of a queue row that says only that a contact changed; it is no event."""


@dataclass(frozen=True)
class Lease:
    """Which partitions a router holds, by its own id and their fences."""

    owner: UUID
    fences: dict[int, int]


@dataclass
class Routed:
    """What a window did: how many queue rows it took, whom it moved, and which journeys changed, by workspace."""

    taken: int = 0
    moved: int = 0
    """How many contacts it gave to runs of their own."""
    journeys: dict[UUID, set[UUID]] = field(default_factory=lambda: defaultdict(set))
    contacts: dict[UUID, set[UUID]] = field(default_factory=lambda: defaultdict(set))


class LeaseLost(Exception):
    """Another router holds a partition now; nothing of this window may be written."""


_FENCE = text("""
    SELECT count(*) FROM router_leases l JOIN jsonb_to_recordset(CAST(:held AS jsonb)) AS x(partition int, fence bigint)
      ON x.partition = l.partition AND x.fence = l.fence
    WHERE l.owner = :owner AND l.expires_at > clock_timestamp()
""")

_DUE = """
    SELECT seq FROM event_queue WHERE partition = ANY(CAST(:partitions AS smallint[]))
      AND (not_before IS NULL OR not_before <= now())"""
# Rows of type `profile` ask for another look at a contact; an import or a new segment leaves them by the hundred thousand.
# They fill what events leave of a window, and get a quarter of it even when events leave nothing.
_TAKE = text(f"""
    WITH events AS MATERIALIZED ({_DUE} AND type <> 'profile' ORDER BY seq LIMIT :size),
    looks AS MATERIALIZED (
        {_DUE} AND type = 'profile' ORDER BY seq LIMIT greatest(:size / 4, :size - (SELECT count(*) FROM events))),
    due AS (SELECT seq FROM events UNION ALL SELECT seq FROM looks)
    DELETE FROM event_queue q USING due WHERE q.seq = due.seq
    RETURNING q.seq, q.event_id, q.workspace_id, q.contact_id, q.type, q.name, q.occurred_at, q.received_at, q.value,
              q.message_id, q.journey_id, q.node_id, q.properties
""")


async def route_window(session: AsyncSession, lease: Lease, size: int) -> Routed:
    """Take and route the next events of the partitions held; all of it is written, or nothing.

    Raises:
        LeaseLost: the lease ran out or went to another router.
    """
    await check_lease(session, lease)
    rows = (await session.execute(_TAKE, {"partitions": list(lease.fences), "size": size})).all()
    routed = Routed(len(rows))
    by_workspace: dict[UUID, list[Any]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: row.seq):
        by_workspace[row.workspace_id].append(row)
    for workspace_id, window in by_workspace.items():
        await _Window(session, workspace_id, window, routed).route()
    return routed


async def check_lease(session: AsyncSession, lease: Lease) -> None:
    """Make sure that this router still holds its partitions, in the transaction that relies on it."""
    held = [{"partition": partition, "fence": fence} for partition, fence in lease.fences.items()]
    n = await session.scalar(_FENCE, {"held": to_json(held), "owner": lease.owner})
    if n != len(lease.fences):
        raise LeaseLost


class _Window:
    """The events of one workspace in one window."""

    def __init__(self, session: AsyncSession, workspace_id: UUID, rows: Sequence[Any], routed: Routed) -> None:
        self.session, self.workspace_id, self.routed = session, workspace_id, routed
        self.rows = rows
        self.events = [row for row in rows if row.type != PROFILE]
        self.contact_ids = list(dict.fromkeys(row.contact_id for row in rows))
        self.tokens: dict[UUID, list[Token]] = defaultdict(list)
        self.plans: dict[UUID, LoadedPlan] = {}
        self.run_ids: dict[UUID, UUID] = defaultdict(new_id)

    async def route(self) -> None:
        """Do everything, in the order in which it may depend on what came before."""
        await update_stats(self.session, self.events)
        await self._enter()
        travellers = await load_travellers(self.session, self.workspace_id, self.contact_ids, self.events)
        if travellers.rows:
            locked = await lock_batches(self.session, [row.id for row in travellers.rows])
            await self._move(travellers, locked)
        for version_id, tokens in self.tokens.items():
            await self._give_run(self.plans[version_id], tokens)
            self.routed.moved += sum(token.size for token in tokens)
        self.routed.contacts[self.workspace_id].update(self.contact_ids)

    async def _enter(self) -> None:
        """Let in whoever an event or a segment brings to a live journey."""
        live = await list_live_plans(self.session, self.workspace_id)
        at_the_door: dict[tuple[UUID, str], list[Candidate]] = defaultdict(list)
        self.plans |= {plan.version_id: plan for plan in live}
        self._knock_by_event(live, at_the_door)
        for plan, trigger_id, each in await knock_by_attribute(self.session, _triggers(live, "attribute"), self.rows):
            at_the_door[plan.version_id, trigger_id].append(each)
        await self._knock_by_segment(live, at_the_door)
        for (version_id, trigger_id), candidates in at_the_door.items():
            plan = self.plans[version_id]
            entered = await enter(self.session, plan, trigger_id, candidates, self.run_ids[version_id])
            if entered.n:
                self.routed.journeys[self.workspace_id].add(plan.journey_id)
            if entered.token:
                self.tokens[version_id].append(entered.token)

    def _knock_by_event(self, live: Sequence[LoadedPlan], at_the_door: dict[tuple[UUID, str], list[Candidate]]) -> None:
        triggers: dict[str, list[tuple[LoadedPlan, str, Trigger]]] = defaultdict(list)
        for plan, trigger_id, op in _triggers(live, "event"):
            triggers[op.event or ""].append((plan, trigger_id, op))
        for event in self.events:
            for plan, trigger_id, op in triggers.get(event.name, ()):
                properties = event.properties or {}
                if not matches_where(op.where, properties_of(event)):
                    continue
                key = _key_of(properties.get(op.key)) if op.key else None
                at_the_door[plan.version_id, trigger_id].append(
                    Candidate(
                        event.contact_id,
                        f"event:{event.event_id}",
                        key,
                        properties,
                        event.received_at,
                    )
                )

    async def _knock_by_segment(
        self, live: Sequence[LoadedPlan], at_the_door: dict[tuple[UUID, str], list[Candidate]]
    ) -> None:
        await refresh_scores(self.session, self.workspace_id, self.contact_ids)
        changes = await refresh_contacts(self.session, self.workspace_id, self.contact_ids)
        if not changes:
            return
        last = {row.contact_id: row for row in self.rows}
        for plan, trigger_id, op in _triggers(live, "segment"):
            for change in changes:
                if change.segment_id == op.segment_id and change.entered == (op.on == "entered"):
                    row = last[change.contact_id]
                    cause = f"segment:{change.segment_id}:{row.event_id}"
                    at_the_door[plan.version_id, trigger_id].append(
                        Candidate(change.contact_id, cause, received_at=row.received_at)
                    )

    async def _move(self, travellers: Travellers, locked: Sequence[UUID]) -> None:
        """Exit, credit and release the contacts who are inside, whatever their batches wait for."""
        settled = await settle(self.session, travellers)
        releases = await find_releases(self.session, travellers, settled.ended)
        releases |= await find_met(self.session, travellers, settled.ended)
        emptied: set[UUID] = set()
        for (version_id, node_id), moved in releases.items():
            plan = travellers.plans[version_id]
            self.plans[version_id] = plan
            done = await release(self.session, plan, node_id, moved, locked, self.run_ids[version_id])
            emptied |= done.left
            if done.token:
                self.tokens[version_id].append(done.token)
        await drop_empty(self.session, self.workspace_id, list(emptied))
        changed = {travellers.plans[version_id].journey_id for version_id, _ in releases}
        self.routed.journeys[self.workspace_id] |= settled.journeys | changed

    async def _give_run(self, plan: LoadedPlan, tokens: list[Token]) -> None:
        single = self.contact_ids[0] if len(self.contact_ids) == 1 and sum(t.size for t in tokens) == 1 else None
        await give_run(self.session, plan, self.run_ids[plan.version_id], tokens, contact_id=single)


async def admit_changes(session: AsyncSession, workspace_id: UUID, changes: Sequence[Change], cause: str) -> int:
    """Let in whom a change of segments by time alone brings to live journeys; return how many entered."""
    entered_in_all = 0
    for plan, trigger_id, op in _triggers(await list_live_plans(session, workspace_id), "segment"):
        wanted = [
            Candidate(change.contact_id, f"segment:{change.segment_id}:{cause}")
            for change in changes
            if change.segment_id == op.segment_id and change.entered == (op.on == "entered")
        ]
        for start in range(0, len(wanted), BATCH):
            run_id = new_id()
            entered = await enter(session, plan, trigger_id, wanted[start : start + BATCH], run_id)
            entered_in_all += entered.n
            if entered.token:
                await give_run(session, plan, run_id, [entered.token], bulk=True)
    return entered_in_all


def _key_of(value: object) -> str | None:
    """Return a property as the key of an entry; a long one by its hash, for an index holds no more."""
    if value is None:
        return None
    key = str(value)
    return key if len(key.encode()) <= LONGEST_KEY else "sha256:" + sha256(key.encode()).hexdigest()


def _triggers(live: Sequence[LoadedPlan], source: str) -> list[tuple[LoadedPlan, str, Trigger]]:
    found = []
    for plan in live:
        for trigger_id in plan.plan.triggers:
            op = plan.plan.nodes[trigger_id].op
            if isinstance(op, Trigger) and op.source == source:
                found.append((plan, trigger_id, op))
    return found


@dataclass(frozen=True)
class PutOff:
    """An event that could not be routed; `dead` when this was the last attempt."""

    event_id: UUID
    dead: bool


async def put_off_first(session: AsyncSession, lease: Lease, error: str) -> PutOff | None:
    """Put off the first event of the partitions held, which cannot be routed now, so that the others go on."""
    row = (
        await session.execute(
            text(f"""
                UPDATE event_queue SET attempts = attempts + 1, not_before = now() + :delay * (1 << attempts)
                WHERE seq = coalesce(
                    ({_DUE} AND type <> 'profile' ORDER BY seq LIMIT 1), ({_DUE} AND type = 'profile' ORDER BY seq LIMIT 1))
                RETURNING seq, event_id, attempts
            """),
            {"partitions": list(lease.fences), "delay": FIRST_DELAY},
        )
    ).one_or_none()
    if row is None:
        return None
    if row.attempts >= LAST_ATTEMPT:
        await bury(session, row.seq, error)
    return PutOff(row.event_id, row.attempts >= LAST_ATTEMPT)
