"""Load the plans of published versions. A version never changes, so each process keeps what it has read."""

from collections import OrderedDict
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from journeys.errors import NotFound
from journeys.graph.plan import Plan

KEPT = 1_000


@dataclass(frozen=True)
class LoadedPlan:
    """A version's plan, with what its runs are called by."""

    workspace_id: UUID
    journey_id: UUID
    version_id: UUID
    number: int
    journey_name: str
    slug: str
    plan: Plan


_plans: OrderedDict[UUID, LoadedPlan] = OrderedDict()

_SELECT = """
    SELECT v.id, v.workspace_id, v.journey_id, v.number, v.plan, j.name, j.slug
    FROM journey_versions v JOIN journeys j ON j.id = v.journey_id
"""


async def get_plan(session: AsyncSession, version_id: UUID) -> LoadedPlan:
    """Return a version's plan.

    Raises:
        NotFound: there is no such version.
    """
    if loaded := _plans.get(version_id):
        _plans.move_to_end(version_id)
        return loaded
    row = (await session.execute(text(f"{_SELECT} WHERE v.id = :id"), {"id": version_id})).one_or_none()
    if row is None:
        raise NotFound(f"there is no journey version {version_id}")
    return _keep(row)


def find_kept_plan(version_id: UUID) -> LoadedPlan | None:
    """Return a version's plan if this process has read it, with no look at the database."""
    return _plans.get(version_id)


async def list_live_plans(session: AsyncSession, workspace_id: UUID) -> list[LoadedPlan]:
    """Return the plans that contacts of a workspace may enter now: the live version of each live journey."""
    ids = await session.scalars(
        text("""
            SELECT live_version_id FROM journeys
            WHERE workspace_id = :workspace_id AND state = 'live' AND live_version_id IS NOT NULL ORDER BY id
        """),
        {"workspace_id": workspace_id},
    )
    return [await get_plan(session, version_id) for version_id in ids]


def _keep(row: Any) -> LoadedPlan:
    loaded = LoadedPlan(
        row.workspace_id, row.journey_id, row.id, row.number, row.name, row.slug, Plan.model_validate(row.plan)
    )
    _plans[row.id] = loaded
    if len(_plans) > KEPT:
        _plans.popitem(last=False)
    return loaded
