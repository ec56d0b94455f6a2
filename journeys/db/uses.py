"""What live journeys and segments lean on, so that nobody takes it away from under them."""

from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from journeys.errors import Conflict

ANYWHERE = "$.**"


async def refuse_while_used(
    session: AsyncSession, workspace_id: UUID, name: str, reference: str, at: str = ANYWHERE
) -> None:
    """Refuse to go on while a plan or a rule has a reference; `at` is the JSON path of the places where it may stand.

    Raises:
        Conflict: a live journey or a segment has it; the message names them.
    """
    users = await session.scalars(
        _USERS, {"workspace_id": workspace_id, "at": f"{at} ? (@ == $reference)", "reference": reference}
    )
    if names := list(users):
        raise Conflict(f"{name} is used by {', '.join(names)}")


_USERS = text("""
    WITH sought AS (SELECT CAST(:at AS jsonpath) AS at, jsonb_build_object('reference', CAST(:reference AS text)) AS what)
    SELECT j.name FROM sought, journeys j JOIN journey_versions v ON v.id = j.live_version_id
    WHERE j.workspace_id = :workspace_id AND j.state <> 'archived'
        AND jsonb_path_exists(v.plan, at, what)
    UNION ALL SELECT s.name FROM sought, segments s
    WHERE s.workspace_id = :workspace_id AND s.journey_id IS NULL AND jsonb_path_exists(s.rule, at, what)
    ORDER BY 1
""")
