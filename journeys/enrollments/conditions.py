"""Waits for a condition: rows that the router looks at again when their contacts are touched, or when time decides."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from journeys import clock
from journeys.enrollments.awaits import CONDITION
from journeys.enrollments.matching import Released, Travellers
from journeys.events.queue import partition_sql
from journeys.graph.loading import get_plan
from journeys.nodes.ops import AwaitCondition
from journeys.rules.language import MessageRule, Rule, SegmentRule, SubscribedRule, lapses, walk
from journeys.rules.sql import SqlParams, compile_sql


async def find_met(
    session: AsyncSession, travellers: Travellers, ended: set[UUID]
) -> dict[tuple[UUID, str], list[Released]]:
    """Return, by version and node, the enrollments whose condition holds now, before their deadline."""
    waits = await session.execute(
        text("""
            SELECT w.enrollment_id, w.contact_id, w.version_id, w.node_id, e.batch_id
            FROM waits w JOIN enrollments e ON e.id = w.enrollment_id
            WHERE w.contact_id = ANY(CAST(:contacts AS uuid[])) AND w.event = :condition
              AND w.enrollment_id = ANY(CAST(:ids AS uuid[])) AND w.deadline_at > now() AND e.state = 'active'
            ORDER BY w.enrollment_id
        """),
        {
            "contacts": list({row.contact_id for row in travellers.rows}),
            "condition": CONDITION,
            "ids": [row.id for row in travellers.rows if row.id not in ended],
        },
    )
    by_node: dict[tuple[UUID, str], list[Any]] = defaultdict(list)
    for wait in waits:
        by_node[wait.version_id, wait.node_id].append(wait)
    released = {}
    for (version_id, node_id), rows in by_node.items():
        plan = travellers.plans.get(version_id)
        op = plan.plan.nodes[node_id].op if plan else None
        if not isinstance(op, AwaitCondition):  # moved to another version since
            continue
        holding = await _holding(session, travellers.workspace_id, op.rule, [row.enrollment_id for row in rows])
        if met := [_released(row, travellers) for row in rows if row.enrollment_id in holding]:
            released[version_id, node_id] = met
    return released


async def _holding(
    session: AsyncSession, workspace_id: UUID, rule: Rule, enrollment_ids: Sequence[UUID]
) -> frozenset[UUID]:
    params = SqlParams(workspace_id, clock.now(), enrollment="e")
    sql = compile_sql(rule, params)
    ids = await session.scalars(
        text(f"""
            SELECT e.id FROM enrollments e JOIN contacts c ON c.id = e.contact_id
            WHERE e.id = ANY(CAST(:ids AS uuid[])) AND {sql}
        """),
        {"ids": list(enrollment_ids), **params.values},
    )
    return frozenset(ids)


def _released(wait: Any, travellers: Travellers) -> Released:
    """Release as of the first thing that the contact did in this window: what they did after that counts for later waits."""
    did = travellers.by_contact.get(wait.contact_id, ())
    since = min((event.received_at for event in did), default=clock.now())
    return Released(wait.enrollment_id, wait.batch_id, since, "the condition holds")


async def queue_met_by_time(session: AsyncSession) -> int:
    """Ask the router to look at contacts for whom a condition came to hold with nothing done; return how many there are.

    Conditions that are waited for, and the exit rules and goals of everyone inside.
    """
    queued = 0
    for workspace_id, version_id, node_id in (await session.execute(_WAITED_FOR, {"condition": CONDITION})).all():
        op = (await get_plan(session, version_id)).plan.nodes[node_id].op
        if not isinstance(op, AwaitCondition):
            continue
        where = "JOIN waits w ON w.enrollment_id = e.id WHERE w.node_id = :node_id AND w.event = :condition"
        where += " AND w.deadline_at > now()"
        scope = {"node_id": node_id, "condition": CONDITION}
        queued += await _queue_holding(session, workspace_id, version_id, op.rule, where, scope)
    for workspace_id, version_id in (await session.execute(_INSIDE)).all():
        settings = (await get_plan(session, version_id)).plan.settings
        for rule in settings.exit_on:
            queued += await _queue_holding(session, workspace_id, version_id, rule, "WHERE TRUE", {})
        if settings.goal and settings.goal.rule:
            where = "WHERE e.goal_at IS NULL AND e.entered_at > now() - CAST(:window AS interval)"
            window = {"window": timedelta(days=settings.goal.window_days)}
            queued += await _queue_holding(session, workspace_id, version_id, settings.goal.rule, where, window)
    return queued


_WAITED_FOR = text("SELECT DISTINCT workspace_id, version_id, node_id FROM waits WHERE event = :condition")
_INSIDE = text("SELECT DISTINCT workspace_id, version_id FROM batches WHERE active")


async def _queue_holding(
    session: AsyncSession, workspace_id: UUID, version_id: UUID, rule: Rule, where: str, scope: Mapping[str, Any]
) -> int:
    """Queue the contacts inside a version, as far as `where` goes, for whom a rule holds; only if none else would."""
    if not _changes_unseen(rule):
        return 0
    params = SqlParams(workspace_id, clock.now(), enrollment="e")
    sql = compile_sql(rule, params)
    rows = await session.scalars(
        text(f"""
            INSERT INTO event_queue (partition, event_id, workspace_id, contact_id, type, name, occurred_at)
            SELECT DISTINCT {partition_sql("c.id")}, gen_random_uuid(), c.workspace_id, c.id, 'profile', '', now()
            FROM enrollments e JOIN contacts c ON c.id = e.contact_id {where}
              AND e.version_id = :version_id AND e.journey_id = :journey_id AND e.state = 'active' AND {sql}
              AND NOT EXISTS (SELECT 1 FROM event_queue q WHERE q.type = 'profile' AND q.contact_id = c.id)
            RETURNING 1
        """),
        {
            "version_id": version_id,
            "journey_id": (await get_plan(session, version_id)).journey_id,
            **scope,
            **params.values,
        },
    )
    return len(rows.all())


def _changes_unseen(rule: Rule) -> bool:
    """Say whether the rule may come to hold without an event: by time, by what becomes of a mail, by a consent."""
    return lapses(rule) or any(isinstance(part, MessageRule | SubscribedRule | SegmentRule) for part in walk(rule))
