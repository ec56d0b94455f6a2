"""Many contacts on their way into journeys, by turns."""

import asyncio
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from journeys.db.session import Database
from journeys.enrollments.intake import advance_intake, create_intake, take_intake
from journeys.nodes.ops import Hold
from tests.conftest import make_workspace
from tests.factories.journeys import make_contacts, node, publish_plan, trigger
from tests.until import until
from worker.bells import Bells
from worker.bulk import run_intakes
from worker.turns import Turns


async def test_a_small_intake_does_not_wait_for_the_end_of_a_large_one(fresh_database: Database) -> None:
    large, small = await owe(fresh_database, 5), await owe(fresh_database, 2)
    assert await advance_all(fresh_database) == [large, small, large, small, large]


async def test_one_that_comes_later_does_not_hold_up_what_has_begun(fresh_database: Database) -> None:
    first = await owe(fresh_database, 7)
    assert await advance_one(fresh_database) == first
    assert await advance_one(fresh_database) == first
    second = await owe(fresh_database, 5)
    assert await advance_all(fresh_database) == [first, second, first, second, second]


async def test_small_intakes_follow_each_other_at_once_in_company(
    fresh_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only who lets many in rests for it."""
    bells = Bells(fresh_database.url)
    turns = Turns(bells)
    monkeypatch.setattr(turns, "has_company", lambda: True)
    for _ in range(20):
        await owe(fresh_database, 1)
    resources: Any = SimpleNamespace(
        database=fresh_database,
        live=SimpleNamespace(changed=lambda *_: None),
        settings=SimpleNamespace(batch_size=5_000),
    )
    task = asyncio.create_task(run_intakes(resources, bells, turns))
    await until(lambda: all_in(fresh_database), seconds=10)
    task.cancel()


async def owe(database: Database, people: int) -> UUID:
    """Owe a journey of a new workspace so many contacts."""
    workspace_id = await make_workspace(database)
    plan = await publish_plan(database, workspace_id, [trigger("rest"), node("rest", Hold(seconds=60), next=None)])
    contacts = await make_contacts(database, workspace_id, people)
    async with database.engine() as session:
        return await create_intake(session, plan, "start", contact_ids=contacts)


async def advance_all(database: Database) -> list[UUID]:
    """Take two contacts in at a time until all are; return by which intakes."""
    taken = []
    while intake_id := await advance_one(database):
        taken.append(intake_id)
    return taken


async def advance_one(database: Database) -> UUID | None:
    async with database.engine() as session:
        intake = await take_intake(session)
        if intake is None:
            return None
        await advance_intake(session, intake, 2)
        intake_id: UUID = intake.id
        return intake_id


async def all_in(database: Database) -> bool:
    async with database.engine() as session:
        return not await session.scalar(text("SELECT count(*) FROM intakes WHERE finished_at IS NULL"))
