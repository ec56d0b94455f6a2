"""Which enrollments of a window's contacts end, reach their goal, or stop waiting by what the contacts did."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from journeys.enrollments.exits import Ending
from journeys.graph.loading import LoadedPlan, get_plan
from journeys.nodes.ops import AWAITS, Await
from journeys.rules.language import EventRule, Rule
from journeys.rules.sql import SqlParams, compile_sql
from journeys.rules.where import matches_where, properties_of

MERGE = "merge"
"""The type of the event that tells of two contacts made one."""


@dataclass(frozen=True)
class Travellers:
    """The active enrollments of a window's contacts whose journeys care about events, and what the contacts did."""

    workspace_id: UUID
    rows: Sequence[Any]
    plans: dict[UUID, LoadedPlan]
    by_contact: dict[UUID, list[Any]]


@dataclass(frozen=True)
class GoalReached:
    """An enrollment that reached its journey's goal."""

    enrollment_id: UUID
    journey_id: UUID
    version_id: UUID
    exits: bool
    reason: str

    @property
    def ending(self) -> Ending:
        """Return how it ends, where the goal ends the passage."""
        return Ending(self.enrollment_id, self.reason, state="completed", goal=True)


@dataclass(frozen=True)
class Released:
    """An enrollment that need not wait any longer, what says so, and when that was received."""

    enrollment_id: UUID
    batch_id: UUID
    received_at: datetime
    reason: str
    detail: dict[str, Any] | None = None


async def load_travellers(
    session: AsyncSession, workspace_id: UUID, contact_ids: Sequence[UUID], events: Sequence[Any]
) -> Travellers:
    """Return the active enrollments of these contacts, in journeys with waits, exits or goals."""
    result = await session.execute(
        text("""
            SELECT id, contact_id, journey_id, version_id, batch_id, since_at, entered_at, goal_at, payload
            FROM enrollments
            WHERE workspace_id = :workspace_id AND contact_id = ANY(CAST(:ids AS uuid[])) AND state = 'active'
            ORDER BY id
        """),
        {"workspace_id": workspace_id, "ids": list(contact_ids)},
    )
    rows = result.all()
    plans = {version_id: await get_plan(session, version_id) for version_id in {row.version_id for row in rows}}
    by_contact: dict[UUID, list[Any]] = defaultdict(list)
    for event in events:
        by_contact[event.contact_id].append(event)
    merged = {event.contact_id for event in events if event.type == MERGE}
    caring = [row for row in rows if row.contact_id in merged or _cares(plans[row.version_id])]
    return Travellers(workspace_id, caring, plans, by_contact)


def _cares(plan: LoadedPlan) -> bool:
    settings = plan.plan.settings
    return bool(settings.exit_on or settings.goal) or any(
        isinstance(node.op, AWAITS) for node in plan.plan.nodes.values()
    )


def find_merged(travellers: Travellers) -> list[Ending]:
    """Return the younger enrollments of merged contacts in journeys that a contact enters only once at a time."""
    merged = {
        contact_id for contact_id, events in travellers.by_contact.items() if any(e.type == MERGE for e in events)
    }
    oldest: set[tuple[UUID, UUID]] = set()
    endings = []
    for row in sorted(travellers.rows, key=lambda row: row.entered_at):
        many = travellers.plans[row.version_id].plan.settings.re_entry in ("always", "per_key")
        if many or row.contact_id not in merged:
            continue
        if (row.contact_id, row.journey_id) in oldest:
            endings.append(Ending(row.id, "merged: the contact's older enrollment goes on"))
        oldest.add((row.contact_id, row.journey_id))
    return endings


async def find_endings(session: AsyncSession, travellers: Travellers) -> list[Ending]:
    """Return the enrollments whose journey's exit rules hold now."""
    endings = []
    for version_id, rows in _by_version(travellers).items():
        for rule in travellers.plans[version_id].plan.settings.exit_on:
            held = await _holding(session, travellers, rows, rule)
            endings += [Ending(each, f"exit: {_words(rule)}", detail=detail) for each, detail in held.items()]
    return endings


async def find_goals(session: AsyncSession, travellers: Travellers) -> list[GoalReached]:
    """Return the enrollments that reach their journey's goal now, within its window and for the first time."""
    goals = []
    for version_id, rows in _by_version(travellers).items():
        plan = travellers.plans[version_id]
        goal = plan.plan.settings.goal
        if goal is None:
            continue
        rule: Rule = goal.rule if goal.rule is not None else EventRule(event=goal.event or "", where=goal.where)
        window = timedelta(days=goal.window_days)
        open_rows = [row for row in rows if row.goal_at is None]
        held = await _holding(session, travellers, open_rows, rule, window)
        goals += [GoalReached(each, plan.journey_id, version_id, goal.exits, f"goal: {_words(rule)}") for each in held]
    return goals


async def find_releases(
    session: AsyncSession, travellers: Travellers, ended: set[UUID]
) -> dict[tuple[UUID, str], list[Released]]:
    """Return, by version and node, the enrollments whose awaited event has come."""
    names = list({event.name for events in travellers.by_contact.values() for event in events})
    waits = await session.execute(
        text("""
            SELECT w.enrollment_id, w.contact_id, w.version_id, w.node_id, w.event, w.since_at, w.deadline_at,
                   e.batch_id, e.payload
            FROM waits w JOIN enrollments e ON e.id = w.enrollment_id
            WHERE w.contact_id = ANY(CAST(:ids AS uuid[])) AND w.event = ANY(CAST(:names AS text[]))
              AND e.state = 'active' AND w.workspace_id = :workspace_id
            ORDER BY w.enrollment_id
        """),
        {"ids": list(travellers.by_contact), "names": names, "workspace_id": travellers.workspace_id},
    )
    released: dict[tuple[UUID, str], list[Released]] = defaultdict(list)
    for wait in waits:
        event = None if wait.enrollment_id in ended else _fitting(wait, travellers)
        if event is not None:
            released[wait.version_id, wait.node_id].append(
                Released(
                    wait.enrollment_id,
                    wait.batch_id,
                    event.received_at,
                    event.name,
                    {"event_id": str(event.event_id)},
                )
            )
    return released


def _fitting(wait: Any, travellers: Travellers) -> Any | None:
    """Return the first event that a wait is for: of its name, after it began, before its deadline, as `where` says."""
    plan = travellers.plans.get(wait.version_id)
    if plan is None:  # entered since; registering its wait looks back at this event
        return None
    op = plan.plan.nodes[wait.node_id].op
    assert isinstance(op, Await)
    for event in travellers.by_contact[wait.contact_id]:
        in_time = wait.since_at < event.received_at <= wait.deadline_at
        if event.name == wait.event and in_time and matches_where(op.where, properties_of(event), wait.payload):
            return event
    return None


def _by_version(travellers: Travellers) -> dict[UUID, list[Any]]:
    rows: dict[UUID, list[Any]] = defaultdict(list)
    for row in travellers.rows:
        rows[row.version_id].append(row)
    return rows


async def _holding(
    session: AsyncSession, travellers: Travellers, rows: Sequence[Any], rule: Rule, window: timedelta | None = None
) -> dict[UUID, dict[str, Any] | None]:
    """Return those of the enrollments for which a rule holds, with the event that made it so where there is one."""
    if _is_single_event(rule):
        found = ((row, _event_for(rule, row, travellers, window)) for row in rows)
        return {row.id: {"event_id": str(event.event_id)} for row, event in found if event is not None}
    if not rows:
        return {}
    now = await session.scalar(text("SELECT now()"))
    params = SqlParams(travellers.workspace_id, now, enrollment="e")
    sql = compile_sql(rule, params)
    ids = await session.scalars(
        text(f"""
            SELECT e.id FROM enrollments e JOIN contacts c ON c.id = e.contact_id
            WHERE e.id = ANY(CAST(:ids AS uuid[])) AND {sql}
              AND (CAST(:window AS interval) IS NULL OR e.entered_at > now() - CAST(:window AS interval))
        """),
        {"ids": [row.id for row in rows], "window": window, **params.values},
    )
    return dict.fromkeys(ids)


def _is_single_event(rule: Rule) -> bool:
    """Say whether a rule means just that something happened: then only what happened since the entry counts."""
    return (
        isinstance(rule, EventRule)
        and rule.op == "at_least"
        and rule.count == 1
        and rule.within is None
        and rule.sum is None
    )


def _event_for(rule: Rule, row: Any, travellers: Travellers, window: timedelta | None) -> Any | None:
    assert isinstance(rule, EventRule)
    for event in travellers.by_contact.get(row.contact_id, ()):
        in_window = window is None or event.received_at <= row.entered_at + window
        if event.name != rule.event or event.received_at <= min(row.since_at, row.entered_at) or not in_window:
            continue
        if matches_where(rule.where, properties_of(event), row.payload):
            return event
    return None


def _words(rule: Rule) -> str:
    return rule.event if isinstance(rule, EventRule) else type(rule).__name__.removesuffix("Rule").lower()
