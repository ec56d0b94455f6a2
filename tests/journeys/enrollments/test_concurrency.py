"""In how many journeys a contact may be at a time, and who goes first."""

import asyncio
from uuid import UUID

from sqlalchemy import text

from journeys.db.session import Database
from journeys.nodes.ops import Hold
from tests.factories.journeys import make_contacts, node, publish_plan, trigger
from tests.fakes.engine import BareMailroom, Engine
from tests.fakes.provider import RecordingProvider
from tests.journeys.enrollments.test_holding_back import limit


async def journey(database: Database, workspace_id: UUID, priority: int) -> Engine:
    plan = await publish_plan(
        database, workspace_id, [trigger("pause"), node("pause", Hold(seconds=600), next=None)], priority=priority
    )
    return Engine(database, plan, BareMailroom(database, RecordingProvider()))


async def endings(database: Database, workspace_id: UUID) -> list[str]:
    async with database.engine() as session:
        reasons = await session.scalars(
            text("SELECT end_reason FROM enrollments WHERE workspace_id = :w AND end_reason IS NOT NULL"),
            {"w": workspace_id},
        )
        return list(reasons)


async def refusals(database: Database, workspace_id: UUID) -> list[str]:
    async with database.engine() as session:
        reasons = await session.scalars(
            text("SELECT reason FROM entry_refusals WHERE workspace_id = :w"), {"w": workspace_id}
        )
        return list(reasons)


async def test_a_contact_in_enough_journeys_stays_outside_with_the_reason(
    database: Database, workspace_id: UUID
) -> None:
    await limit(database, workspace_id, max_journeys=2)
    contacts = await make_contacts(database, workspace_id, 3)
    for _ in range(2):
        engine = await journey(database, workspace_id, 50)
        await engine.enroll(contacts)
    third = await journey(database, workspace_id, 50)
    assert await third.enroll(contacts) == []
    assert await refusals(database, workspace_id) == ["in as many journeys as allowed, none of a lower priority"] * 3


async def test_a_higher_priority_enters_and_the_lowest_gives_way(database: Database, workspace_id: UUID) -> None:
    await limit(database, workspace_id, max_journeys=2)
    [anna] = await make_contacts(database, workspace_id, 1)
    low, middle, high = [await journey(database, workspace_id, priority) for priority in (10, 20, 90)]
    for engine in (middle, low, high):
        await engine.enroll([anna])
    assert await low.states() == {"exited": 1}
    assert await middle.states() == await high.states() == {"active": 1}
    assert await endings(database, workspace_id) == ["gave way to Welcome, which has a higher priority"]


async def test_nobody_gives_way_to_someone_whom_the_re_entry_rule_keeps_out(
    database: Database, workspace_id: UUID
) -> None:
    [anna] = await make_contacts(database, workspace_id, 1)
    high, low = await journey(database, workspace_id, 90), await journey(database, workspace_id, 10)
    await high.run(await high.enroll([anna]))
    async with database.engine() as session:
        await session.execute(
            text("UPDATE enrollments SET state = 'completed', ended_at = now() WHERE workspace_id = :w"),
            {"w": workspace_id},
        )
    await limit(database, workspace_id, max_journeys=1)
    await low.enroll([anna])
    assert await high.enroll([anna]) == []
    assert await low.states() == {"active": 1}


async def test_two_journeys_at_one_moment_do_not_pass_the_limit_together(
    database: Database, workspace_id: UUID
) -> None:
    await limit(database, workspace_id, max_journeys=1)
    contacts = await make_contacts(database, workspace_id, 10)
    engines = [await journey(database, workspace_id, 50) for _ in range(4)]
    await asyncio.gather(*(engine.enroll(contacts) for engine in engines))
    async with database.engine() as session:
        inside = await session.scalars(
            text("SELECT count(*) FROM enrollments WHERE workspace_id = :w GROUP BY contact_id"), {"w": workspace_id}
        )
        assert list(inside) == [1] * 10
