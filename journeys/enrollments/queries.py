"""What people ask of a journey and its enrollments: status, lists, one contact's way with the reason of each step."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncSession

from journeys.db.ids import first_id_of
from journeys.enrollments.counts import JOURNEY, read_counts
from journeys.errors import NotFound
from journeys.graph.loading import get_plan


async def get_status(session: AsyncSession, workspace_id: UUID, journey_id: UUID) -> dict[str, Any]:
    """Return a journey's state, its totals, the totals of each node, and its open runs."""
    journey = (
        await session.execute(
            text("""
                SELECT j.id, j.slug, j.state, j.live_version_id, v.number FROM journeys j
                LEFT JOIN journey_versions v ON v.id = j.live_version_id
                WHERE j.id = :id AND j.workspace_id = :workspace_id
            """),
            {"id": journey_id, "workspace_id": workspace_id},
        )
    ).one_or_none()
    if journey is None:
        raise NotFound(f"there is no journey {journey_id}")
    totals = await read_counts(session, workspace_id, journey_id)
    runs = await session.execute(
        text(
            "SELECT workflow_id, started_at FROM runs WHERE journey_id = :id AND ended_at IS NULL ORDER BY id DESC LIMIT 20"
        ),
        {"id": journey_id},
    )
    return {
        "state": journey.state,
        "version": journey.number,
        "slug": journey.slug,
        "counts": _journey_counts(totals.pop(JOURNEY, {})),
        "nodes": {node_id: _node_counts(measures) for node_id, measures in totals.items()},
        "runs": [{"workflow_id": run.workflow_id, "started_at": run.started_at} for run in runs],
        "parked": await _list_parked(session, journey_id),
    }


def _journey_counts(measures: dict[str, dict[str, int]]) -> dict[str, int]:
    sums = {measure: sum(by_reason.values()) for measure, by_reason in measures.items()}
    ended = {state: sums.get(state, 0) for state in ("completed", "exited", "failed")}
    entered = sums.get("entered", 0)
    active = entered - sum(ended.values())
    return {"entered": entered, "active": active, **ended, "converted": sums.get("converted", 0)}


def _node_counts(measures: dict[str, dict[str, int]]) -> dict[str, Any]:
    sums = {measure: sum(by_reason.values()) for measure, by_reason in measures.items()}
    plain = {measure: sums.get(measure, 0) for measure in ("entered", "waiting", "passed", "exited", "converted")}
    return {
        **plain,
        "failed": sums.get("failed", 0),
        "skipped": {reason: n for reason, n in measures.get("skipped", {}).items() if n},
    }


async def count_entries(session: AsyncSession, workspace_id: UUID, days: int) -> dict[UUID, list[int]]:
    """Return how many entered each journey on each of the last days (UTC), the oldest first.

    Ids begin with the time they were made at, so that the primary key finds the days.
    """
    rows = await session.execute(
        text("""
            SELECT journey_id, (now() AT TIME ZONE 'UTC')::date - (entered_at AT TIME ZONE 'UTC')::date, count(*)
            FROM enrollments WHERE workspace_id = :workspace_id AND id >= :first
              AND entered_at >= (date_trunc('day', now() AT TIME ZONE 'UTC') - make_interval(days => :before)) AT TIME ZONE 'UTC'
            GROUP BY 1, 2
        """),
        {
            "workspace_id": workspace_id,
            "first": first_id_of(datetime.now(UTC) - timedelta(days=days)),
            "before": days - 1,
        },
    )
    entries: dict[UUID, list[int]] = {}
    for journey_id, days_ago, n in rows:
        entries.setdefault(journey_id, [0] * days)[days - 1 - days_ago] = n
    return entries


async def count_by_journey(
    session: AsyncSession, workspace_id: UUID, journey_ids: Sequence[UUID]
) -> dict[UUID, dict[str, int]]:
    """Return the totals of several journeys: entered, active, completed, exited, failed, converted."""
    rows = await session.execute(
        text("""
            SELECT journey_id, measure, sum(n)::bigint FROM node_counts
            WHERE workspace_id = :workspace_id AND journey_id = ANY(CAST(:ids AS uuid[])) AND node_id = ''
            GROUP BY journey_id, measure
        """),
        {"workspace_id": workspace_id, "ids": list(journey_ids)},
    )
    measures: dict[UUID, dict[str, dict[str, int]]] = {}
    for journey_id, measure, n in rows:
        measures.setdefault(journey_id, {})[measure] = {"": n}
    return {journey_id: _journey_counts(each) for journey_id, each in measures.items()}


async def _list_parked(session: AsyncSession, journey_id: UUID) -> list[dict[str, Any]]:
    rows = await session.execute(
        text("""
            SELECT node_id, parked AS reason, count(*) AS batches, sum(size)::bigint AS contacts FROM batches
            WHERE journey_id = :id AND active AND parked IS NOT NULL GROUP BY node_id, parked ORDER BY node_id, parked
        """),
        {"id": journey_id},
    )
    return [dict(row._mapping) for row in rows]


_ENROLLMENTS = """
    SELECT e.id, e.journey_id, j.name AS journey_name, e.version_id, v.number AS version, e.contact_id, c.email,
           c.first_name, c.last_name, e.state, e.visit, e.key, e.entered_at, e.ended_at, e.end_reason, e.goal_at,
           CASE WHEN e.state = 'active' THEN b.node_id END AS node_id,
           CASE WHEN e.state = 'active' THEN b.wake_at END AS wake_at,
           CASE WHEN e.state = 'active' THEN b.parked END AS parked
    FROM enrollments e JOIN journeys j ON j.id = e.journey_id JOIN journey_versions v ON v.id = e.version_id
    LEFT JOIN contacts c ON c.id = e.contact_id LEFT JOIN batches b ON b.id = e.batch_id
"""


async def list_enrollments(
    session: AsyncSession,
    workspace_id: UUID,
    *,
    journey_id: UUID | None = None,
    contact_id: UUID | None = None,
    node_id: str | None = None,
    state: str | None = None,
    converted: bool = False,
    before: UUID | None = None,
    limit: int = 50,
) -> Sequence[Row[Any]]:
    """Return enrollments, the newest first, from before an id on."""
    conditions = {
        "e.journey_id = :journey_id": journey_id,
        "e.contact_id = :contact_id": contact_id,
        "b.node_id = :node_id AND e.state = 'active'": node_id,
        "e.state = :state": state,
        "e.goal_at IS NOT NULL": converted or None,
        "e.id < :before": before,
    }
    where = "".join(f" AND {sql}" for sql, value in conditions.items() if value is not None)
    result = await session.execute(
        text(f"{_ENROLLMENTS} WHERE e.workspace_id = :workspace_id{where} ORDER BY e.id DESC LIMIT :limit"),
        {
            "workspace_id": workspace_id,
            "journey_id": journey_id,
            "contact_id": contact_id,
            "node_id": node_id,
            "state": state,
            "before": before,
            "limit": limit,
        },
    )
    return result.all()


async def get_enrollment(session: AsyncSession, workspace_id: UUID, enrollment_id: UUID) -> Row[Any]:
    """Return one enrollment.

    Raises:
        NotFound: there is none in this workspace.
    """
    row = (
        await session.execute(
            text(f"{_ENROLLMENTS} WHERE e.workspace_id = :workspace_id AND e.id = :id"),
            {"workspace_id": workspace_id, "id": enrollment_id},
        )
    ).one_or_none()
    if row is None:
        raise NotFound("there is no such enrollment")
    return row


async def get_trace(session: AsyncSession, enrollment: Row[Any]) -> list[dict[str, Any]]:
    """Return the steps of an enrollment in order, then where it waits now."""
    plan = (await get_plan(session, enrollment.version_id)).plan
    steps = await session.execute(
        text("""
            SELECT s.at, s.node_id, s.visit, s.outlet, s.reason, s.detail, e.payload,
                   m.id AS message_id, m.state AS message_state, m.to_address, m.provider, f.outcome AS effect
            FROM trace s JOIN enrollments e ON e.id = s.enrollment_id
            LEFT JOIN messages m ON m.enrollment_id = s.enrollment_id AND m.node_id = s.node_id AND m.visit = s.visit
            LEFT JOIN effects f ON f.enrollment_id = s.enrollment_id AND f.node_id = s.node_id AND f.visit = s.visit
            WHERE s.enrollment_id = :id ORDER BY s.at
        """),
        {"id": enrollment.id},
    )
    trace = []
    for step in steps:
        node = plan.nodes.get(step.node_id)
        inputs: dict[str, Any] | None = {"event": step.payload} if node and node.is_trigger and step.payload else None
        if step.message_id is not None:
            inputs = {
                "message_id": step.message_id,
                "to": step.to_address,
                "provider": step.provider,
                "state": step.message_state,
            }
        detail = step.detail if step.effect is None else {**(step.detail or {}), "answer": step.effect}
        trace.append(
            {
                "at": step.at,
                "node_id": step.node_id,
                "kind": node.kind if node else None,
                "title": node.title if node else step.node_id,
                "visit": step.visit,
                "outlet": step.outlet,
                "reason": step.reason,
                "inputs": inputs,
                "detail": detail,
            }
        )
    return trace


async def count_inside(session: AsyncSession, workspace_id: UUID, journey_id: UUID) -> dict[str, int]:
    """Return how many contacts stand at each node now."""
    rows = await session.execute(
        text("""
            SELECT b.node_id, count(*) FROM enrollments e JOIN batches b ON b.id = e.batch_id
            WHERE e.journey_id = :id AND e.workspace_id = :workspace_id AND e.state = 'active' GROUP BY b.node_id
        """),
        {"id": journey_id, "workspace_id": workspace_id},
    )
    return dict(rows.all())


async def list_refusals(
    session: AsyncSession, workspace_id: UUID, contact_id: UUID, limit: int = 50
) -> Sequence[Row[Any]]:
    """Return why a contact did not enter journeys, the newest first."""
    result = await session.execute(
        text("""
            SELECT r.at, r.journey_id, j.name AS journey_name, r.reason, r.detail FROM entry_refusals r
            JOIN journeys j ON j.id = r.journey_id
            WHERE r.workspace_id = :workspace_id AND r.contact_id = :contact_id ORDER BY r.seq DESC LIMIT :limit
        """),
        {"workspace_id": workspace_id, "contact_id": contact_id, "limit": limit},
    )
    return result.all()
