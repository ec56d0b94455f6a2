"""Keep scores: what rules give, as contacts are touched or a model changes, and what journeys give by hand."""

from collections.abc import Sequence
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncSession

from journeys import clock
from journeys.events.queue import partition_sql
from journeys.rules.sql import SqlParams
from journeys.rules.tally import Tally
from journeys.scoring.language import parse_points, points_sql

Given = Literal["add", "set"]


async def refresh_scores(
    session: AsyncSession, workspace_id: UUID, contact_ids: Sequence[UUID], model: str | None = None
) -> int:
    """Bring what rules give some contacts up to date, in one model or all; return how many scores changed."""
    models = (await session.execute(_MODELS, {"workspace_id": workspace_id, "model": model})).all()
    if not models or not contact_ids:
        return 0
    tally = Tally()
    params = SqlParams(workspace_id, clock.now(), tally=tally)
    points = _points(models, params)
    source = f"""
        (SELECT * FROM contacts WHERE workspace_id = :workspace_id AND id = ANY(CAST(:ids AS uuid[])) OFFSET 0) c
        {tally.joins("CAST(:workspace_id AS uuid)", "CAST(:ids AS uuid[])")}"""
    values = {**params.values, "workspace_id": workspace_id, "ids": list(contact_ids), "reason": "rules"}
    changed = await session.scalar(text(_write(source, points) + "SELECT count(*) FROM written"), values)
    return int(changed or 0)


async def rescore(session: AsyncSession, workspace_id: UUID, model: str, reason: str) -> int:
    """Work out the scores of every contact in one model; the router looks at the segments of those that changed."""
    models = (await session.execute(_MODELS, {"workspace_id": workspace_id, "model": model})).all()
    if not models:
        return 0
    params = SqlParams(workspace_id, clock.now(), whole=True)
    points = _points(models, params)
    source = "(SELECT * FROM contacts WHERE workspace_id = :workspace_id AND erased_at IS NULL) c"
    requeue = f", queued AS ({_QUEUE} FROM written RETURNING 1) SELECT count(*) FROM queued"
    values = {**params.values, "workspace_id": workspace_id, "reason": reason}
    return int(await session.scalar(text(_write(source, points) + requeue), values) or 0)


async def forget_scores(session: AsyncSession, workspace_id: UUID, model: str, reason: str) -> None:
    """Take away every contact's score in a model."""
    await session.execute(
        text("""
            WITH gone AS (DELETE FROM scores WHERE workspace_id = :workspace_id AND model = :model RETURNING *)
            INSERT INTO score_changes (workspace_id, contact_id, model, before, after, reason)
            SELECT workspace_id, contact_id, model, value, 0, :reason FROM gone ORDER BY contact_id
        """),
        {"workspace_id": workspace_id, "model": model, "reason": reason},
    )


def _points(models: Sequence[Row[Any]], params: SqlParams) -> str:
    """Return rows of model and points for contact `c`, as a VALUES list."""
    return ", ".join(
        f"({params.bind(model.slug, 'text')}, {points_sql(parse_points(model.rules), params)})" for model in models
    )


def _write(source: str, points: str) -> str:
    """Return CTEs that write the scores that differ, and their history; what journeys gave at the same time stays."""
    return f"""
        WITH fresh AS MATERIALIZED (
            SELECT c.id AS contact_id, m.model, m.points
            FROM {source} CROSS JOIN LATERAL (VALUES {points}) AS m(model, points)),
        due AS (
            SELECT f.*, coalesce(s.given, 0) AS given, coalesce(s.value, 0) AS before
            FROM fresh f LEFT JOIN scores s ON s.contact_id = f.contact_id AND s.model = f.model
            WHERE f.points + coalesce(s.given, 0) <> coalesce(s.value, 0)),
        written AS (
            INSERT INTO scores AS s (contact_id, model, workspace_id, value, given)
            SELECT contact_id, model, :workspace_id, points + given, given FROM due ORDER BY contact_id, model
            ON CONFLICT (contact_id, model) DO UPDATE
                SET value = excluded.value - excluded.given + s.given, updated_at = now()
            RETURNING s.contact_id, s.model, s.value),
        noted AS (
            INSERT INTO score_changes (workspace_id, contact_id, model, before, after, reason)
            SELECT :workspace_id, w.contact_id, w.model, d.before, w.value, :reason
            FROM written w JOIN due d ON d.contact_id = w.contact_id AND d.model = w.model ORDER BY w.contact_id)
    """


async def give(session: AsyncSession, batch_id: UUID, model: str, how: Given, points: float, reason: str) -> None:
    """Give every contact of a batch points, or a score that rules then go on from; the router looks at segments."""
    await session.execute(
        text(_GIVE.format(value=_VALUES[how], given=_GIVENS[how])),
        {"batch_id": batch_id, "model": model, "points": str(points), "reason": reason},
    )


_VALUES = {"add": "s.value + excluded.value", "set": "excluded.value"}
_GIVENS = {"add": "s.given + excluded.given", "set": "excluded.value - (s.value - s.given)"}

_QUEUE = f"""
    INSERT INTO event_queue (partition, event_id, workspace_id, contact_id, type, name, occurred_at)
    SELECT {partition_sql("contact_id")}, gen_random_uuid(), :workspace_id, contact_id, 'profile', '', now()
"""

_GIVE = f"""
    WITH due AS MATERIALIZED (
        SELECT DISTINCT e.contact_id, e.workspace_id, coalesce(s.value, 0) AS before
        FROM enrollments e LEFT JOIN scores s ON s.contact_id = e.contact_id AND s.model = :model
        WHERE e.batch_id = :batch_id AND e.state = 'active'),
    written AS (
        INSERT INTO scores AS s (contact_id, model, workspace_id, value, given)
        SELECT contact_id, :model, workspace_id, CAST(:points AS numeric), CAST(:points AS numeric)
        FROM due ORDER BY contact_id
        ON CONFLICT (contact_id, model) DO UPDATE SET value = {{value}}, given = {{given}}, updated_at = now()
        RETURNING s.contact_id, s.workspace_id, s.value),
    noted AS (
        INSERT INTO score_changes (workspace_id, contact_id, model, before, after, reason)
        SELECT w.workspace_id, w.contact_id, :model, d.before, w.value, :reason
        FROM written w JOIN due d ON d.contact_id = w.contact_id ORDER BY w.contact_id)
    {_QUEUE.replace(":workspace_id", "workspace_id")} FROM written
"""

_MODELS = text("""
    SELECT slug, rules FROM scoring_models
    WHERE workspace_id = :workspace_id AND (CAST(:model AS text) IS NULL OR slug = :model) ORDER BY slug
""")
