"""Let contacts in by the clock: schedules over a segment, and dates of the contacts' own.

A row in `firings`, unique for journey, trigger and moment, is written in the transaction that owes the intake. So each
moment comes once, however many processes look, and one that was missed while nothing ran comes late.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID
from zoneinfo import available_timezones

from sqlalchemy import text
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncSession

from journeys.contacts.models import STANDARD_ATTRIBUTES
from journeys.enrollments.due import Places, dates_of, due_between, latest_due
from journeys.enrollments.intake import create_intake
from journeys.graph.loading import LoadedPlan, get_plan
from journeys.nodes.ops import OwnDate, Trigger

CATCH_UP = timedelta(days=7)
"""How long after its day a date still lets its contacts in, when nothing ran on the day itself."""

FIRED, PAUSED, NOBODY = "fired", "paused", "nobody"
KEPT = timedelta(days=30)


async def list_clocked(session: AsyncSession) -> list[Row[Any]]:
    """Return the live version of each journey that is live or paused, with its workspace's zone and the clock."""
    rows = await session.execute(_JOURNEYS)
    return [row for row in rows.all() if await _has_clock(session, row.version_id)]


_JOURNEYS = text("""
    SELECT j.id AS journey_id, j.workspace_id, j.state, j.live_version_id AS version_id, v.created_at AS published_at,
           w.time_zone, now() AS now
    FROM journeys j JOIN journey_versions v ON v.id = j.live_version_id JOIN workspaces w ON w.id = j.workspace_id
    WHERE j.state IN ('live', 'paused') ORDER BY j.id
""")

_clocked: dict[UUID, bool] = {}
"""Which versions have a schedule or a date trigger; a version never changes."""


async def _has_clock(session: AsyncSession, version_id: UUID) -> bool:
    if version_id not in _clocked:
        plan = (await get_plan(session, version_id)).plan
        ops = [plan.nodes[trigger_id].op for trigger_id in plan.triggers]
        _clocked[version_id] = any(isinstance(op, Trigger) and op.source in ("schedule", "date") for op in ops)
    return _clocked[version_id]


async def fire_journey(session: AsyncSession, row: Row[Any], after: datetime | None = None) -> int:
    """Fire what is due of one journey; return how many intakes that owes.

    `after`: dates up to then have been looked at by this process already.
    """
    plan = await get_plan(session, row.version_id)
    owed = 0
    for trigger_id in plan.plan.triggers:
        op = plan.plan.nodes[trigger_id].op
        if isinstance(op, Trigger) and op.recurrence is not None:
            owed += await _fire_schedule(session, row, plan, trigger_id, op)
        elif isinstance(op, Trigger) and op.own_date is not None:
            owed += await _fire_dates(session, row, plan, trigger_id, op.own_date, after)
    return owed


async def _fire_schedule(session: AsyncSession, row: Row[Any], plan: LoadedPlan, trigger_id: str, op: Trigger) -> int:
    assert op.recurrence is not None
    last = await session.scalar(_LAST, {"journey_id": row.journey_id, "node_id": trigger_id})
    after = max(last, row.published_at) if last else row.published_at
    zone = plan.plan.settings.time_zone or row.time_zone
    due = latest_due(op.recurrence, zone, after, row.now)
    if due is None or not await _claim(session, row, trigger_id, due):
        return 0
    if row.state == PAUSED:
        await _note(session, row, trigger_id, due, PAUSED, None)
        return 0
    cause = f"schedule:{trigger_id}:{due:%Y-%m-%dT%H:%M}"
    intake_id = await create_intake(session, plan, trigger_id, segment_id=op.segment_id, cause=cause)
    await _note(session, row, trigger_id, due, FIRED, intake_id)
    return 1


async def _fire_dates(
    session: AsyncSession, row: Row[Any], plan: LoadedPlan, trigger_id: str, own: OwnDate, after: datetime | None
) -> int:
    since = max(filter(None, (row.published_at, row.now - CATCH_UP, after)))
    zones = _zones() if own.time_zone == "contact" else (own.time_zone,)
    moments = due_between(own, zones, since, row.now)
    known = {"journey_id": row.journey_id, "node_id": trigger_id, "since": since}
    done = set(await session.scalars(_DONE, known)) if moments else set()
    owed = 0
    for due, places in moments.items():
        if due in done or not await _claim(session, row, trigger_id, due):
            continue
        outcome, intake_id = PAUSED, None
        if row.state != PAUSED:
            ids = await _find_contacts(session, row, own, places)
            outcome = FIRED if ids else NOBODY
            cause = f"date:{trigger_id}:{due:%Y-%m-%dT%H:%M}"
            intake_id = await create_intake(session, plan, trigger_id, contact_ids=ids, cause=cause) if ids else None
            owed += bool(ids)
        await _note(session, row, trigger_id, due, outcome, intake_id)
    return owed


@lru_cache(maxsize=1)
def _zones() -> tuple[str, ...]:
    return tuple(sorted(available_timezones()))


async def _find_contacts(session: AsyncSession, row: Row[Any], own: OwnDate, places: Places) -> Sequence[UUID]:
    """Return whose date it is, in id order: by the date as it is written, in the zones where its hour has come."""
    written = _written(own.attribute)
    conditions: list[str] = []
    params: dict[str, Any] = {}
    for index, (day, zones) in enumerate(places.items()):
        params |= {f"zones{index}": zones, f"dates{index}": dates_of(own, day), f"day{index}": day.isoformat()}
        fits = f"substr(d.day, 6) = ANY(CAST(:dates{index} AS text[])) AND d.day <= :day{index}"
        if not own.yearly:
            fits = f"d.day = ANY(CAST(:dates{index} AS text[]))"
        place = f"d.zone = ANY(CAST(:zones{index} AS text[]))" if own.time_zone == "contact" else "TRUE"
        conditions.append(f"({place} AND {fits})")
    ids = await session.scalars(
        text(f"""
            SELECT d.id FROM (
                SELECT c.id, left({written}, 10) AS day,
                       CASE WHEN c.time_zone = ANY(CAST(:known AS text[])) THEN c.time_zone ELSE :fallback END AS zone
                FROM contacts c WHERE c.workspace_id = :workspace_id AND c.erased_at IS NULL AND {written} IS NOT NULL) d
            WHERE d.day ~ '^[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}$' AND ({" OR ".join(conditions)})
            ORDER BY d.id
        """),
        {
            **params,
            "attribute": own.attribute,
            "workspace_id": row.workspace_id,
            "known": list(_zones()),
            "fallback": row.time_zone,
        },
    )
    return ids.all()


def _written(attribute: str) -> str:
    if attribute == "created_at":
        return "to_char(c.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD')"
    return f"c.{attribute}" if attribute in STANDARD_ATTRIBUTES else "(c.attributes ->> CAST(:attribute AS text))"


async def _claim(session: AsyncSession, row: Row[Any], trigger_id: str, due: datetime) -> bool:
    """Take a moment; whoever writes its row first has it."""
    won = await session.scalar(
        text("""
            INSERT INTO firings (journey_id, node_id, due_at, workspace_id, outcome)
            VALUES (:journey_id, :node_id, :due_at, :workspace_id, :outcome) ON CONFLICT DO NOTHING RETURNING 1
        """),
        {
            "journey_id": row.journey_id,
            "node_id": trigger_id,
            "due_at": due,
            "workspace_id": row.workspace_id,
            "outcome": NOBODY,
        },
    )
    return won is not None


async def _note(
    session: AsyncSession, row: Row[Any], trigger_id: str, due: datetime, outcome: str, intake_id: UUID | None
) -> None:
    """Write down what came of a moment."""
    await session.execute(
        text("""
            UPDATE firings SET outcome = :outcome, intake_id = :intake_id
            WHERE journey_id = :journey_id AND node_id = :node_id AND due_at = :due_at
        """),
        {
            "journey_id": row.journey_id,
            "node_id": trigger_id,
            "due_at": due,
            "outcome": outcome,
            "intake_id": intake_id,
        },
    )


async def forget_firings(session: AsyncSession) -> None:
    """Drop old firings, but for the last of each trigger, which says from when on to look."""
    await session.execute(
        text("""
            DELETE FROM firings f WHERE f.due_at < now() - CAST(:kept AS interval) AND EXISTS (
                SELECT 1 FROM firings l WHERE l.journey_id = f.journey_id AND l.node_id = f.node_id AND l.due_at > f.due_at)
        """),
        {"kept": KEPT},
    )


_LAST = text("SELECT max(due_at) FROM firings WHERE journey_id = :journey_id AND node_id = :node_id")
_DONE = text("SELECT due_at FROM firings WHERE journey_id = :journey_id AND node_id = :node_id AND due_at > :since")
