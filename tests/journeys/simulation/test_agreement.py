"""A simulation and the engine in earnest agree: each path and each mail of journeys that are drawn at random."""

import os
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextvars import Token
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from journeys.clock import CLOCK
from journeys.contacts.consent import record_consent
from journeys.db.ids import new_id
from journeys.db.json import to_json
from journeys.db.session import Database
from journeys.graph.drafts import create_journey
from journeys.graph.versions import publish
from journeys.simulation.assumptions import Assumptions, SimulationRequest
from journeys.simulation.copying import Draft
from journeys.simulation.report import SimulationResult
from journeys.simulation.scratch import ScratchDatabase, open_scratch
from journeys.simulation.simulate import simulate_in
from tests.conftest import make_workspace
from tests.factories.random_journeys import DAYS, RandomJourney, random_journey
from tests.fakes.earnest import Earnest, set_clock_apart

JOURNEYS = int(os.environ.get("SOJOURN_RANDOM_JOURNEYS", "200"))
PARTS = 4
"""In so many tests, for sessions side by side."""

START = datetime(2027, 2, 28, 9, 5, tzinfo=UTC)
UNTIL = START + timedelta(days=DAYS)
SLACK = timedelta(minutes=2)
"""In earnest some seconds pass between what is due and what is done."""

Step = tuple[str, str | None, str | None, int]


@dataclass(frozen=True)
class Passed:
    """One passage: its steps with their times, its mails, and how it stands at the end."""

    steps: list[tuple[datetime, Step]]
    mails: list[tuple[str, int, str, str | None, str | None]]
    end: list[Any]


Seen = dict[UUID, Passed]


@pytest.fixture
def machine_clock() -> Iterator[None]:
    """Put the clock back afterwards."""
    token: Token[Any] = CLOCK.set(CLOCK.get())
    yield
    CLOCK.reset(token)


async def bring_people(database: Database, workspace_id: UUID, journey: RandomJourney) -> list[UUID]:
    ids = []
    for person in journey.people:
        contact_id = new_id()
        ids.append(contact_id)
        columns = {name: value for name, value in person.items() if name != "unsubscribed"}
        async with database.workspace(workspace_id) as session:
            await session.execute(
                text("""
                    INSERT INTO contacts (id, workspace_id, email, first_name, country, time_zone, attributes)
                    VALUES (:id, :workspace_id, :email, :first_name, :country, :time_zone, CAST(:attributes AS jsonb))
                """),
                {
                    **columns,
                    "id": contact_id,
                    "workspace_id": workspace_id,
                    "attributes": to_json(person["attributes"]),
                },
            )
            if person["unsubscribed"]:
                await record_consent(session, workspace_id, contact_id, "marketing", "unsubscribed", "test")
    return ids


def simulated(result: SimulationResult) -> Seen:
    """Return what a simulation found, by contact."""
    seen: Seen = {}
    for contact in result.contacts:
        [passage] = contact.passages
        steps = [(s.at, (s.node_id, s.outlet, s.reason, s.visit)) for s in passage.path if s.at < UNTIL]
        mails = [(m.node_id, m.visit, m.state, m.reason, m.subject) for m in passage.mails if m.at < UNTIL]
        end = [passage.state, passage.end_reason, passage.goal_at is None]
        seen[contact.contact_id] = Passed(steps, sorted(mails), end)
    return seen


async def in_earnest(database: Database, workspace_id: UUID, subjects: dict[UUID, str]) -> Seen:
    """Return what happened, by contact."""
    steps: dict[UUID, list[Any]] = defaultdict(list)
    mails: dict[UUID, list[Any]] = defaultdict(list)
    ends: dict[UUID, list[Any]] = {}
    async with database.workspace(workspace_id) as session:
        for contact_id, at, *step in await session.execute(
            text("""
                SELECT e.contact_id, s.at, s.node_id, s.outlet, s.reason, s.visit
                FROM trace s JOIN enrollments e ON e.id = s.enrollment_id WHERE s.at < :until ORDER BY s.at
            """),
            {"until": UNTIL},
        ):
            steps[contact_id].append((at, tuple(step)))
        for contact_id, id_, *mail in await session.execute(
            text("SELECT contact_id, id, node_id, visit, state, reason FROM messages WHERE queued_at < :until"),
            {"until": UNTIL},
        ):
            mails[contact_id].append((*mail, subjects.get(id_)))
        for contact_id, *end in await session.execute(
            text("SELECT contact_id, state, end_reason, goal_at IS NULL FROM enrollments")
        ):
            ends[contact_id] = end
    return {each: Passed(steps[each], sorted(mails[each]), end) for each, end in ends.items()}


@pytest.mark.parametrize("part", [pytest.param(n, marks=pytest.mark.xdist_group(f"random-{n}")) for n in range(PARTS)])
async def test_random_journeys_go_the_same_way_in_a_simulation_and_in_earnest(
    fresh_database_url: str, machine_clock: None, part: int
) -> None:
    await compare(fresh_database_url, Earnest, range(part, JOURNEYS, PARTS))


async def compare(database_url: str, engine: Callable[[Database, UUID], Earnest], numbers: Iterable[int]) -> None:
    """Let people go through journeys in a simulation and in an engine, and hold each passage against the other."""
    set_clock_apart(database_url, UNTIL + timedelta(weeks=4))
    database = Database(database_url, ping=False)
    workspace_id = await make_workspace(database)
    earnest = engine(database, workspace_id)
    expected: Seen = {}
    number_of: dict[UUID, int] = {}
    async with open_scratch(database.url, workspace_id) as scratch:
        for number in numbers:
            journey = random_journey(number)
            people = await bring_people(database, workspace_id, journey)
            number_of |= dict.fromkeys(people, number)
            expected |= await try_and_publish(database, scratch, earnest, journey, people)
    await earnest.live(UNTIL)
    found = await in_earnest(database, workspace_id, {m.message_id: m.subject for m in earnest.provider.mails})
    await database.close()
    assert found.keys() == expected.keys()
    differing = {
        number_of[contact_id]: (tried, found[contact_id])
        for contact_id, tried in expected.items()
        if not alike(tried, found[contact_id])
    }
    assert differing == {}


def alike(tried: Passed, real: Passed) -> bool:
    """Say whether someone went the same way, got the same mails, and stands at the same end, at about the same times."""
    ways = [step for _, step in tried.steps] == [step for _, step in real.steps]
    late = (there[0] - here[0] for here, there in zip(tried.steps, real.steps, strict=False))
    return ways and (tried.mails, tried.end) == (real.mails, real.end) and all(abs(each) < SLACK for each in late)


async def try_and_publish(
    database: Database, scratch: ScratchDatabase, earnest: Earnest, journey: RandomJourney, people: list[UUID]
) -> Seen:
    """Simulate the draft, then publish it and plan the same for it in earnest; return what the simulation found."""
    workspace_id, name = scratch.workspace_id, f"random-{journey.number}"
    async with database.workspace(workspace_id) as session:
        stored = await create_journey(session, workspace_id, name, journey.graph, journey.settings, name)
    fixed = journey.fixed(people)
    request = SimulationRequest(
        contacts=[str(each) for each in people], start_at=START, days=DAYS, assumptions=Assumptions(fixed=fixed)
    )
    draft = Draft(stored.id, stored.name, stored.slug, journey.graph, journey.settings)
    result = await simulate_in(scratch, draft, request)
    async with database.workspace(workspace_id) as session:
        await publish(session, workspace_id, stored.id, "test")
    earnest.plan(START, people, journey.event, fixed)
    return simulated(result)
