"""The engine's own code with no Temporal under it: the same runs and stages, called directly, and no wait.

Run as a program it carries one segment when told to.
"""

import asyncio
import sys
from datetime import UTC, datetime, timedelta
from uuid import UUID

import redis.asyncio as redis
from sqlalchemy import text

from journeys.contracts import RunInput, StageOrder, StageResult
from journeys.db.ids import new_id
from journeys.db.session import Database
from journeys.enrollments.entry import Party, enter, give_run
from journeys.enrollments.run import JourneyRun
from journeys.enrollments.sending import SendStage
from journeys.enrollments.stages import run_waiting_or_pure
from journeys.graph.loading import LoadedPlan, get_plan
from journeys.settings import Settings
from tests.bench.children import say_and_wait
from tests.bench.recorders import register_no_op
from worker.mailroom import WorkspaceMailroom
from worker.process import spare_collector


class DirectSeam:
    """Calls stages in this process; its clock jumps to the next wake time, in Postgres too."""

    def __init__(self, database: Database, mailroom: WorkspaceMailroom, run_id: UUID) -> None:
        self._database, self._mailroom, self._run_id = database, mailroom, run_id
        self._ahead = timedelta(0)

    def now(self) -> datetime:
        return datetime.now(UTC) + self._ahead

    async def sleep_until(self, at: datetime) -> None:
        async with self._database.engine() as session:
            await session.execute(
                text("UPDATE batches SET wake_at = now() WHERE run_id = :id AND wake_at IS NOT NULL"),
                {"id": self._run_id},
            )
        self._ahead = max(at - datetime.now(UTC), timedelta(0))

    async def run_stage(self, order: StageOrder) -> StageResult:
        if order.token.effect:
            return StageResult(tokens=await SendStage(self._database, self._mailroom, order).run())
        async with self._database.workspace(order.workspace_id) as session:
            return StageResult(tokens=await run_waiting_or_pure(session, order))

    def parked_reason(self, error: BaseException) -> str:
        raise error


async def carry_batch(
    database: Database, mailroom: WorkspaceMailroom, plan: LoadedPlan, contact_ids: list[UUID]
) -> None:
    """Let a batch in and walk it to its end."""
    run_id = new_id()
    async with database.engine() as session:
        entered = await enter(session, plan, "start", Party(contact_ids, "direct"), run_id)
        assert entered.token is not None
        await give_run(session, plan, run_id, [entered.token], bulk=True)
    state = RunInput(
        run_id=run_id,
        workspace_id=plan.workspace_id,
        journey_id=plan.journey_id,
        version_id=plan.version_id,
        journey=plan.journey_name,
        version=plan.number,
        tokens=[entered.token],
    )
    await JourneyRun(state, DirectSeam(database, mailroom, run_id)).run(lambda: False, lambda: None)


async def main(version_id: UUID, segment_id: UUID, batch_size: int) -> None:
    """Carry a segment, as many batches at once as a worker runs stages."""
    settings = Settings()
    assert settings.database_url
    register_no_op()
    database = Database(settings.database_url, pool_size=settings.concurrent_stages * 2)
    client = redis.Redis.from_url(settings.redis_url or "")
    mailroom = WorkspaceMailroom(settings, database, client)
    async with database.engine() as session:
        plan = await get_plan(session, version_id)
        query = text("SELECT contact_id FROM segment_members WHERE segment_id = :id ORDER BY contact_id")
        contact_ids = list(await session.scalars(query, {"id": segment_id}))
    gate = asyncio.Semaphore(settings.concurrent_stages)

    async def carry(first: int) -> None:
        async with gate:
            await carry_batch(database, mailroom, plan, contact_ids[first : first + batch_size])

    spare_collector()
    await say_and_wait("ready")
    await asyncio.gather(*(carry(first) for first in range(0, len(contact_ids), batch_size)))
    await say_and_wait("done")
    await client.aclose()
    await database.close()


if __name__ == "__main__":
    asyncio.run(main(UUID(sys.argv[1]), UUID(sys.argv[2]), int(sys.argv[3])))
