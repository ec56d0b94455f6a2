"""A paused journey sends nothing and loses nobody; resuming follows the chosen policy."""

from uuid import UUID

from sqlalchemy import text

from journeys.contracts import Token
from journeys.db.session import Database
from journeys.enrollments.pausing import ResumePolicy, end_everyone, pause, resume, unpark_resumed
from journeys.nodes.ops import Hold
from tests.conftest import make_workspace
from tests.factories.journeys import make_contacts, make_mail, node, publish_plan, send, trigger
from tests.fakes.engine import BareMailroom, Engine
from tests.fakes.provider import RecordingProvider


async def paused_in_its_wait(database: Database, workspace_id: UUID) -> tuple[Engine, list[Token]]:
    mail = await make_mail(database, workspace_id)
    plan = await publish_plan(
        database,
        workspace_id,
        [
            trigger("pause"),
            node("pause", Hold(seconds=60), next="hello"),
            node("hello", send(mail), sent=None, skipped=None, failed=None),
        ],
    )
    engine = Engine(database, plan, BareMailroom(database, RecordingProvider()))
    waiting = await engine.run(await engine.enroll(await make_contacts(database, workspace_id, 2)))
    async with database.workspace(workspace_id) as session:
        await pause(session, workspace_id, plan.journey_id)
    async with database.engine() as session:
        await session.execute(
            text("UPDATE batches SET wake_at = now() - interval '1 second' WHERE id = ANY(:ids)"),
            {"ids": [token.batch_id for token in waiting]},
        )
        await session.execute(
            text("UPDATE journeys SET paused_at = now() - interval '1 hour' WHERE id = :id"), {"id": plan.journey_id}
        )
    [parked] = await engine.stage(waiting[0])
    assert parked.parked == "paused"
    return engine, [parked.model_copy(update={"parked": None, "wake_at": None})]


async def go_on(engine: Engine, policy: ResumePolicy) -> None:
    async with engine.database.workspace(engine.plan.workspace_id) as session:
        await resume(session, engine.plan.workspace_id, engine.plan.journey_id, policy)


def mails(engine: Engine) -> int:
    return len(engine.mailroom.provider.mails)  # type: ignore[attr-defined]


async def test_keep_lets_what_fell_due_go_on_at_once(database: Database, workspace_id: UUID) -> None:
    engine, tokens = await paused_in_its_wait(database, workspace_id)
    assert mails(engine) == 0
    await go_on(engine, "keep")
    assert await engine.run(tokens) == []
    assert mails(engine) == 2


async def test_shift_lengthens_the_wait_by_the_pause(database: Database, workspace_id: UUID) -> None:
    engine, tokens = await paused_in_its_wait(database, workspace_id)
    await go_on(engine, "shift")
    [later] = await engine.run(tokens)
    assert later.wake_at is not None
    assert 3_500 < (later.wake_at - await engine.now()).total_seconds() < 3_600
    assert mails(engine) == 0


async def test_skip_overdue_ends_those_whose_time_came_during_the_pause(database: Database, workspace_id: UUID) -> None:
    engine, tokens = await paused_in_its_wait(database, workspace_id)
    await go_on(engine, "skip_overdue")
    assert await engine.run(tokens) == []
    assert await engine.states() == {"exited": 2}
    assert mails(engine) == 0


async def test_everyone_can_be_ended(database: Database, workspace_id: UUID) -> None:
    engine, _ = await paused_in_its_wait(database, workspace_id)
    async with database.workspace(workspace_id) as session:
        assert await end_everyone(session, workspace_id, engine.plan.journey_id, "archived") == 2
    assert await engine.states() == {"exited": 2}


async def test_a_batch_parked_just_as_its_journey_is_resumed_is_freed_later(
    fresh_database: Database,
) -> None:
    workspace_id = await make_workspace(fresh_database)
    engine, _ = await paused_in_its_wait(fresh_database, workspace_id)
    async with fresh_database.engine() as session:
        await session.execute(text("UPDATE journeys SET state = 'live' WHERE id = :id"), {"id": engine.plan.journey_id})
    async with fresh_database.engine() as session:
        await unpark_resumed(session)
        assert await session.scalar(text("SELECT count(*) FROM batches WHERE parked IS NOT NULL")) == 0
        assert await session.scalar(text("SELECT count(*) FROM dispatches WHERE kind = 'nudge_run'")) == 1
