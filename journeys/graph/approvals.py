"""Approvals: where a workspace asks for them, others must agree to exactly this draft before it may be published."""

import hashlib
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

from journeys.auth.roles import Principal, roles_with
from journeys.errors import Conflict, Forbidden
from journeys.graph.catalogue import load_catalogue
from journeys.graph.compiler import compile_graph
from journeys.graph.drafts import get_journey, parse_graph, parse_settings
from journeys.graph.hashing import hash_journey
from journeys.graph.models import Journey
from journeys.graph.problems import InvalidGraph


async def approve(session: AsyncSession, actor: Principal, journey_id: UUID) -> None:
    """Agree to the draft as it is now; any change of it voids this.

    Raises:
        Forbidden: the caller is no person, or changed the draft while enough others did not.
    """
    journey = await get_journey(session, actor.workspace_id, journey_id)
    if refusal := await find_refusal(session, actor, journey_id):
        raise Forbidden(refusal)
    await session.execute(
        text("""
            INSERT INTO approvals (journey_id, draft_hash, approver_id, approved_by, workspace_id)
            VALUES (:journey_id, :hash, :approver_id, :by, :workspace_id) ON CONFLICT DO NOTHING
        """),
        {
            "journey_id": journey_id,
            "hash": await _hash(session, journey),
            "approver_id": actor.id,
            "by": actor.name,
            "workspace_id": actor.workspace_id,
        },
    )


async def find_refusal(session: AsyncSession, actor: Principal, journey_id: UUID) -> str | None:
    """Return why a caller may not approve the draft of a journey, or None."""
    if not actor.may("publish"):
        return f"The role {actor.role} does not include the right to approve."
    if actor.kind != "user":
        return "An approval is given by a person who is signed in, not by a key."
    journey = await get_journey(session, actor.workspace_id, journey_id)
    if actor.id not in journey.draft_editors:
        return None
    needed = await count_needed(session, actor.workspace_id)
    others = await session.scalar(
        text(f"SELECT count(*) FROM {_APPROVERS} WHERE m.user_id <> ALL(CAST(:editors AS uuid[]))"),
        {"workspace_id": actor.workspace_id, "roles": roles_with("publish"), "editors": journey.draft_editors},
    )
    # Where too few are left who did not, a change may be approved by another who changed something.
    return "You changed this draft: it is for others to approve." if (others or 0) >= max(needed, 1) else None


async def withdraw(session: AsyncSession, workspace_id: UUID, journey_id: UUID, approver_id: UUID) -> None:
    """Take one's approval back."""
    await get_journey(session, workspace_id, journey_id)
    await session.execute(
        text("DELETE FROM approvals WHERE journey_id = :id AND workspace_id = :workspace_id AND approver_id = :by"),
        {"id": journey_id, "workspace_id": workspace_id, "by": approver_id},
    )


async def list_approvals(session: AsyncSession, workspace_id: UUID, journey_id: UUID) -> Sequence[Row[Any]]:
    """Return who agreed to the draft as it is now, and when; whoever has left or may publish no more does not count."""
    journey = await get_journey(session, workspace_id, journey_id)
    result = await session.execute(
        text(f"""
            SELECT a.approver_id, a.approved_by, a.at
            FROM {_APPROVERS} JOIN approvals a ON a.approver_id = m.user_id
            WHERE a.journey_id = :id AND a.draft_hash = :hash ORDER BY a.at
        """),
        {
            "workspace_id": workspace_id,
            "roles": roles_with("publish"),
            "id": journey_id,
            "hash": await _hash(session, journey),
        },
    )
    return result.all()


async def count_needed(session: AsyncSession, workspace_id: UUID) -> int:
    """Return how many others must agree before a journey of this workspace is published."""
    needed = await session.scalar(
        text("SELECT CAST(settings ->> 'approvals_needed' AS int) FROM workspaces WHERE id = :id"), {"id": workspace_id}
    )
    return needed or 0


async def require_approvals(
    session: AsyncSession, workspace_id: UUID, journey_id: UUID, publisher_id: UUID | None
) -> None:
    """Refuse to publish until enough others have agreed.

    Raises:
        Conflict: saying how many did, and how many must.
    """
    needed = await count_needed(session, workspace_id)
    if not needed:
        return
    approvals = await list_approvals(session, workspace_id, journey_id)
    others = [each for each in approvals if each.approver_id != publisher_id]
    if len(others) < needed:
        raise Conflict(f"{needed} others must approve this draft before it is published; {len(others)} did")


async def _hash(session: AsyncSession, journey: Journey) -> str:
    """Return the hash of what would run: a template that is saved anew is another draft, though the graph is the same."""
    graph, settings = parse_graph(journey.graph), parse_settings(journey.settings)
    drawn = hash_journey(graph, settings)
    try:
        plan = compile_graph(graph, settings, await load_catalogue(session, journey.workspace_id, journey.id))
    except InvalidGraph:
        return drawn
    return hashlib.sha256(f"{drawn} {plan.model_dump_json()}".encode()).hexdigest()


_APPROVERS = """
    memberships m JOIN users u ON u.id = m.user_id AND u.disabled_at IS NULL
        AND m.workspace_id = :workspace_id AND m.role = ANY(:roles)
"""
