"""Simulations: the real engine against scratch tables, on a virtual clock."""

import socket
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from journeys import clock
from journeys.contacts.consent import record_consent, suppress
from journeys.db.ids import new_id
from journeys.db.session import Database
from journeys.errors import InvalidInput, NotFound
from journeys.graph.drawn import Graph
from journeys.graph.problems import InvalidGraph
from journeys.graph.settings import JourneySettings
from journeys.simulation.assumptions import (
    Assumptions,
    EventAssumption,
    FixedBehaviour,
    MailAssumptions,
    SimulationRequest,
    SyntheticContact,
)
from journeys.simulation.copying import Draft
from journeys.simulation.report import SimulatedContact, SimulationResult
from journeys.simulation.simulate import SimulationTooLong, simulate
from tests.conftest import make_workspace
from tests.factories.drawn_journeys import drawn, mail, thirty_days
from tests.factories.journeys import make_contacts

START = datetime(2027, 3, 1, 9, tzinfo=UTC)
NOBODY_REACTS = MailAssumptions(open_rate=0, click_rate=0, unsubscribe_rate=0)
QUIET = Assumptions(mail=NOBODY_REACTS, awaited_rate=0)


def draft(graph: Graph, **settings: Any) -> Draft:
    return Draft(new_id(), "Tried", "tried", graph, JourneySettings.model_validate(settings))


def two_mails() -> Graph:
    return drawn(
        {
            "start": ("event_trigger", {"event": "Signed Up"}),
            "hello": ("send_email", mail("hello")),
            "days": ("wait", {"days": 30}),
            "opened": (
                "branch",
                {"paths": [{"id": "yes", "rule": {"message": {"action": "opened", "node_id": "hello"}}}]},
            ),
            "more": ("send_email", mail("more")),
            "again": ("send_email", mail("again")),
        },
        [
            ("start", None, "hello"),
            ("hello", "sent", "days"),
            ("days", None, "opened"),
            ("opened", "yes", "more"),
            ("opened", "else", "again"),
        ],
    )


def of(result: SimulationResult, contact_id: UUID) -> SimulatedContact:
    return next(each for each in result.contacts if each.contact_id == contact_id)


def path(contact: SimulatedContact) -> list[tuple[str, str | None]]:
    return [(step.node_id, step.outlet) for step in contact.passages[0].path]


async def test_a_real_contact_goes_through_a_month_and_everything_it_would_get_is_shown(
    database: Database, workspace_id: UUID
) -> None:
    ada, ben = await make_contacts(database, workspace_id, 2)
    opens = FixedBehaviour(contact=str(ada), action="open", node_id="hello", minutes=90)
    request = SimulationRequest(
        contacts=[str(ada), "PERSON1@example.com"],
        start_at=START,
        assumptions=Assumptions(mail=NOBODY_REACTS, fixed=[opens]),
    )
    result = await simulate(database.url, workspace_id, draft(two_mails()), request)
    assert path(of(result, ada)) == [
        ("start", "next"), ("hello", "sent"), ("days", "next"), ("opened", "yes"), ("more", "sent"),
    ]  # fmt: skip
    assert path(of(result, ben))[-2:] == [("opened", "else"), ("again", "sent")]
    mails = of(result, ada).passages[0].mails
    assert [each.subject for each in mails] == ["About hello", "About more"]
    assert "Hello P0, hello" in (mails[0].html or "")
    assert mails[0].opened_at is not None
    assert timedelta(minutes=90) <= mails[0].opened_at - mails[0].at < timedelta(minutes=91)
    assert timedelta(days=30) <= mails[1].at - mails[0].at < timedelta(days=30, minutes=1)
    assert result.counts.model_dump() == {
        "contacts": 2, "entered": 2, "refused": 0, "active": 0, "completed": 2, "exited": 0, "failed": 0,
        "converted": 0, "sent": 4, "skipped": 0,
    }  # fmt: skip
    assert {node.node_id: node.outlets for node in result.nodes}["opened"] == {"yes": 1, "else": 1}
    assert [(day.day.isoformat(), day.entered, day.sent) for day in result.days] == [
        ("2027-03-01", 2, 2),
        ("2027-03-31", 0, 2),
    ]


async def test_nothing_is_left_behind(database: Database, workspace_id: UUID) -> None:
    await make_contacts(database, workspace_id, 1)
    before = clock.now()
    tried = draft(two_mails())
    await simulate(
        database.url, workspace_id, tried, SimulationRequest(contacts=["person0@example.com"], start_at=START)
    )
    async with database.engine() as session:
        for table in ("enrollments", "messages", "events", "journeys", "template_versions", "runs", "dispatches"):
            count = text(f"SELECT count(*) FROM {table} WHERE workspace_id = :id")
            assert await session.scalar(count, {"id": workspace_id}) == 0, table
    assert clock.now() - before < timedelta(minutes=5), "the clock is the machine's again"


async def test_no_socket_but_the_databases_is_opened(
    database: Database, workspace_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    graph, settings = thirty_days()
    tried = Draft(new_id(), "Month", "month", graph, settings)
    request = SimulationRequest(
        synthetic=[SyntheticContact(count=5)],
        start_at=START,
        assumptions=Assumptions(mail=NOBODY_REACTS, awaited_rate=1),
    )
    opened: list[object] = []
    monkeypatch.setattr(socket.socket, "connect", lambda _, address: opened.append(address))
    monkeypatch.setattr(socket.socket, "connect_ex", lambda _, address: opened.append(address))
    monkeypatch.setattr(socket, "create_connection", lambda address, *_, **__: opened.append(address))
    result = await simulate(database.url, workspace_id, tried, request)
    assert opened == [], "libpq, which talks to Postgres, uses none of these"
    assert len(result.calls) == 5
    assert {call.url for call in result.calls} == {"https://crm.example/leads"}


async def test_the_same_seed_gives_the_same_answer_and_another_seed_another(
    database: Database, workspace_id: UUID
) -> None:
    graph, settings = thirty_days()
    tried = Draft(new_id(), "Month", "month", graph, settings)

    async def outcome(seed: int) -> Any:
        request = SimulationRequest(synthetic=[SyntheticContact(count=40)], start_at=START, seed=seed)
        result = await simulate(database.url, workspace_id, tried, request)
        ways = [[(step.at, step.node_id, step.outlet) for step in each.passages[0].path] for each in result.contacts]
        return result.counts, {node.node_id: node.outlets for node in result.nodes}, ways

    first = await outcome(1)
    assert await outcome(1) == first
    assert (await outcome(2))[2] != first[2]


async def test_whoever_may_not_get_a_mail_is_skipped_and_the_reason_told(
    database: Database, workspace_id: UUID
) -> None:
    bounced, gone, fine = await make_contacts(database, workspace_id, 3)
    async with database.workspace(workspace_id) as session:
        await suppress(session, workspace_id, ["person0@example.com"], "bounced", "test")
        await record_consent(session, workspace_id, gone, "marketing", "unsubscribed", "test")
    request = SimulationRequest(contacts=[str(each) for each in (bounced, gone, fine)], assumptions=QUIET)
    result = await simulate(database.url, workspace_id, draft(two_mails()), request)
    assert {each.passages[0].mails[0].reason for each in (of(result, bounced),)} == {"bounced"}
    assert of(result, gone).passages[0].mails[0].reason == "unsubscribed"
    assert of(result, fine).passages[0].mails[0].state == "sent"
    hello = next(node for node in result.nodes if node.node_id == "hello")
    assert hello.skipped == {"bounced": 1, "unsubscribed": 1}
    assert result.counts.skipped == 4


async def test_an_exit_event_ends_a_passage_in_the_middle_of_a_wait(database: Database, workspace_id: UUID) -> None:
    (ada,) = await make_contacts(database, workspace_id, 1)
    leaves = FixedBehaviour(contact=str(ada), action="event", event="Churned", minutes=60 * 24 * 3)
    request = SimulationRequest(contacts=[str(ada)], start_at=START, assumptions=Assumptions(fixed=[leaves]))
    tried = draft(two_mails(), exit_on=[{"event": "Churned"}])
    [contact] = (await simulate(database.url, workspace_id, tried, request)).contacts
    [passage] = contact.passages
    assert (passage.state, passage.end_reason) == ("exited", "exit: Churned")
    assert passage.ended_at is not None
    assert passage.ended_at - START - timedelta(days=3) < timedelta(minutes=1)


async def test_who_was_in_the_journey_before_is_refused_as_in_earnest(database: Database, workspace_id: UUID) -> None:
    (ada,) = await make_contacts(database, workspace_id, 1)
    tried = draft(two_mails())
    async with database.engine() as session:
        await session.execute(
            text("INSERT INTO entries (journey_id, contact_id, key, workspace_id) VALUES (:j, :c, '', :w)"),
            {"j": tried.journey_id, "c": ada, "w": workspace_id},
        )
    request = SimulationRequest(contacts=[str(ada)], start_at=START)
    refused = await simulate(database.url, workspace_id, tried, request)
    assert (refused.refusals, of(refused, ada).refused) == ({"entered before": 1}, ["entered before"])
    anyway = request.model_copy(update={"ignore_earlier_entries": True})
    assert (await simulate(database.url, workspace_id, tried, anyway)).counts.entered == 1


async def test_an_event_that_does_not_fit_lets_nobody_in_and_says_so(database: Database, workspace_id: UUID) -> None:
    graph = drawn(
        {"start": ("event_trigger", {"event": "Ordered", "where": {"total": {"op": "gt", "value": 100}}}),
         "bye": ("exit", {})},
        [("start", None, "bye")],
    )  # fmt: skip
    cheap = SimulationRequest(synthetic=[SyntheticContact(count=2)], payload={"total": 5})
    assert (await simulate(database.url, workspace_id, draft(graph), cheap)).refusals == {
        "the event does not fit the trigger's conditions": 2
    }
    dear = cheap.model_copy(update={"payload": {"total": 500}})
    assert (await simulate(database.url, workspace_id, draft(graph), dear)).counts.completed == 2


async def test_a_draft_with_faults_is_refused_with_each_named(database: Database, workspace_id: UUID) -> None:
    graph = drawn(
        {"start": ("event_trigger", {"event": "Signed Up"}), "days": ("wait", {"days": 1})}, [("start", None, "days")]
    )
    with pytest.raises(InvalidGraph, match="days: outlet 'next' leads nowhere"):
        await simulate(database.url, workspace_id, draft(graph), SimulationRequest(synthetic=[SyntheticContact()]))


async def test_unknown_contacts_triggers_and_behaviours_are_refused(database: Database, workspace_id: UUID) -> None:
    tried = draft(two_mails())
    with pytest.raises(NotFound, match="no such contacts"):
        await simulate(database.url, workspace_id, tried, SimulationRequest(contacts=["who@example.com"]))
    request = SimulationRequest(synthetic=[SyntheticContact()], trigger_id="hello")
    with pytest.raises(InvalidInput, match="no trigger"):
        await simulate(database.url, workspace_id, tried, request)
    stranger = FixedBehaviour(contact="who@example.com", action="event", event="Signed Up")
    request = SimulationRequest(synthetic=[SyntheticContact()], assumptions=Assumptions(fixed=[stranger]))
    with pytest.raises(InvalidInput, match="not among the contacts"):
        await simulate(database.url, workspace_id, tried, request)


async def test_a_simulation_that_takes_too_long_is_given_up(
    database: Database, workspace_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("journeys.simulation.simulate.LONGEST_SECONDS", 0.01)
    with pytest.raises(SimulationTooLong, match="fewer contacts or days"):
        await simulate(
            database.url, workspace_id, draft(two_mails()), SimulationRequest(synthetic=[SyntheticContact()])
        )


async def test_contacts_of_another_workspace_are_not_to_be_had(database: Database, workspace_id: UUID) -> None:
    (theirs,) = await make_contacts(database, await make_workspace(database), 1)
    with pytest.raises(NotFound):
        await simulate(database.url, workspace_id, draft(two_mails()), SimulationRequest(contacts=[str(theirs)]))


async def test_a_sample_of_a_segment_is_scaled_up_and_says_so(database: Database, workspace_id: UUID) -> None:
    people = await make_contacts(database, workspace_id, 30)
    segment_id = new_id()
    async with database.workspace(workspace_id) as session:
        await session.execute(
            text("INSERT INTO segments (id, workspace_id, name, rule) VALUES (:id, :w, 'All', '{\"all\": []}')"),
            {"id": segment_id, "w": workspace_id},
        )
        await session.execute(
            text("INSERT INTO segment_members (segment_id, contact_id, workspace_id) SELECT :id, unnest(:people), :w"),
            {"id": segment_id, "w": workspace_id, "people": people},
        )
    request = SimulationRequest(segment_id=segment_id, sample=10, start_at=START, assumptions=QUIET, detailed=3)
    result = await simulate(database.url, workspace_id, draft(two_mails()), request)
    assert (result.counts.contacts, result.counts.sent, len(result.contacts)) == (10, 20, 3)
    projection = result.projection
    assert (projection.population, projection.factor, projection.sent) == (30, 3.0, 60)
    assert (projection.most_sent_per_hour, projection.busiest_hour) == (30, START)


async def test_rates_decide_how_many_do_what(database: Database, workspace_id: UUID) -> None:
    graph, settings = thirty_days()
    assumptions = Assumptions(
        mail=MailAssumptions(open_rate=1, click_rate=0, unsubscribe_rate=0, median_hours=0.1),
        mails={"bye": MailAssumptions(failure_rate=1)},
        events=[EventAssumption(event="Product Viewed", rate=1, median_hours=1)],
        webhook_failure_rate=1,
    )
    request = SimulationRequest(synthetic=[SyntheticContact(count=10)], start_at=START, assumptions=assumptions)
    result = await simulate(database.url, workspace_id, Draft(new_id(), "Month", "month", graph, settings), request)
    outlets = {node.node_id: node.outlets for node in result.nodes}
    assert outlets["opened"] == {"yes": 10}
    assert outlets["browse"] == {"happened": 10}
    assert outlets["hook"] == {"failed": 10}
    assert outlets["bye"] == {"failed": 10}


async def test_contacts_wait_on_clocks_of_their_own(database: Database, workspace_id: UUID) -> None:
    graph = drawn(
        {
            "start": ("api_trigger", {}),
            "nine": ("wait_until", {"time": "09:00"}),
            "hello": ("send_email", mail("hello")),
        },
        [("start", None, "nine"), ("nine", "next", "hello")],
    )
    people = [SyntheticContact(time_zone="Asia/Tokyo"), SyntheticContact(time_zone="America/New_York")]
    request = SimulationRequest(synthetic=people, start_at=START, assumptions=QUIET)
    result = await simulate(database.url, workspace_id, draft(graph), request)
    sent = {each.time_zone: each.passages[0].mails[0].at.replace(second=0, microsecond=0) for each in result.contacts}
    assert sent == {
        "Asia/Tokyo": datetime(2027, 3, 2, 0, tzinfo=UTC),
        "America/New_York": datetime(2027, 3, 1, 14, tzinfo=UTC),
    }


async def test_contacts_come_in_over_time_when_told_so(database: Database, workspace_id: UUID) -> None:
    request = SimulationRequest(
        synthetic=[SyntheticContact(count=200)], start_at=START, assumptions=QUIET, arrive_over_hours=72
    )
    result = await simulate(database.url, workspace_id, draft(two_mails()), request)
    assert [day.entered > 0 for day in result.days[:4]] == [True, True, True, True]
    assert sum(day.entered for day in result.days) == 200
    assert all(hour.sent < 50 for hour in result.hours)


async def test_beyond_the_time_to_look_ahead_contacts_stand_where_they_wait(
    database: Database, workspace_id: UUID
) -> None:
    request = SimulationRequest(synthetic=[SyntheticContact()], start_at=START, assumptions=QUIET, days=5)
    result = await simulate(database.url, workspace_id, draft(two_mails()), request)
    [contact] = result.contacts
    assert (contact.passages[0].state, contact.passages[0].node_id) == ("active", "days")
    assert result.stopped == "the time to look ahead is over"
