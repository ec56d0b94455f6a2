"""Who comes to which door: what a window's events and changes of contacts mean to the triggers of live journeys."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from journeys.db.json import to_json
from journeys.enrollments.entry import Candidate
from journeys.enrollments.starting import MOST_AN_HOUR
from journeys.graph.loading import LoadedPlan
from journeys.nodes.ops import AttributeChange, Trigger
from journeys.rules.compare import equal

TOO_OFTEN = f"journeys changed the attribute so often that they entered {MOST_AN_HOUR} times within the hour"


async def knock_by_attribute(
    session: AsyncSession, triggers: Sequence[tuple[LoadedPlan, str, Trigger]], rows: Sequence[Any]
) -> list[tuple[LoadedPlan, str, Candidate]]:
    """Return whom a changed attribute brings to which trigger.

    A change that a journey makes brings nobody to that journey itself, and to others only so often an hour.
    """
    changed = [row for row in rows if row.properties and "attribute" in row.properties]
    found = []
    for plan, trigger_id, op in triggers if changed else ():
        assert op.change is not None
        fitting = [row for row in changed if row.journey_id != plan.journey_id and _fits(op.change, row.properties)]
        made_by_journeys = [row.contact_id for row in fitting if row.journey_id is not None]
        tired = await _refuse_tired(session, plan, made_by_journeys) if made_by_journeys else frozenset()
        found += [
            (
                plan,
                trigger_id,
                Candidate(row.contact_id, f"attribute:{row.event_id}", None, row.properties, row.received_at),
            )
            for row in fitting
            if row.journey_id is None or row.contact_id not in tired
        ]
    return found


def _fits(change: AttributeChange, properties: dict[str, Any]) -> bool:
    return (
        properties["attribute"] == change.attribute
        and (change.before is None or equal(properties["from"], change.before))
        and (change.after is None or equal(properties["to"], change.after))
    )


async def _refuse_tired(session: AsyncSession, plan: LoadedPlan, contact_ids: Sequence[UUID]) -> frozenset[UUID]:
    """Return who came in too often within the hour, and write down that they are refused."""
    tired = await session.scalars(
        text("""
            SELECT contact_id FROM enrollments
            WHERE contact_id = ANY(CAST(:ids AS uuid[])) AND journey_id = :journey_id
              AND entered_at > now() - interval '1 hour'
            GROUP BY contact_id HAVING count(*) >= :most
        """),
        {"ids": list(contact_ids), "journey_id": plan.journey_id, "most": MOST_AN_HOUR},
    )
    ids = frozenset(tired)
    await refuse(session, plan, sorted(ids), TOO_OFTEN)
    return ids


async def refuse(session: AsyncSession, plan: LoadedPlan, contact_ids: Sequence[UUID], reason: str) -> None:
    """Write down that contacts did not enter a journey, and why."""
    if contact_ids:
        await session.execute(
            text("""
                INSERT INTO entry_refusals (workspace_id, journey_id, contact_id, reason)
                SELECT :workspace_id, :journey_id, x::uuid, :reason FROM jsonb_array_elements_text(CAST(:ids AS jsonb)) AS x
            """),
            {
                "workspace_id": plan.workspace_id,
                "journey_id": plan.journey_id,
                "ids": to_json(list(contact_ids)),
                "reason": reason,
            },
        )
