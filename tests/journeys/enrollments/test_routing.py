"""Events move contacts in, on and out: routed on real Postgres, in a database of the test's own."""

from uuid import UUID

import pytest
from sqlalchemy import text

from journeys.db.ids import new_id
from journeys.db.session import Database
from journeys.enrollments.routing import Lease, LeaseLost, Routed, route_window
from journeys.events.queue import partition_of
from journeys.events.record import NewEvent, record_events
from journeys.nodes.ops import Await, Hold
from tests.conftest import make_workspace
from tests.factories.journeys import make_contacts, node, publish_plan, trigger
from tests.fakes.engine import BareMailroom, Engine
from tests.fakes.provider import RecordingProvider
from worker.leases import claim_partitions


@pytest.fixture
async def lease(fresh_database: Database) -> Lease:
    async with fresh_database.engine() as session:
        return await claim_partitions(session, new_id())


async def happen(database: Database, workspace_id: UUID, contact_id: UUID, name: str, **properties: object) -> None:
    async with database.engine() as session:
        await record_events(session, [NewEvent(workspace_id, contact_id, name, properties=properties)])


async def route(database: Database, lease: Lease) -> Routed:
    async with database.engine() as session:
        return await route_window(session, lease, 1_000)


async def dispatched(database: Database) -> list[dict]:  # type: ignore[type-arg]
    async with database.engine() as session:
        rows = await session.execute(text("DELETE FROM dispatches WHERE kind = 'start_run' RETURNING payload"))
        return [payload["run"] for (payload,) in rows]


def engine_of(database: Database, plan: object) -> Engine:
    return Engine(database, plan, BareMailroom(database, RecordingProvider()))  # type: ignore[arg-type]


async def start(engine: Engine, runs: list[dict]) -> list:  # type: ignore[type-arg]
    """Run what the router started."""
    from journeys.contracts import RunInput

    waiting = []
    for each in runs:
        run = RunInput.model_validate(each)
        engine.run_id = run.run_id
        waiting += await engine.run(list(run.tokens))
    return waiting


async def test_an_event_lets_its_contacts_in_as_one_batch(fresh_database: Database, lease: Lease) -> None:
    workspace_id = await make_workspace(fresh_database)
    plan = await publish_plan(
        fresh_database, workspace_id, [trigger("pause"), node("pause", Hold(seconds=60), next=None)]
    )
    ids = await make_contacts(fresh_database, workspace_id, 3)
    for each in ids:
        await happen(fresh_database, workspace_id, each, "Signed Up", plan="pro")
    await happen(fresh_database, workspace_id, ids[0], "Something Else")
    assert (await route(fresh_database, lease)).taken == 4
    [run] = await dispatched(fresh_database)
    assert [token["size"] for token in run["tokens"]] == [3]
    assert await engine_of(fresh_database, plan).states() == {"active": 3}
    assert (await route(fresh_database, lease)).taken == 0


async def test_two_carts_of_one_contact_are_two_enrollments(fresh_database: Database, lease: Lease) -> None:
    workspace_id = await make_workspace(fresh_database)
    paid = Await(event="Order Completed", where={"cart_id": "{{ event.cart_id }}"}, timeout_seconds=3600)
    plan = await publish_plan(
        fresh_database,
        workspace_id,
        [trigger("paid", event="Cart Updated", key="cart_id"), node("paid", paid, happened=None, timed_out=None)],
        re_entry="per_key",
    )
    engine = engine_of(fresh_database, plan)
    [anna] = await make_contacts(fresh_database, workspace_id, 1)
    for cart in ("a", "b", "a"):
        await happen(fresh_database, workspace_id, anna, "Cart Updated", cart_id=cart)
    await route(fresh_database, lease)
    await start(engine, await dispatched(fresh_database))
    assert await engine.states() == {"active": 2}
    await happen(fresh_database, workspace_id, anna, "Order Completed", cart_id="b")
    await route(fresh_database, lease)
    assert await engine.states() == {"active": 1, "completed": 1}


async def test_an_awaited_event_releases_only_those_it_is_about(fresh_database: Database, lease: Lease) -> None:
    workspace_id = await make_workspace(fresh_database)
    plan = await publish_plan(
        fresh_database,
        workspace_id,
        [
            trigger("order"),
            node("order", Await(event="Order Completed", timeout_seconds=3600), happened="pause", timed_out=None),
            node("pause", Hold(seconds=60), next=None),
        ],
    )
    engine = engine_of(fresh_database, plan)
    ids = await make_contacts(fresh_database, workspace_id, 5)
    await start(engine, await _enter_all(fresh_database, workspace_id, lease, ids))
    await happen(fresh_database, workspace_id, ids[1], "Order Completed")
    await happen(fresh_database, workspace_id, ids[3], "Order Completed")
    await route(fresh_database, lease)
    [run] = await dispatched(fresh_database)
    assert [(token["node_id"], token["size"]) for token in run["tokens"]] == [("pause", 2)]
    assert await engine.steps(ids[1]) == [("start", "next"), ("order", "happened")]
    assert await engine.steps(ids[0]) == [("start", "next")]


async def _enter_all(database: Database, workspace_id: UUID, lease: Lease, ids: list[UUID]) -> list[dict]:  # type: ignore[type-arg]
    for each in ids:
        await happen(database, workspace_id, each, "Signed Up")
    await route(database, lease)
    return await dispatched(database)


async def test_an_event_that_comes_before_its_wait_is_registered_is_not_missed(
    fresh_database: Database, lease: Lease
) -> None:
    workspace_id = await make_workspace(fresh_database)
    plan = await publish_plan(
        fresh_database,
        workspace_id,
        [
            trigger("order"),
            node("order", Await(event="Order Completed", timeout_seconds=3600), happened=None, timed_out=None),
        ],
    )
    engine = engine_of(fresh_database, plan)
    [anna, ben] = await make_contacts(fresh_database, workspace_id, 2)
    await happen(fresh_database, workspace_id, ben, "Order Completed")
    runs = await _enter_all(fresh_database, workspace_id, lease, [anna, ben])
    await happen(fresh_database, workspace_id, anna, "Order Completed")
    await route(fresh_database, lease)
    await start(engine, runs)
    assert await engine.steps(anna) == [("start", "next"), ("order", "happened")]
    assert await engine.steps(ben) == [("start", "next")]


async def test_an_exit_event_ends_an_enrollment_at_once_and_owes_its_run_a_nudge(
    fresh_database: Database, lease: Lease
) -> None:
    workspace_id = await make_workspace(fresh_database)
    plan = await publish_plan(
        fresh_database,
        workspace_id,
        [trigger("pause"), node("pause", Hold(seconds=30 * 86400), next=None)],
        exit_on=[{"event": "Order Completed"}],
    )
    engine = engine_of(fresh_database, plan)
    [anna] = await make_contacts(fresh_database, workspace_id, 1)
    await start(engine, await _enter_all(fresh_database, workspace_id, lease, [anna]))
    await happen(fresh_database, workspace_id, anna, "Order Completed")
    await route(fresh_database, lease)
    assert await engine.states() == {"exited": 1}
    assert await engine.steps(anna) == [("start", "next"), ("pause", None)]
    async with fresh_database.engine() as session:
        assert (await session.execute(text("SELECT kind FROM dispatches"))).scalars().all() == ["nudge_run"]


async def test_entry_and_exit_in_one_window_are_taken_in_their_order(fresh_database: Database, lease: Lease) -> None:
    workspace_id = await make_workspace(fresh_database)
    plan = await publish_plan(
        fresh_database,
        workspace_id,
        [trigger("pause"), node("pause", Hold(seconds=3600), next=None)],
        exit_on=[{"event": "Order Completed"}],
        re_entry="always",
    )
    [anna, ben] = await make_contacts(fresh_database, workspace_id, 2)
    await happen(fresh_database, workspace_id, anna, "Signed Up")
    await happen(fresh_database, workspace_id, anna, "Order Completed")
    await happen(fresh_database, workspace_id, ben, "Order Completed")
    await happen(fresh_database, workspace_id, ben, "Signed Up")
    await route(fresh_database, lease)
    assert await engine_of(fresh_database, plan).states() == {"active": 1, "exited": 1}


async def test_a_goal_is_credited_once_and_may_end_the_passage(fresh_database: Database, lease: Lease) -> None:
    workspace_id = await make_workspace(fresh_database)
    nodes = [trigger("pause"), node("pause", Hold(seconds=3600), next=None)]
    ends = await publish_plan(fresh_database, workspace_id, nodes, goal={"event": "Order Completed"})
    stays = await publish_plan(fresh_database, workspace_id, nodes, goal={"event": "Order Completed", "exits": False})
    [anna] = await make_contacts(fresh_database, workspace_id, 1)
    await happen(fresh_database, workspace_id, anna, "Signed Up")
    for _ in range(2):
        await happen(fresh_database, workspace_id, anna, "Order Completed")
    await route(fresh_database, lease)
    assert await engine_of(fresh_database, ends).states() == {"completed": 1}
    assert await engine_of(fresh_database, stays).states() == {"active": 1}
    async with fresh_database.engine() as session:
        converted = await session.execute(
            text("SELECT journey_id, sum(n)::int FROM node_counts WHERE measure = 'converted' GROUP BY 1")
        )
        assert dict(converted.all()) == {ends.journey_id: 1, stays.journey_id: 1}


async def test_a_router_that_lost_its_lease_writes_nothing(fresh_database: Database, lease: Lease) -> None:
    workspace_id = await make_workspace(fresh_database)
    [anna] = await make_contacts(fresh_database, workspace_id, 1)
    await happen(fresh_database, workspace_id, anna, "Signed Up")
    async with fresh_database.engine() as session:
        await session.execute(text("UPDATE router_leases SET expires_at = now() - interval '1 second'"))
        newer = await claim_partitions(session, new_id())
    with pytest.raises(LeaseLost):
        await route(fresh_database, lease)
    assert (await route(fresh_database, newer)).taken == 1


async def test_when_two_contacts_become_one_the_older_enrollment_goes_on(
    fresh_database: Database, lease: Lease
) -> None:
    workspace_id = await make_workspace(fresh_database)
    plan = await publish_plan(
        fresh_database, workspace_id, [trigger("pause"), node("pause", Hold(seconds=3600), next=None)]
    )
    [anna, visitor] = await make_contacts(fresh_database, workspace_id, 2)
    await happen(fresh_database, workspace_id, anna, "Signed Up")
    await route(fresh_database, lease)
    await happen(fresh_database, workspace_id, visitor, "Signed Up")
    await route(fresh_database, lease)
    async with fresh_database.engine() as session:
        await session.execute(
            text("UPDATE enrollments SET contact_id = :anna WHERE contact_id = :visitor"),
            {"anna": anna, "visitor": visitor},
        )
        await record_events(session, [NewEvent(workspace_id, anna, "Contacts Merged", type="merge")])
    await route(fresh_database, lease)
    engine = engine_of(fresh_database, plan)
    assert await engine.states() == {"active": 1, "exited": 1}
    async with fresh_database.engine() as session:
        reason = await session.scalar(text("SELECT end_reason FROM enrollments WHERE state = 'exited'"))
    assert reason == "merged: the contact's older enrollment goes on"


async def test_a_key_too_long_for_an_index_still_lets_its_contact_in_once(
    fresh_database: Database, lease: Lease
) -> None:
    workspace_id = await make_workspace(fresh_database)
    plan = await publish_plan(
        fresh_database,
        workspace_id,
        [trigger("pause", key="cart_id"), node("pause", Hold(seconds=60), next=None)],
        re_entry="per_key",
    )
    [anna] = await make_contacts(fresh_database, workspace_id, 1)
    for _ in range(2):
        await happen(fresh_database, workspace_id, anna, "Signed Up", cart_id="".join(str(n) for n in range(5_000)))
    await route(fresh_database, lease)
    assert await engine_of(fresh_database, plan).states() == {"active": 1}


async def test_a_second_router_gets_its_share_of_the_partitions(fresh_database: Database, lease: Lease) -> None:
    first, second = lease.owner, new_id()
    async with fresh_database.engine() as session:
        await claim_partitions(session, second)
    async with fresh_database.engine() as session:
        again = await claim_partitions(session, first)
    async with fresh_database.engine() as session:
        other = await claim_partitions(session, second)
    assert (len(again.fences), len(other.fences)) == (8, 8)
    assert not again.fences.keys() & other.fences.keys()


async def test_events_go_before_any_number_of_looks_at_contacts_and_these_still_get_their_turn(
    fresh_database: Database, lease: Lease
) -> None:
    workspace_id = await make_workspace(fresh_database)
    [anna] = await make_contacts(fresh_database, workspace_id, 1)
    async with fresh_database.engine() as session:
        await session.execute(
            text("""
                INSERT INTO event_queue (partition, event_id, workspace_id, contact_id, type, name, occurred_at)
                SELECT :partition, gen_random_uuid(), :w, :c, 'profile', '', now() FROM generate_series(1, 50)
            """),
            {"partition": partition_of(anna), "w": workspace_id, "c": anna},
        )
    for _ in range(20):
        await happen(fresh_database, workspace_id, anna, "Signed Up")

    async def left() -> dict[str, int]:
        async with fresh_database.engine() as session:
            rows = await session.execute(text("SELECT type, count(*) FROM event_queue GROUP BY type"))
            return dict(rows.all())

    async with fresh_database.engine() as session:
        assert (await route_window(session, lease, 16)).taken == 20
    assert await left() == {"track": 4, "profile": 46}
    async with fresh_database.engine() as session:
        await route_window(session, lease, 16)
    assert await left() == {"profile": 34}
