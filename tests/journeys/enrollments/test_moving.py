"""Publishing while people are inside: each row of the table in docs/live-edits.md, and nobody gets a mail twice."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from journeys.connectors.base import Mail, Outcome
from journeys.contracts import Token
from journeys.db.ids import new_id
from journeys.db.json import to_json
from journeys.db.session import Database
from journeys.enrollments import moving
from journeys.enrollments.intake import advance_intake, create_intake, point_intakes
from journeys.enrollments.pausing import pause
from journeys.enrollments.queries import get_status
from journeys.errors import Conflict, InvalidInput
from journeys.graph.loading import LoadedPlan, get_plan
from journeys.graph.plan import Plan, PlanNode
from journeys.graph.settings import JourneySettings
from journeys.nodes.ops import Await, End, Hold
from tests.factories.journeys import make_contacts, make_mail, node, publish_plan, send, trigger
from tests.fakes.engine import BareMailroom, Engine
from tests.fakes.provider import RecordingProvider

HOUR = 3_600


async def publish_next(database: Database, old: LoadedPlan, nodes: Sequence[PlanNode], **settings: Any) -> LoadedPlan:
    """Store a next version of a journey, and make it the live one."""
    plan = Plan(
        nodes={each.id: each for each in nodes},
        triggers=[each.id for each in nodes if each.is_trigger],
        stages={},
        settings=JourneySettings(**settings),
    )
    version_id = new_id()
    async with database.engine() as session:
        await session.execute(
            text("""
                INSERT INTO journey_versions (id, workspace_id, journey_id, number, hash, graph, settings, plan)
                VALUES (:id, :w, :j, :number, 'h', '{}', '{}', CAST(:plan AS jsonb))
            """),
            {
                "id": version_id,
                "w": old.workspace_id,
                "j": old.journey_id,
                "number": old.number + 1,
                "plan": to_json(plan.model_dump(mode="json")),
            },
        )
        await session.execute(
            text("UPDATE journeys SET live_version_id = :v WHERE id = :j"), {"v": version_id, "j": old.journey_id}
        )
        return await get_plan(session, version_id)


async def move(
    database: Database, plan: LoadedPlan, node_map: dict[str, str | None] | None = None, waits: str = "keep"
) -> None:
    async with database.engine() as session:
        await moving.start_move(session, plan, node_map or {}, waits)  # type: ignore[arg-type]


async def take_over(engine: Engine, plan: LoadedPlan) -> list[Token]:
    """Go on as the run that the move started; return its tokens."""
    async with engine.database.engine() as session:
        payload = await session.scalar(
            text("""
                SELECT d.payload FROM dispatches d JOIN runs r ON r.id = d.run_id
                WHERE d.kind = 'start_run' AND r.version_id = :v ORDER BY d.seq DESC LIMIT 1
            """),
            {"v": plan.version_id},
        )
    run = payload["run"]
    engine.plan, engine.run_id = plan, UUID(run["run_id"])
    return [Token.model_validate(each) for each in run["tokens"]]


def waiting(seconds: int = 30 * 24 * HOUR) -> list[PlanNode]:
    return [trigger("pause"), node("pause", Hold(seconds=seconds), next="end"), node("end", End())]


async def engine_of(database: Database, workspace_id: UUID, nodes: list[PlanNode]) -> Engine:
    plan = await publish_plan(database, workspace_id, nodes)
    return Engine(database, plan, BareMailroom(database, RecordingProvider(), chunk_size=2))


async def test_people_at_a_node_that_stays_go_on_there_in_the_new_version(
    database: Database, workspace_id: UUID
) -> None:
    engine = await engine_of(database, workspace_id, waiting())
    contacts = await make_contacts(database, workspace_id, 5)
    [before] = await engine.run(await engine.enroll(contacts))
    old = engine.plan
    plan = await publish_next(database, old, waiting())
    await move(database, plan)
    [token] = await take_over(engine, plan)
    assert (token.node_id, token.size, token.wake_at) == ("pause", 5, before.wake_at)
    assert await engine.wake([token]) == []
    assert await engine.states() == {"completed": 5}
    assert await engine.steps(contacts[0]) == [("start", "next"), ("pause", None), ("pause", "next"), ("end", None)]
    async with database.engine() as session:
        counts = (await get_status(session, workspace_id, plan.journey_id))["counts"]
    assert counts["completed"] == counts["entered"] == 5
    assert counts["active"] == 0


async def test_a_stage_of_the_old_run_that_comes_too_late_finds_nothing_to_do(
    database: Database, workspace_id: UUID
) -> None:
    engine = await engine_of(database, workspace_id, waiting())
    tokens = await engine.run(await engine.enroll(await make_contacts(database, workspace_id, 2)))
    await move(database, await publish_next(database, engine.plan, waiting()))
    assert await engine.wake(tokens) == []
    assert await engine.states() == {}


@pytest.mark.parametrize(("policy", "hours"), [("keep", 24), ("recompute", 72)])
async def test_a_wait_whose_length_changed_keeps_its_end_or_gets_it_anew(
    database: Database, workspace_id: UUID, policy: str, hours: int
) -> None:
    engine = await engine_of(database, workspace_id, waiting(24 * HOUR))
    [before] = await engine.run(await engine.enroll(await make_contacts(database, workspace_id, 2)))
    plan = await publish_next(database, engine.plan, waiting(72 * HOUR))
    await move(database, plan, waits=policy)
    [token] = await take_over(engine, plan)
    assert token.wake_at is not None
    assert before.wake_at is not None
    assert token.wake_at - before.wake_at == timedelta(hours=hours - 24)


async def test_people_at_a_node_that_is_gone_go_where_the_map_says_or_leave(
    database: Database, workspace_id: UUID
) -> None:
    engine = await engine_of(database, workspace_id, waiting())
    await engine.run(await engine.enroll(await make_contacts(database, workspace_id, 3)))
    nodes = [trigger("rest"), node("rest", Hold(seconds=60), next="end"), node("end", End())]
    plan = await publish_next(database, engine.plan, nodes)
    with pytest.raises(InvalidInput) as refused:
        await move(database, plan)
    assert [(each.pointer, each.message) for each in refused.value.faults] == [
        ("/node_map/pause", "3 contacts are at 'Pause': say where they go")
    ]
    with pytest.raises(InvalidInput, match="cannot all be moved"):
        await move(database, plan, {"pause": "nowhere"})
    await move(database, plan, {"pause": "end"})
    assert await engine.run(await take_over(engine, plan)) == []
    assert await engine.states() == {"completed": 3}

    other = await engine_of(database, workspace_id, waiting())
    await other.run(await other.enroll(await make_contacts(database, workspace_id, 2, email=None)))
    gone = await publish_next(database, other.plan, nodes)
    await move(database, gone, {"pause": None})
    assert await other.states() == {"exited": 2}


async def test_a_moved_wait_for_an_event_is_still_ended_by_the_event_and_by_its_deadline(
    database: Database, workspace_id: UUID
) -> None:
    def nodes(event: str = "Order Completed", seconds: int = HOUR) -> list[PlanNode]:
        wait = Await(event=event, timeout_seconds=seconds)
        return [trigger("wait"), node("wait", wait, happened="end", timed_out="end"), node("end", End())]

    engine = await engine_of(database, workspace_id, nodes())
    [before] = await engine.run(await engine.enroll(await make_contacts(database, workspace_id, 2)))
    same = await publish_next(database, engine.plan, nodes(seconds=3 * HOUR))
    await move(database, same, waits="recompute")
    [token] = await take_over(engine, same)
    assert token.wake_at is not None
    assert before.wake_at is not None
    assert token.wake_at - before.wake_at == timedelta(hours=2)
    async with database.engine() as session:
        waits = await session.execute(
            text("SELECT DISTINCT node_id, version_id, deadline_at FROM waits WHERE journey_id = :j"),
            {"j": same.journey_id},
        )
        assert waits.all() == [("wait", same.version_id, token.wake_at)]
    other = await publish_next(database, same, nodes(event="Checkout Started"))
    await move(database, other)
    [anew] = await engine.run(await take_over(engine, other))
    async with database.engine() as session:
        events = await session.scalars(
            text("SELECT DISTINCT event FROM waits WHERE journey_id = :j"), {"j": same.journey_id}
        )
        assert events.all() == ["Checkout Started"]
    assert await engine.wake([anew]) == []


async def test_nobody_gets_a_mail_twice_when_a_move_comes_between_two_chunks(
    database: Database, workspace_id: UUID
) -> None:
    mail = await make_mail(database, workspace_id)

    def nodes() -> list[PlanNode]:
        return [
            trigger("hello"),
            node("hello", send(mail), sent="end", skipped="end", failed="end"),
            node("end", End()),
        ]

    engine = await engine_of(database, workspace_id, nodes())
    provider = engine.mailroom.provider
    assert isinstance(provider, RecordingProvider)
    provider.max_per_request = 2
    tokens = await engine.enroll(await make_contacts(database, workspace_id, 6))
    plan = await publish_next(database, engine.plan, nodes())

    async def move_meanwhile(mails: Sequence[Mail]) -> list[Outcome]:
        provider.answer = None
        provider.accept(mails)
        await move(database, plan)
        return [Outcome("sent") for _ in mails]

    provider.answer = move_meanwhile
    assert await engine.run(tokens) == []
    assert len(provider.mails) == 2, "unclaimed rows are no business of the old run any more"
    assert await engine.run(await take_over(engine, plan)) == []
    assert sorted(each.to for each in provider.mails) == [f"person{n}@example.com" for n in range(6)]
    assert await engine.states() == {"completed": 6}


async def test_who_is_moved_past_a_mail_that_went_out_does_not_get_it_again(
    database: Database, workspace_id: UUID
) -> None:
    mail = await make_mail(database, workspace_id)
    first = [trigger("hello"), node("hello", send(mail), sent="pause"), node("pause", Hold(seconds=60), next=None)]
    engine = await engine_of(database, workspace_id, first)
    provider = engine.mailroom.provider
    assert isinstance(provider, RecordingProvider)
    await engine.run(await engine.enroll(await make_contacts(database, workspace_id, 3)))
    second = [
        trigger("pause"),
        node("pause", Hold(seconds=60), next="hello"),
        node("hello", send(mail), sent="end", skipped="end", failed="end"),
        node("end", End()),
    ]
    plan = await publish_next(database, engine.plan, second)
    await move(database, plan)
    assert await engine.wake(await take_over(engine, plan)) == []
    assert len(provider.mails) == 3
    assert await engine.states() == {"completed": 3}


async def test_a_move_while_the_journey_is_paused_leaves_everyone_parked(
    database: Database, workspace_id: UUID
) -> None:
    mail = await make_mail(database, workspace_id)
    nodes = [trigger("hello"), node("hello", send(mail), sent=None, skipped=None, failed=None)]
    engine = await engine_of(database, workspace_id, nodes)
    tokens = await engine.enroll(await make_contacts(database, workspace_id, 2))
    async with database.engine() as session:
        await pause(session, workspace_id, engine.plan.journey_id)
    [parked] = await engine.stage(tokens[0])
    assert parked.parked == "paused"
    plan = await publish_next(database, engine.plan, nodes)
    await move(database, plan)
    [token] = await take_over(engine, plan)
    assert token.parked == "paused"
    assert engine.mailroom.provider.mails == []  # type: ignore[attr-defined]


async def test_many_are_moved_by_the_router_and_a_second_move_waits_for_the_first(
    database: Database, workspace_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(moving, "AT_ONCE", 3)
    monkeypatch.setattr(moving, "BATCHES_AT_ONCE", 2)
    engine = await engine_of(database, workspace_id, waiting())
    for contact in await make_contacts(database, workspace_id, 5):
        await engine.run(await engine.enroll([contact]))
    plan = await publish_next(database, engine.plan, waiting())
    await move(database, plan)
    with pytest.raises(Conflict):
        await move(database, await publish_next(database, plan, waiting()))
    moved = []
    while True:
        async with database.engine() as session:
            if (found := await moving.take_move(session)) is None:
                break
            moved.append(await moving.advance_move(session, found))
    assert moved == [2, 2, 1]


async def test_a_stage_and_a_move_at_one_instant_leave_everyone_in_one_place(
    database: Database, workspace_id: UUID
) -> None:
    for _ in range(4):
        engine = await engine_of(database, workspace_id, waiting(1))
        old = engine.plan
        tokens = await engine.run(await engine.enroll(await make_contacts(database, workspace_id, 4, email=None)))
        plan = await publish_next(database, old, waiting(1))
        await asyncio.gather(engine.wake(tokens), move(database, plan))
        async with database.engine() as session:
            states = await session.execute(
                text("SELECT version_id, state, count(*) FROM enrollments WHERE journey_id = :j GROUP BY 1, 2"),
                {"j": plan.journey_id},
            )
            [(version_id, state, n)] = states.all()
        assert n == 4
        assert (version_id, state) in {(old.version_id, "completed"), (plan.version_id, "active")}


async def test_an_intake_that_is_under_way_goes_on_into_the_new_version(database: Database, workspace_id: UUID) -> None:
    engine = await engine_of(database, workspace_id, waiting())
    contacts = await make_contacts(database, workspace_id, 3)
    async with database.engine() as session:
        intake_id = await create_intake(session, engine.plan, "start", contact_ids=contacts)
    plan = await publish_next(database, engine.plan, waiting())
    async with database.engine() as session:
        await point_intakes(session, plan)
        query = text("SELECT * FROM intakes WHERE id = :id")
        intake = (await session.execute(query, {"id": intake_id})).one()
        assert await advance_intake(session, intake, 10) == 3
    engine.plan = plan
    assert await engine.states() == {"active": 3}


async def test_a_held_mail_of_someone_who_is_moved_away_from_it_is_skipped(
    database: Database, workspace_id: UUID
) -> None:
    mail = await make_mail(database, workspace_id)
    nodes = [trigger("hello"), node("hello", send(mail), sent=None, skipped=None, failed=None)]
    engine = await engine_of(database, workspace_id, nodes)
    provider = engine.mailroom.provider
    assert isinstance(provider, RecordingProvider)

    async def greylist(mails: Sequence[Mail]) -> list[Outcome]:
        return [Outcome("deferred", reason="450 greylisted") for _ in mails]

    provider.answer = greylist
    await engine.run(await engine.enroll(await make_contacts(database, workspace_id, 2)))
    old = engine.plan
    plan = await publish_next(database, old, waiting())
    await move(database, plan, {"hello": "pause"})
    assert await engine.messages() == {"skipped: moved to version 2": 2}


@pytest.mark.parametrize(("behind", "ends"), [("end", {"completed": 5}), (None, {"exited": 5})])
async def test_people_whom_the_old_version_brings_to_a_removed_node_during_the_move_do_not_stay_there(
    database: Database, workspace_id: UUID, monkeypatch: pytest.MonkeyPatch, behind: str | None, ends: dict[str, int]
) -> None:
    monkeypatch.setattr(moving, "AT_ONCE", 0)  # left to the process for broadcasts
    gone = [node("gap", Hold(seconds=HOUR), next="more"), node("more", Hold(seconds=HOUR), next=behind)]
    old = [trigger("pause"), node("pause", Hold(seconds=HOUR), next="gap"), *gone, node("end", End())]
    engine = await engine_of(database, workspace_id, old)
    before = await engine.run(await engine.enroll(await make_contacts(database, workspace_id, 5)))
    plan = await publish_next(database, engine.plan, waiting())
    await move(database, plan)
    [at_gap] = await engine.wake(before)
    assert at_gap.node_id == "gap"
    async with database.engine() as session:
        row = text("SELECT * FROM moves WHERE version_id = :v")
        while (underway := (await session.execute(row, {"v": plan.version_id})).one()).finished_at is None:
            await moving.advance_move(session, underway)
    tokens = await take_over(engine, plan) if behind else []
    assert await engine.run(tokens) == []
    engine.plan = plan if behind else engine.plan
    assert await engine.states() == ends
