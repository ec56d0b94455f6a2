"""The trace has every step, also those that have no row of their own because another one tells of them."""

import asyncio
from collections.abc import Sequence
from uuid import UUID

import pytest
from alembic import command
from sqlalchemy import create_engine, text

from journeys.connectors.base import Mail, Outcome
from journeys.contacts.models import Contact
from journeys.contacts.personal_data import erase_contact
from journeys.contracts import Token
from journeys.db.migrate import alembic_config, upgrade
from journeys.db.session import Database, async_url
from journeys.enrollments.queries import get_enrollment, get_trace
from journeys.nodes.ops import End, Hold
from tests.conftest import make_workspace
from tests.factories.journeys import make_contacts, make_mail, node, publish_plan, send, trigger
from tests.fakes.engine import BareMailroom, Engine
from tests.fakes.provider import RecordingProvider

ALL = [("start", "next"), ("hello", "sent"), ("pause", "next"), ("end", None)]
REFUSED = [("start", "next"), ("hello", "failed"), ("pause", "next"), ("end", None)]


async def test_what_other_rows_tell_is_not_written_twice(database: Database, workspace_id: UUID) -> None:
    engine, [anna] = await walk(database, workspace_id, RecordingProvider())
    assert await engine.steps(anna) == ALL
    assert await written(engine) == ["pause"]
    steps = await trace_of(engine, anna)
    assert steps[0]["detail"] == {"cause": f"test:{anna}"}
    assert (steps[0]["reason"], steps[-1]["reason"]) == ("test", "thanked")


async def test_whom_a_provider_refuses_has_a_step_and_the_others_of_the_batch_have_none(
    database: Database, workspace_id: UUID
) -> None:
    provider = RecordingProvider()

    async def answer(mails: Sequence[Mail]) -> list[Outcome]:
        return [Outcome("sent") if n else Outcome("failed", reason="no such mailbox") for n, _ in enumerate(mails)]

    provider.answer = answer
    engine, [anna, ben] = await walk(database, workspace_id, provider, 2)
    assert [await engine.steps(each) for each in (anna, ben)] == [REFUSED, ALL]
    assert await written(engine) == ["hello", "pause", "pause"]


async def test_a_mail_that_bounces_later_was_sent_all_the_same(database: Database, workspace_id: UUID) -> None:
    engine, [anna] = await walk(database, workspace_id, RecordingProvider())
    async with database.engine() as session:
        await session.execute(
            text("UPDATE messages SET state = 'bounced', reason = 'no such mailbox' WHERE contact_id = :id"),
            {"id": anna},
        )
    assert await engine.steps(anna) == ALL


async def test_an_erased_person_keeps_the_steps_and_loses_what_brought_them_in(
    database: Database, workspace_id: UUID
) -> None:
    engine, [anna] = await walk(database, workspace_id, RecordingProvider())
    async with database.workspace(workspace_id) as session:
        contact = await session.get(Contact, anna)
        assert contact is not None
        await erase_contact(session, contact, keep_out=False)
    assert await engine.steps(anna) == ALL
    entry = (await trace_of(engine, anna))[0]
    assert (entry["reason"], entry["detail"]) == ("test", None)


@pytest.mark.parametrize("before", ["quiet_hours", "capped", "moved to version 2"])
async def test_who_was_held_or_moved_before_a_mail_has_both(
    database: Database, workspace_id: UUID, before: str
) -> None:
    engine, [anna], tokens = await begin(database, workspace_id, RecordingProvider())
    async with database.engine() as session:
        await session.execute(
            text("""
                INSERT INTO steps (enrollment_id, at, node_id, workspace_id, visit, reason)
                SELECT id, now(), 'hello', workspace_id, visit, :reason FROM enrollments WHERE version_id = :v
            """),
            {"v": engine.plan.version_id, "reason": before},
        )
    await engine.run(tokens)
    assert await engine.steps(anna) == [("start", "next"), ("hello", None), ("hello", "sent")]


async def test_another_workspace_sees_none_of_it(database: Database, workspace_id: UUID) -> None:
    await walk(database, workspace_id, RecordingProvider())
    async with database.workspace(await make_workspace(database)) as session:
        assert await session.scalar(text("SELECT count(*) FROM trace")) == 0


async def test_going_back_to_the_schema_before_writes_what_was_told(fresh_database: Database) -> None:
    workspace_id = await make_workspace(fresh_database)
    engine, [anna] = await walk(fresh_database, workspace_id, RecordingProvider())
    await fresh_database.close()
    await asyncio.to_thread(go_back, fresh_database.url, "0015")
    assert sorted(await written(engine)) == sorted(node_id for node_id, _ in ALL)
    await fresh_database.close()
    await asyncio.to_thread(upgrade, fresh_database.url)
    assert await engine.steps(anna) == ALL


async def walk(
    database: Database, workspace_id: UUID, provider: RecordingProvider, n: int = 1
) -> tuple[Engine, list[UUID]]:
    """Bring people through a mail and a wait to an end."""
    engine, contacts, tokens = await begin(database, workspace_id, provider, n)
    assert await engine.wake(await engine.run(tokens)) == []
    return engine, contacts


async def begin(
    database: Database, workspace_id: UUID, provider: RecordingProvider, n: int = 1
) -> tuple[Engine, list[UUID], list[Token]]:
    """Let people in who stand before the mail."""
    mail = send(await make_mail(database, workspace_id))
    nodes = [
        trigger("hello"),
        node("hello", mail, sent="pause", skipped="pause", failed="pause"),
        node("pause", Hold(seconds=60), next="end"),
        node("end", End(reason="thanked")),
    ]
    engine = Engine(
        database, await publish_plan(database, workspace_id, nodes), BareMailroom(database, provider, chunk_size=10)
    )
    contacts = await make_contacts(database, workspace_id, n)
    return engine, contacts, await engine.enroll(contacts)


async def written(engine: Engine) -> list[str]:
    """Return the nodes of the steps that have rows of their own."""
    sql = (
        "SELECT s.node_id FROM steps s JOIN enrollments e ON e.id = s.enrollment_id WHERE e.version_id = :v ORDER BY 1"
    )
    return [node_id for (node_id,) in await engine._rows(sql)]


async def trace_of(engine: Engine, contact_id: UUID) -> list[dict[str, object]]:
    [(enrollment_id,)] = await engine._rows("SELECT id FROM enrollments WHERE contact_id = :c", c=contact_id)
    async with engine.database.workspace(engine.plan.workspace_id) as session:
        return await get_trace(session, await get_enrollment(session, engine.plan.workspace_id, enrollment_id))


def go_back(database_url: str, revision: str) -> None:
    """Undo the newest migrations."""
    connected = create_engine(async_url(database_url))
    with connected.begin() as connection:
        config = alembic_config(database_url)
        config.attributes["connection"] = connection
        command.downgrade(config, revision)
    connected.dispose()
