"""What is over is forgotten, and nothing else."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select

from journeys.auth.housekeeping import forget_expired
from journeys.auth.models import IdempotentAnswer
from journeys.db.session import Database
from tests.conftest import make_workspace


async def test_answers_are_kept_for_a_day(fresh_database: Database) -> None:
    workspace_id = await make_workspace(fresh_database)
    now = datetime.now(UTC)
    async with fresh_database.engine() as session:
        for hours in (1, 23, 25, 100):
            session.add(
                IdempotentAnswer(
                    workspace_id=workspace_id,
                    key=str(hours),
                    request_hash=b"",
                    created_at=now - timedelta(hours=hours),
                )
            )
    async with fresh_database.engine() as session:
        await forget_expired(session)
        left = await session.scalars(select(IdempotentAnswer.key).order_by(func.length(IdempotentAnswer.key)))
        assert list(left) == ["1", "23"]
