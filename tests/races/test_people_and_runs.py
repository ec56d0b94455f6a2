"""People who are erased or merged while mails are on their way, and runs that continue as new while the router moves people."""

from uuid import UUID

import pytest
from sqlalchemy import text
from temporalio.client import Client, WorkflowExecutionStatus

from journeys.contacts.personal_data import erase_contact
from journeys.contacts.queries import get_contact
from journeys.db.session import Database
from journeys.enrollments.exits import exit_contact
from journeys.errors import Conflict
from journeys.events.merge import merge_contacts
from journeys.nodes.ops import Await, Hold, Share, Split
from tests.conftest import make_workspace
from tests.factories.journeys import make_contacts, node, publish_plan, trigger
from tests.fakes.engine import BareMailroom, Engine
from tests.fakes.provider import RecordingProvider
from tests.journeys.enrollments.test_routing import happen
from tests.races.test_who_wins import meanwhile, sending_engine
from tests.until import until
from tests.workflows.test_journey import client, route_all, route_all_again, running, workflow_ids
from workflows import journey

__all__ = ["client"]

PEOPLE = 8


async def test_an_erasure_waits_for_the_mail_on_its_way_and_keeps_the_next_from_being_sent(
    fresh_database: Database,
) -> None:
    engine, provider, token, contacts = await sending_engine(fresh_database, 4)
    workspace_id, refused = engine.plan.workspace_id, []

    async def erase(contact_id: UUID) -> None:
        async with fresh_database.engine() as session:
            await exit_contact(session, workspace_id, contact_id, "erased")
            await erase_contact(session, await get_contact(session, workspace_id, contact_id), keep_out=True)

    async def erased() -> None:
        for each in (contacts[0], contacts[3]):
            try:
                await erase(each)
            except Conflict:
                refused.append(each)

    meanwhile(provider, erased)
    assert await engine.run([token]) == []
    assert refused == [contacts[0]]
    assert [mail.to for mail in provider.mails] == [f"person{n}@example.com" for n in range(3)]
    assert await engine.states() == {"completed": 3, "exited": 1}
    await erase(contacts[0])


async def test_contacts_who_become_one_while_their_mails_are_on_the_way_keep_both_in_the_ledger(
    fresh_database: Database,
) -> None:
    engine, provider, token, (anna, visitor) = await sending_engine(fresh_database, 2)

    async def merged() -> None:
        async with fresh_database.engine() as session:
            await merge_contacts(session, [(visitor, anna)])

    meanwhile(provider, merged)
    assert await engine.run([token]) == []
    assert await engine.messages() == {"sent": 2}
    assert len(provider.mails) == 2
    async with fresh_database.engine() as session:
        owners = set(await session.scalars(text("SELECT contact_id FROM enrollments")))
    assert owners == {anna}


async def test_a_run_that_continues_as_new_all_the_time_loses_nobody_whom_the_router_moves(
    client: Client,
    fresh_database: Database,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(journey, "HISTORY_EVENTS", 10)
    workspace_id = await make_workspace(fresh_database)
    halves = Split(salt="s", shares=[Share(outlet="a", upto=0.5), Share(outlet="b", upto=1)])
    plan = await publish_plan(
        fresh_database,
        workspace_id,
        [
            trigger("halves"),
            node("halves", halves, a="order", b="one"),
            node("one", Hold(seconds=1), next="two"),
            node("two", Hold(seconds=1), next="three"),
            node("three", Hold(seconds=1), next=None),
            node("order", Await(event="Order Completed", timeout_seconds=86_400), happened="one", timed_out=None),
        ],
    )
    provider = RecordingProvider()
    engine = Engine(fresh_database, plan, BareMailroom(fresh_database, provider))
    people = await make_contacts(fresh_database, workspace_id, PEOPLE)
    for each in people:
        await happen(fresh_database, workspace_id, each, "Signed Up")
    async with running(client, fresh_database, provider, sandbox=False):
        await route_all(fresh_database)
        for each in people:
            await happen(fresh_database, workspace_id, each, "Order Completed")
            await route_all_again(fresh_database)

        async def done() -> bool:
            return await engine.states() == {"completed": PEOPLE}

        await until(done)
        for workflow_id in await workflow_ids(fresh_database):
            await client.get_workflow_handle(workflow_id).result()
        ids = " OR ".join(f"WorkflowId = '{each}'" for each in await workflow_ids(fresh_database))
        statuses = {each.status async for each in client.list_workflows(ids)}
    assert WorkflowExecutionStatus.CONTINUED_AS_NEW in statuses
    async with fresh_database.engine() as session:
        twice = await session.scalar(
            text("SELECT max(n) FROM (SELECT count(*) n FROM trace GROUP BY enrollment_id, node_id) x")
        )
    assert twice == 1
