"""Take many contacts into a journey, chunk by chunk: a segment's members at publish, or a list from the API.

Each chunk is one transaction that enrolls a full batch, starts its run and moves the cursor, so that a crash loses and
repeats nothing. An intake that fails lets the others go first, and is given up after some attempts, with its error.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncSession

from journeys.db.ids import new_id
from journeys.db.json import to_json
from journeys.enrollments.entry import Party, enter, give_run
from journeys.enrollments.models import Intake
from journeys.errors import NotFound
from journeys.graph.loading import LoadedPlan, get_plan
from journeys.graph.models import Journey


async def create_intake(
    session: AsyncSession,
    plan: LoadedPlan,
    trigger_id: str,
    *,
    segment_id: UUID | None = None,
    contact_ids: Sequence[UUID] | None = None,
    payload: dict[str, Any] | None = None,
    key: str | None = None,
    cause: str | None = None,
) -> UUID:
    """Owe a journey the contacts of a segment (as it is when they are read), of a list, or all; return the intake's id."""
    intake_id = new_id()
    source = {
        "segment_id": segment_id,
        "contact_ids": sorted(contact_ids) if contact_ids is not None else None,
        "payload": payload,
        "key": key,
        "cause": cause or f"intake:{intake_id}",
    }
    await session.execute(
        text("""
            INSERT INTO intakes (id, workspace_id, journey_id, version_id, entry_node_id, source)
            VALUES (:id, :workspace_id, :journey_id, :version_id, :trigger_id, CAST(:source AS jsonb))
        """),
        {
            "id": intake_id,
            "workspace_id": plan.workspace_id,
            "journey_id": plan.journey_id,
            "version_id": plan.version_id,
            "trigger_id": trigger_id,
            "source": to_json(source),
        },
    )
    return intake_id


async def point_intakes(session: AsyncSession, plan: LoadedPlan) -> None:
    """Let intakes that are under way go on into a journey's new version; end those whose trigger is gone from it."""
    await session.execute(
        text("""
            UPDATE intakes SET version_id = :version_id,
                finished_at = CASE WHEN entry_node_id = ANY(CAST(:triggers AS text[])) THEN finished_at ELSE now() END,
                error = CASE WHEN entry_node_id = ANY(CAST(:triggers AS text[])) THEN error ELSE :gone END
            WHERE journey_id = :journey_id AND finished_at IS NULL
        """),
        {
            "version_id": plan.version_id,
            "journey_id": plan.journey_id,
            "triggers": list(plan.plan.triggers),
            "gone": f"its trigger is gone from version {plan.number}",
        },
    )


async def take_intake(session: AsyncSession) -> Row[Any] | None:
    """Lock the unfinished intake of a live journey whose turn was longest ago; a segment's waits until it has members.

    So they go on by turns, and a small one does not wait for the end of a large one.
    """
    result = await session.execute(
        text("""
            SELECT i.* FROM intakes i JOIN journeys j ON j.id = i.journey_id
            LEFT JOIN segments s ON s.id = CAST(i.source ->> 'segment_id' AS uuid)
            WHERE i.finished_at IS NULL AND j.state = 'live' AND (s.id IS NULL OR s.built_at IS NOT NULL)
              AND (i.not_before IS NULL OR i.not_before <= now())
            ORDER BY coalesce(i.not_before, i.created_at), i.id LIMIT 1 FOR UPDATE OF i SKIP LOCKED
        """)
    )
    return result.one_or_none()


async def advance_intake(session: AsyncSession, intake: Row[Any], size: int) -> int:
    """Enroll the next chunk of an intake and move its cursor; return how many were looked at, 0 when it is done."""
    plan = await get_plan(session, intake.version_id)
    ids = await _next_contacts(session, intake, size)
    source = intake.source
    cause = source.get("cause") or f"intake:{intake.id}"
    party = Party(ids, cause, source.get("key"), source.get("payload"))
    run_id = new_id()
    entered = await enter(session, plan, intake.entry_node_id, party, run_id) if ids else None
    if entered and entered.token:
        single = ids[0] if len(ids) == 1 else None
        await give_run(session, plan, run_id, [entered.token], contact_id=single, bulk=len(ids) > 1)
    await session.execute(
        text("""
            UPDATE intakes SET cursor = coalesce(:cursor, cursor), entered = entered + :entered,
                refused = refused + :refused, finished_at = CASE WHEN :done THEN now() END,
                attempts = 0, error = NULL, not_before = now()
            WHERE id = :id
        """),
        {
            "id": intake.id,
            "cursor": ids[-1] if ids else None,
            "entered": entered.n if entered else 0,
            "refused": entered.refused if entered else 0,
            "done": len(ids) < size,
        },
    )
    return len(ids)


async def list_intakes(session: AsyncSession, workspace_id: UUID, journey_id: UUID, limit: int = 50) -> list[Intake]:
    """Return a journey's newest intakes; one that is finished and has an error was given up."""
    query = select(Intake).where(Intake.workspace_id == workspace_id, Intake.journey_id == journey_id)
    return list(await session.scalars(query.order_by(Intake.id.desc()).limit(limit)))


async def list_given_up(
    session: AsyncSession, workspace_id: UUID, limit: int, before: UUID | None = None
) -> Sequence[tuple[Intake, str]]:
    """Return the intakes that were given up, each with its journey's name, the newest first."""
    query = select(Intake, Journey.name).join(Journey, Journey.id == Intake.journey_id)
    query = query.where(Intake.workspace_id == workspace_id, Intake.finished_at.is_not(None), Intake.error.is_not(None))
    if before is not None:
        query = query.where(Intake.id < before)
    rows = await session.execute(query.order_by(Intake.id.desc()).limit(limit))
    return [(intake, name) for intake, name in rows]


async def retry_intakes(session: AsyncSession, workspace_id: UUID, journey_id: UUID) -> int:
    """Take up again, where they stopped, the intakes of a journey that were given up; return how many."""
    reopened = await session.execute(
        text(f"{_REOPEN} AND journey_id = :id RETURNING 1"), {"workspace_id": workspace_id, "id": journey_id}
    )
    return len(reopened.all())


async def retry_intake(session: AsyncSession, workspace_id: UUID, intake_id: UUID) -> None:
    """Take up again, where it stopped, an intake that was given up.

    Raises:
        NotFound: it was not given up, or there is none.
    """
    reopened = await session.execute(
        text(f"{_REOPEN} AND finished_at IS NOT NULL AND id = :id RETURNING 1"),
        {"workspace_id": workspace_id, "id": intake_id},
    )
    _found(reopened.all())


async def dismiss_intake(session: AsyncSession, workspace_id: UUID, intake_id: UUID) -> None:
    """Forget an intake that was given up: whoever is in stays in, and nobody else comes in by it.

    Raises:
        NotFound: it was not given up, or there is none.
    """
    forgotten = await session.execute(
        text("""
            DELETE FROM intakes WHERE workspace_id = :workspace_id AND id = :id
            AND error IS NOT NULL AND finished_at IS NOT NULL RETURNING 1
        """),
        {"workspace_id": workspace_id, "id": intake_id},
    )
    _found(forgotten.all())


_REOPEN = """
    UPDATE intakes SET finished_at = NULL, not_before = NULL, attempts = 0
    WHERE workspace_id = :workspace_id AND error IS NOT NULL
"""


def _found(rows: Sequence[Row[Any]]) -> None:
    if not rows:
        raise NotFound("No such intake was given up.")


async def _next_contacts(session: AsyncSession, intake: Row[Any], size: int) -> list[UUID]:
    """Return the next contacts in id order."""
    source = intake.source
    if source.get("contact_ids") is not None:
        after = str(intake.cursor) if intake.cursor else ""
        return [UUID(each) for each in source["contact_ids"] if each > after][:size]
    params = {"workspace_id": intake.workspace_id, "cursor": intake.cursor, "size": size}
    if source.get("segment_id") is None:
        return list(await session.scalars(_EVERYONE, params))
    return list(await session.scalars(_MEMBERS, {**params, "segment_id": source["segment_id"]}))


_MEMBERS = text("""
    SELECT contact_id FROM segment_members
    WHERE segment_id = :segment_id AND workspace_id = :workspace_id
      AND (CAST(:cursor AS uuid) IS NULL OR contact_id > :cursor)
    ORDER BY contact_id LIMIT :size
""")
_EVERYONE = text("""
    SELECT id FROM contacts
    WHERE workspace_id = :workspace_id AND erased_at IS NULL AND (CAST(:cursor AS uuid) IS NULL OR id > :cursor)
    ORDER BY id LIMIT :size
""")
