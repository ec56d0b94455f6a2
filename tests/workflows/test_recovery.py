"""Postgres knows where everyone is: a run that Temporal has lost is started again, and one that is over is closed."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from temporalio.client import Client

from journeys.db.session import Database
from journeys.enrollments.pausing import end_everyone
from journeys.enrollments.recovery import close_runs, list_over
from journeys.graph.loading import LoadedPlan
from journeys.settings import Settings
from journeys.temporal import is_running
from tests.factories.journeys import make_contacts, publish_two_mails
from tests.fakes.engine import BareMailroom, Engine
from tests.fakes.provider import RecordingProvider
from tests.journeys.enrollments.test_routing import happen
from tests.until import until
from tests.workflows.test_journey import client, route_all, running, workflow_ids
from worker.reconciler import Reconciler

__all__ = ["client"]


async def test_a_run_that_temporal_lost_is_started_again_and_doubles_nothing(
    client: Client, fresh_database: Database
) -> None:
    provider = RecordingProvider()
    plan = await _let_one_in(fresh_database)
    engine = Engine(fresh_database, plan, BareMailroom(fresh_database, provider))
    reconciler = Reconciler(fresh_database, client, Settings(_env_file=None))
    async with running(client, fresh_database, provider):
        first = await _sleeping_run(fresh_database)
        assert await reconciler.reconcile(timedelta(0)) == []
        await client.get_workflow_handle(first).terminate("lost")
        async with fresh_database.engine() as session:
            await session.execute(text("UPDATE batches SET wake_at = now() + interval '1 second'"))

        async def restarted() -> bool:
            return len(await reconciler.reconcile(timedelta(0))) == 1

        await until(restarted)

        async def done() -> bool:
            return await engine.states() == {"completed": 1}

        await until(done)
    assert len(provider.mails) == 2
    async with fresh_database.engine() as session:
        await session.execute(text("UPDATE runs SET started_at = started_at - interval '1 minute'"))
    assert await reconciler.reconcile(timedelta(0)) == []
    async with fresh_database.engine() as session:
        assert await session.scalar(text("SELECT count(*) FROM runs WHERE ended_at IS NULL")) == 0


@pytest.mark.parametrize("lost", [False, True])
async def test_a_run_that_carries_nobody_ends_though_it_is_over_in_postgres_before_the_news_of_it(
    client: Client, fresh_database: Database, lost: bool
) -> None:
    provider = RecordingProvider()
    plan = await _let_one_in(fresh_database)
    reconciler = Reconciler(fresh_database, client, Settings(_env_file=None))
    async with running(client, fresh_database, provider):
        run = await _sleeping_run(fresh_database)
        async with fresh_database.engine() as session:
            await session.execute(text("UPDATE runs SET started_at = started_at - interval '1 minute'"))
            assert await end_everyone(session, plan.workspace_id, plan.journey_id, "over") == 1
            assert await close_runs(session) == 1
            if lost:
                await session.execute(text("DELETE FROM dispatches"))

        async def over() -> bool:
            if lost:
                await reconciler.reconcile(timedelta(0))
            return not await is_running(client, run)

        await until(over)


async def test_a_workflow_that_is_no_run_of_ours_keeps_nobody_from_reconciling(database: Database) -> None:
    async with database.engine() as session:
        assert await list_over(session, ["started by hand", "of/another/app"], timedelta(0)) == []


async def _let_one_in(database: Database) -> LoadedPlan:
    """Publish a journey of two mails with an hour between them, and let somebody sign up for it."""
    plan = await publish_two_mails(database, 3_600)
    [anna] = await make_contacts(database, plan.workspace_id, 1)
    await happen(database, plan.workspace_id, anna, "Signed Up")
    return plan


async def _sleeping_run(database: Database) -> str:
    """Route what has happened; return the run that it started, once it waits."""
    await route_all(database)

    async def asleep() -> bool:
        async with database.engine() as session:
            return await session.scalar(text("SELECT wake_at IS NOT NULL FROM batches")) is True

    await until(asleep)
    [run] = await workflow_ids(database)
    return run
