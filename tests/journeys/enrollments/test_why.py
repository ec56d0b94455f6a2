"""Why a contact did not enter a journey: each trigger says what it saw and which clause failed."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from journeys.contacts.consent import suppress
from journeys.db.session import Database
from journeys.enrollments.entry import NO_KEY
from journeys.enrollments.why import WhyNot, explain_entry
from journeys.errors import NotFound
from journeys.events.record import NewEvent, record_events
from journeys.graph.loading import LoadedPlan
from journeys.nodes.ops import AttributeChange, Hold, OwnDate, Recurrence, Trigger
from journeys.segments.queries import create_segment
from tests.factories.journeys import make_contacts, node, publish_plan
from tests.fakes.engine import BareMailroom, Engine
from tests.fakes.provider import RecordingProvider

BIG = Trigger(source="event", event="Order Completed", where={"total": {"op": "gte", "value": 50}, "currency": "EUR"})


async def publish(database: Database, w: UUID, op: Trigger, **settings: Any) -> LoadedPlan:
    return await publish_plan(
        database, w, [node("start", op, next="rest"), node("rest", Hold(seconds=60), next=None)], **settings
    )


async def why(database: Database, plan: LoadedPlan, contact_id: UUID) -> WhyNot:
    async with database.workspace(plan.workspace_id) as session:
        return await explain_entry(session, plan.workspace_id, plan.journey_id, contact_id)


async def order(database: Database, w: UUID, contact_id: UUID, **properties: Any) -> None:
    async with database.engine() as session:
        await record_events(session, [NewEvent(w, contact_id, "Order Completed", properties=properties)])


async def test_an_event_that_never_came_or_does_not_fit_is_named(database: Database, workspace_id: UUID) -> None:
    plan = await publish(database, workspace_id, BIG)
    [anna] = await make_contacts(database, workspace_id, 1)
    found = await why(database, plan, anna)
    assert (found.entered, found.summary) == (False, "Start: Order Completed never came from them.")
    await order(database, workspace_id, anna, total=20, currency="EUR")
    [saw] = (await why(database, plan, anna)).triggers
    assert (saw.matched, saw.why) == (False, "Order Completed came, but total is 20, not gte 50")
    await order(database, workspace_id, anna, total=80)
    [saw] = (await why(database, plan, anna)).triggers
    assert saw.why == "Order Completed came, but currency is missing, not eq 'EUR'"


async def test_an_event_from_before_the_journey_or_in_a_pause_is_told_apart(
    database: Database, workspace_id: UUID
) -> None:
    [anna] = await make_contacts(database, workspace_id, 1)
    await order(database, workspace_id, anna, total=80, currency="EUR")
    plan = await publish(database, workspace_id, BIG)
    assert "before the journey was published" in (await why(database, plan, anna)).triggers[0].why
    async with database.engine() as session:
        await session.execute(
            text("UPDATE journeys SET state = 'paused', paused_at = now() - interval '1 hour' WHERE id = :id"),
            {"id": plan.journey_id},
        )
        await session.execute(
            text("UPDATE journey_versions SET created_at = now() - interval '2 hours' WHERE journey_id = :id"),
            {"id": plan.journey_id},
        )
    found = await why(database, plan, anna)
    assert found.triggers[0].why == "it came while the journey was paused"
    assert found.summary == "The journey is paused, and lets nobody in."


async def test_a_refusal_says_so_and_so_does_an_entry(database: Database, workspace_id: UUID) -> None:
    plan = await publish(database, workspace_id, BIG, re_entry="per_key")
    engine = Engine(database, plan, BareMailroom(database, RecordingProvider()))
    [anna] = await make_contacts(database, workspace_id, 1)
    assert await engine.enroll([anna]) == []
    found = await why(database, plan, anna)
    assert [refusal.reason for refusal in found.refusals] == [NO_KEY]
    assert NO_KEY in found.summary
    await engine.enroll([anna], key="cart-1")
    found = await why(database, plan, anna)
    assert (found.entered, found.summary.startswith("They did enter")) == (True, True)


async def test_a_segment_names_the_clause_that_fails(database: Database, workspace_id: UUID) -> None:
    rule = {"all": [{"attribute": "country", "value": "DE"}, {"event": "Order Completed", "count": 2}]}
    async with database.workspace(workspace_id) as session:
        segment = await create_segment(session, workspace_id, "Germans", rule)
    plan = await publish(database, workspace_id, Trigger(source="segment", segment_id=segment.id))
    [anna] = await make_contacts(database, workspace_id, 1, country="DE")
    [saw] = (await why(database, plan, anna)).triggers
    assert (saw.why, saw.clause) == ("not in the segment: Order Completed: 0, ever", "/all/1")


@pytest.mark.parametrize(
    ("op", "attributes", "expected"),
    [
        (OwnDate(attribute="birthday"), {}, "birthday is missing"),
        (OwnDate(attribute="birthday"), {"birthday": "soon"}, "birthday is 'soon', which is no date"),
        (
            AttributeChange(attribute="plan", after="pro"),
            {"plan": "free"},
            "plan is 'free', and no change to 'pro' was seen",
        ),
        (Recurrence(every="day"), {}, "it has not been due since the journey was published"),
        (None, {}, "no request named them"),
    ],
)
async def test_every_kind_of_trigger_says_what_it_missed(
    database: Database, workspace_id: UUID, op: Any, attributes: dict[str, Any], expected: str
) -> None:
    trigger = {
        OwnDate: lambda: Trigger(source="date", own_date=op),
        AttributeChange: lambda: Trigger(source="attribute", change=op),
        Recurrence: lambda: Trigger(source="schedule", recurrence=op),
        type(None): lambda: Trigger(source="api"),
    }[type(op)]()
    plan = await publish(database, workspace_id, trigger)
    [anna] = await make_contacts(database, workspace_id, 1, attributes=attributes)
    assert [saw.why for saw in (await why(database, plan, anna)).triggers] == [expected]


async def test_what_keeps_mail_from_them_is_noted_and_strangers_are_refused(
    database: Database, workspace_id: UUID
) -> None:
    plan = await publish(database, workspace_id, BIG)
    [anna] = await make_contacts(database, workspace_id, 1)
    async with database.workspace(workspace_id) as session:
        await suppress(session, workspace_id, ["person0@example.com"], "bounced", "test")
    assert (await why(database, plan, anna)).notes == ["Their address gets no mail: bounced."]
    for journey_id, contact_id in ((plan.journey_id, workspace_id), (workspace_id, anna)):
        async with database.workspace(workspace_id) as session:
            with pytest.raises(NotFound):
                await explain_entry(session, workspace_id, journey_id, contact_id)
