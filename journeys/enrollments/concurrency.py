"""In how many journeys a contact may be at a time: where that is limited, the higher priority goes first."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from journeys.db.json import to_json
from journeys.enrollments.exits import Ending, end_enrollments
from journeys.graph.loading import LoadedPlan, get_plan
from journeys.messaging.limits import WorkspaceLimits


@dataclass
class Crowd:
    """What a limit says of those at the door: whom it keeps out, and which enrollment gives way to whom."""

    kept_out: set[UUID] = field(default_factory=set)
    gives_way: dict[UUID, UUID] = field(default_factory=dict)
    """By contact, the enrollment that ends when the contact enters."""


async def find_crowd(session: AsyncSession, plan: LoadedPlan, contact_ids: Sequence[UUID]) -> Crowd:
    """Look who is in too many journeys already. Two journeys that let the same contact in look one after the other."""
    most = await _read_limit(session, plan.workspace_id)
    if most is None or not contact_ids:
        return Crowd()
    await session.execute(
        text("SELECT 1 FROM contacts WHERE id = ANY(CAST(:ids AS uuid[])) ORDER BY id FOR NO KEY UPDATE"),
        {"ids": list(set(contact_ids))},
    )
    rows = await session.execute(
        text("""
            SELECT contact_id, id, journey_id, version_id FROM enrollments
            WHERE contact_id = ANY(CAST(:ids AS uuid[])) AND state = 'active' ORDER BY id
        """),
        {"ids": list(set(contact_ids))},
    )
    inside: dict[UUID, list[tuple[int, UUID]]] = defaultdict(list)
    journeys: dict[UUID, set[UUID]] = defaultdict(set)
    for contact_id, enrollment_id, journey_id, version_id in rows:
        priority = (await get_plan(session, version_id)).plan.settings.priority
        journeys[contact_id].add(journey_id)
        if journey_id != plan.journey_id:
            inside[contact_id].append((priority, enrollment_id))
    crowd = Crowd()
    for contact_id in Counter(contact_ids):
        if plan.journey_id in journeys[contact_id] or len(journeys[contact_id]) < most:
            continue
        priority, enrollment_id = min(inside[contact_id])
        if priority < plan.plan.settings.priority:
            crowd.gives_way[contact_id] = enrollment_id
        else:
            crowd.kept_out.add(contact_id)
    return crowd


async def _read_limit(session: AsyncSession, workspace_id: UUID) -> int | None:
    settings: dict[str, Any] | None = await session.scalar(
        text("SELECT settings FROM workspaces WHERE id = :id AND settings -> 'max_journeys' IS NOT NULL"),
        {"id": workspace_id},
    )
    return WorkspaceLimits.model_validate(settings).max_journeys if settings else None


async def refuse_crowded(session: AsyncSession, plan: LoadedPlan, rows: Sequence[dict[str, Any]]) -> None:
    """Write down who stayed outside because they are in enough journeys of at least this priority."""
    await session.execute(
        text("""
            INSERT INTO entry_refusals (workspace_id, journey_id, contact_id, reason, detail)
            SELECT :workspace_id, :journey_id, x.contact_id, 'in as many journeys as allowed, none of a lower priority',
                   jsonb_build_object('cause', x.cause, 'key', x.key)
            FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS x(contact_id uuid, cause text, key text)
        """),
        {"workspace_id": plan.workspace_id, "journey_id": plan.journey_id, "rows": to_json(list(rows))},
    )


async def give_way(session: AsyncSession, plan: LoadedPlan, crowd: Crowd, batch_id: UUID) -> None:
    """End the enrollments that give way to those who did enter."""
    if not crowd.gives_way:
        return
    entered = await session.scalars(
        text("""
            SELECT contact_id FROM enrollments
            WHERE batch_id = :batch_id AND contact_id = ANY(CAST(:ids AS uuid[]))
        """),
        {"batch_id": batch_id, "ids": list(crowd.gives_way)},
    )
    reason = f"gave way to {plan.journey_name}, which has a higher priority"
    await end_enrollments(session, plan.workspace_id, [Ending(crowd.gives_way[each], reason) for each in set(entered)])
