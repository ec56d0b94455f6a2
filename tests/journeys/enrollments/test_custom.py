"""Custom activities in a journey: each contact by its own outlet, nothing recorded is done again, one bad contact fails alone."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from journeys.db.ids import new_ids
from journeys.db.json import to_json
from journeys.db.session import Database
from journeys.enrollments import effects
from journeys.enrollments.custom import ActivityMissing, ActivityUnfit
from journeys.enrollments.pausing import retry_parked_for
from journeys.enrollments.sending import LeaseHeld
from journeys.enrollments.stages import park
from journeys.graph.plan import PlanNode
from journeys.nodes.ops import CallActivity
from journeys.sdk.definition import definition_of
from journeys.sdk.wire import ActivityDied
from journeys.settings import Settings
from tests.factories.journeys import make_mail, node, publish_plan, send, trigger
from tests.fakes import activities
from tests.fakes.engine import BareMailroom, Engine
from tests.fakes.provider import RecordingProvider
from worker.activity_host import ActivityHost


@pytest.fixture
async def host() -> AsyncIterator[ActivityHost]:
    host = ActivityHost(Settings.model_validate({"SOJOURN_ACTIVITIES": "tests.fakes.activities"}))
    yield host
    await host.close()


class CustomEngine(Engine):
    """An engine on a journey of one custom activity."""

    async def people(self, *doing: str | None) -> list[UUID]:
        """Make contacts that do this, and let them in."""
        ids = new_ids(len(doing))
        rows = [
            {"id": each, "attributes": {"do": do} if do else {}, "email": f"{each}@example.com"}
            for each, do in zip(ids, doing, strict=True)
        ]
        async with self.database.engine() as session:
            await session.execute(
                text("""
                    INSERT INTO contacts (id, workspace_id, email, attributes)
                    SELECT id, :workspace_id, email, attributes
                    FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS x(id uuid, email text, attributes jsonb)
                """),
                {"workspace_id": self.plan.workspace_id, "rows": to_json(rows)},
            )
        [self.token] = await self.enroll(ids)
        return ids

    async def ledger(self) -> dict[UUID, Any]:
        """Return the effects by contact."""
        rows = await self._rows(
            "SELECT f.contact_id, f.state, f.reason, f.attempts FROM effects f JOIN enrollments e "
            "ON e.id = f.enrollment_id WHERE e.version_id = :v"
        )
        return {contact_id: (state, reason, attempts) for contact_id, state, reason, attempts in rows}

    async def pass_time(self) -> None:
        """Let every lease, and every wait for another attempt, be over."""
        async with self.database.engine() as session:
            await session.execute(
                text("UPDATE effects SET lease_until = now() - interval '1 second' WHERE workspace_id = :w"),
                {"w": self.plan.workspace_id},
            )


async def make_engine(
    database: Database, workspace_id: UUID, host: ActivityHost, name: str, **config: Any
) -> CustomEngine:
    definition = definition_of(getattr(activities, name))
    assert definition
    op = CallActivity(activity=name, config=config, outlets=list(definition.outlets))
    return await engine_on(database, workspace_id, host, op, dict.fromkeys(definition.outlets))


async def engine_on(
    database: Database,
    workspace_id: UUID,
    host: ActivityHost,
    op: CallActivity,
    ways: Mapping[str, Any],
    *after: PlanNode,
    **settings: Any,
) -> CustomEngine:
    plan = await publish_plan(
        database, workspace_id, [trigger("custom"), node("custom", op, **ways), *after], **settings
    )
    return CustomEngine(database, plan, BareMailroom(database, RecordingProvider()), host)


async def test_each_contact_leaves_by_the_outlet_of_its_own_outcome(
    database: Database, workspace_id: UUID, host: ActivityHost
) -> None:
    engine = await make_engine(database, workspace_id, host, "issue_coupon", percent=20)
    fine, sold_out, refused, rubbish = await engine.people(None, "sold out", "refuse", "rubbish")
    assert await engine.stage(engine.token) == []
    assert await engine.stage(engine.token) == []
    ways = [(await engine.steps(each))[1][1] for each in (fine, sold_out, refused, rubbish)]
    assert ways == ["issued", "sold_out", "failed", "failed"]
    ledger = await engine.ledger()
    assert [ledger[each][1] for each in (refused, rubbish)] == [
        "the vendor does not know them",
        "returned a str instead of an Outcome",
    ]
    assert {attempts for _, _, attempts in ledger.values()} == {1}


async def test_what_an_activity_sets_is_on_the_contact_and_in_the_trace(
    database: Database, workspace_id: UUID, host: ActivityHost
) -> None:
    engine = await make_engine(database, workspace_id, host, "issue_coupon")
    [anna] = await engine.people(None)
    await engine.stage(engine.token)
    [(coupon,)] = await engine._rows("SELECT attributes ->> 'coupon' FROM contacts WHERE id = :c AND :v = :v", c=anna)
    [(key, detail)] = await engine._rows(
        "SELECT e.id || ':custom:' || e.visit, s.detail FROM trace s JOIN enrollments e ON e.id = s.enrollment_id "
        "WHERE e.version_id = :v AND s.node_id = 'custom'"
    )
    assert (coupon, detail) == (f"C-{key}", {"detail": "attempt 1"})


async def test_whom_an_activity_makes_leave_is_gone_before_the_mail_that_follows(
    database: Database, workspace_id: UUID, host: ActivityHost
) -> None:
    op = CallActivity(activity="issue_coupon", config={}, outlets=["issued", "sold_out", "failed"])
    mail = node("mail", send(await make_mail(database, workspace_id), category="transactional"), sent=None)
    has_coupon = {"attribute": "coupon", "op": "exists"}
    ways = {"issued": "mail", "sold_out": "mail", "failed": None}
    engine = await engine_on(database, workspace_id, host, op, ways, mail, exit_on=[has_coupon])
    issued, sold_out = await engine.people(None, "sold out")
    await engine.run([engine.token])
    assert [way for _, way in await engine.steps(issued)] == ["next", "issued", None]
    assert [way for _, way in await engine.steps(sold_out)] == ["next", "sold_out", "sent"]
    assert await engine.states() == {"exited": 1, "completed": 1}
    assert await engine.messages() == {"sent": 1}


async def test_texts_in_the_config_are_liquid_for_each_contact(
    database: Database, workspace_id: UUID, host: ActivityHost
) -> None:
    engine = await make_engine(database, workspace_id, host, "issue_coupon", note="Do: {{ contact.do }}")
    fine, odd = await engine.people("sell", "what does not fit in twenty letters")
    assert await engine.stage(engine.token) == []
    rows = await engine._rows(
        "SELECT e.contact_id, s.outlet, s.reason, s.detail FROM trace s JOIN enrollments e ON e.id = s.enrollment_id "
        "WHERE e.version_id = :v AND s.node_id = 'custom'"
    )
    found = {contact_id: rest for contact_id, *rest in rows}
    assert found[fine] == ["issued", None, {"detail": "Do: sell"}]
    assert found[odd][:2] == ["failed", "its config does not fit this contact"]
    assert "note: String should have at most 20 characters" in found[odd][2]["error"]


async def test_one_contact_that_kills_the_process_fails_alone(
    database: Database, workspace_id: UUID, host: ActivityHost
) -> None:
    engine = await make_engine(database, workspace_id, host, "issue_coupon")
    ids = await engine.people("exit", *[None] * 5)
    [later] = await engine.stage(engine.token)
    assert Counter(state for state, _, _ in (await engine.ledger()).values()) == {"done": 5, "deferred": 1}
    assert await engine.states() == {"completed": 5, "active": 1}
    await engine.pass_time()
    assert await engine.wake([later]) == []
    assert (await engine.ledger())[ids[0]] == ("failed", "its process ended with status 3", 2)
    assert await engine.steps(ids[0]) == [("start", "next"), ("custom", "failed")]


async def test_a_contact_to_be_tried_later_waits_as_long_as_was_asked(
    database: Database, workspace_id: UUID, host: ActivityHost
) -> None:
    engine = await make_engine(database, workspace_id, host, "issue_coupon")
    await engine.people("later", None)
    [later] = await engine.stage(engine.token)
    assert later.wake_at
    assert 88 < (later.wake_at - await engine.now()).total_seconds() <= 90
    assert await engine.states() == {"completed": 1, "active": 1}


async def test_what_a_crash_left_open_is_done_again_only_where_that_is_safe(
    database: Database, workspace_id: UUID, host: ActivityHost
) -> None:
    for name, ends in (("issue_coupon", ("done", None, 2)), ("charge_card", ("unknown", None, 2))):
        engine = await make_engine(database, workspace_id, host, name)
        [anna] = await engine.people(None)
        await claim_and_die(engine)
        with pytest.raises(LeaseHeld):
            await engine.stage(engine.token)
        await engine.pass_time()
        assert await engine.stage(engine.token) == []
        state, _, attempts = (await engine.ledger())[anna]
        assert (state, None, attempts) == ends


async def claim_and_die(engine: CustomEngine) -> None:
    """Do what a worker does that is killed while it calls."""

    class Dying(ActivityHost):
        async def call(self, *_: Any, **__: Any) -> Any:
            raise asyncio.CancelledError

    host, engine.activities = (
        engine.activities,
        Dying(Settings.model_validate({"SOJOURN_ACTIVITIES": "tests.fakes.activities"})),
    )
    with pytest.raises(asyncio.CancelledError):
        await engine.stage(engine.token)
    await engine.activities.close()
    engine.activities = host


async def test_what_must_not_be_done_twice_is_unknown_after_a_time_out_or_a_death(
    database: Database, workspace_id: UUID, host: ActivityHost
) -> None:
    for does, reason in (
        ("hang", "timed out after 1 s"),
        ("exit", "its process ended with status 3; it may have been done"),
    ):
        engine = await make_engine(database, workspace_id, host, "charge_card")
        [anna] = await engine.people(does)
        assert await engine.stage(engine.token) == []
        assert (await engine.ledger())[anna] == ("unknown", reason, 1)
        assert (await engine.steps(anna))[1] == ("custom", "failed")


async def test_a_batch_that_keeps_failing_is_tried_contact_by_contact(
    database: Database, workspace_id: UUID, host: ActivityHost
) -> None:
    engine = await make_engine(database, workspace_id, host, "sync_audience")
    odd, *fine = await engine.people("raise", None, None)
    assert await engine.stage(engine.token) == []
    assert [(await engine.steps(each))[1][1] for each in (odd, *fine)] == ["failed", "synced", "synced"]


async def test_an_activity_that_is_missing_parks_its_batch_until_a_worker_has_it(
    database: Database, workspace_id: UUID, host: ActivityHost
) -> None:
    engine = await make_engine(database, workspace_id, host, "issue_coupon")
    await engine.people(None)
    bare = ActivityHost(Settings())
    engine.activities = bare
    with pytest.raises(ActivityMissing, match="custom activity 'issue_coupon' is not installed") as missing:
        await engine.stage(engine.token)
    await park(database, engine.order(engine.token), str(missing.value))
    engine.activities = host
    async with database.engine() as session:
        assert await retry_parked_for(session, "custom activity ") == 1
    assert await engine.stage(engine.token) == []
    await bare.close()


async def test_an_activity_that_changed_its_config_or_outlets_parks_its_batch_with_the_reason(
    database: Database, workspace_id: UUID, host: ActivityHost
) -> None:
    engine = await make_engine(database, workspace_id, host, "issue_coupon", percent=99)
    await engine.people(None)
    with pytest.raises(ActivityUnfit, match="percent: Input should be less than or equal to 90"):
        await engine.stage(engine.token)
    op = CallActivity(activity="issue_coupon", outlets=["issued", "failed"])
    plan = await publish_plan(database, workspace_id, [trigger("custom"), node("custom", op, issued=None, failed=None)])
    engine = CustomEngine(database, plan, BareMailroom(database, RecordingProvider()), host)
    await engine.people(None)
    with pytest.raises(ActivityUnfit, match=r"has new outlets \('sold_out'\): publish the journey again"):
        await engine.stage(engine.token)
    assert await engine.ledger() == {}


async def test_a_secret_that_is_not_set_parks_the_batch_and_costs_nobody_an_attempt(
    database: Database, workspace_id: UUID, host: ActivityHost
) -> None:
    engine = await make_engine(database, workspace_id, host, "issue_coupon")
    [anna] = await engine.people("secret")
    for _ in range(3):
        with pytest.raises(ActivityUnfit, match="SOJOURN_ACTIVITY_SECRET_COUPONS is not set"):
            await engine.stage(engine.token)
    state, _, attempts = (await engine.ledger())[anna]
    assert (state, attempts) == ("deferred", 0)


async def test_a_claim_is_renewed_while_its_attempt_lives(
    database: Database, workspace_id: UUID, host: ActivityHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    renewed = asyncio.Event()
    renew = effects.renew

    async def watched(*arguments: Any) -> None:
        await renew(*arguments)
        renewed.set()

    monkeypatch.setattr("journeys.enrollments.custom.RENEW_SECONDS", 0.1)
    monkeypatch.setattr(effects, "renew", watched)
    engine = await make_engine(database, workspace_id, host, "issue_coupon")
    await engine.people("hang")
    await engine.stage(engine.token)
    assert renewed.is_set()


async def test_a_dead_process_is_an_answer_not_an_error_of_the_stage(
    database: Database, workspace_id: UUID, host: ActivityHost
) -> None:
    class Mortal(ActivityHost):
        async def call(self, *_: Any, **__: Any) -> Any:
            raise ActivityDied("it fell")

    engine = await make_engine(database, workspace_id, host, "issue_coupon")
    [anna, _] = await engine.people(None, None)
    engine.activities = mortal = Mortal(Settings.model_validate({"SOJOURN_ACTIVITIES": "tests.fakes.activities"}))
    [later] = await engine.stage(engine.token)
    assert later.size == 2
    assert (await engine.ledger())[anna] == ("deferred", "it fell", 1)
    await mortal.close()
