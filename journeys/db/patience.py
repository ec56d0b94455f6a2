"""How often work beside requests is tried that fails, and how long it waits in between: a quarter of an hour in all."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

LAST_ATTEMPT = 6
FIRST_DELAY = timedelta(seconds=30)
"""How long something is put off that failed once; twice as long each further time."""

IS_DUE = "(not_before IS NULL OR not_before <= now())"

_GIVING_UP = {
    "intakes": "finished_at = CASE WHEN attempts + 1 >= :last THEN now() END",
    "moves": "finished_at = CASE WHEN attempts + 1 >= :last THEN now() END",
    "bulk_jobs": """finished_at = CASE WHEN attempts + 1 >= :last THEN now() END,
        state = CASE WHEN attempts + 1 >= :last THEN 'failed' ELSE state END""",
    "import_jobs": """finished_at = CASE WHEN attempts + 1 >= :last THEN now() END,
        state = CASE WHEN attempts + 1 >= :last THEN 'failed' ELSE 'queued' END""",
    "segments": "live = false",
}
"""Tables of work, and what of a row says that it is tried no more."""


async def put_off(session: AsyncSession, table: str, row_id: UUID, error: str) -> bool:
    """Let others go first: try work that failed again later, twice as late each time. Return False when it is given up."""
    attempts: int | None = await session.scalar(
        text(f"""
            UPDATE {table} SET error = :error, attempts = attempts + 1, not_before = now() + :delay * (1 << attempts),
                {_GIVING_UP[table]}
            WHERE id = :id RETURNING attempts
        """),
        {"id": row_id, "error": error, "delay": FIRST_DELAY, "last": LAST_ATTEMPT},
    )
    return attempts is None or attempts < LAST_ATTEMPT
