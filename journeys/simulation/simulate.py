"""Simulate a draft: scratch tables, a virtual clock, recorders, and the engine between them."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

import journeys.auth.models  # noqa: F401  foreign keys of the tables below lead there
from journeys.clock import CLOCK
from journeys.clock import now as time_now
from journeys.enrollments.running import StageRunner
from journeys.errors import InvalidInput, SojournError
from journeys.graph.hashing import hash_journey
from journeys.graph.loading import LoadedPlan, get_plan
from journeys.graph.versions import publish
from journeys.segments.membership import list_live
from journeys.simulation.assumptions import FixedBehaviour, SimulationRequest, strings_of
from journeys.simulation.behaviour import Behaviour, spread_arrivals
from journeys.simulation.clock import VirtualClock
from journeys.simulation.copying import Draft, copy_in
from journeys.simulation.recorders import ActivityRecorder, CallRecorder, MailRecorder, SimulatedMailroom
from journeys.simulation.report import SimulationResult, write_report
from journeys.simulation.runs import VirtualRuns
from journeys.simulation.scratch import ScratchDatabase, open_scratch
from journeys.simulation.world import World

LONGEST_SECONDS = 30.0


class SimulationTooLong(SojournError):
    """The simulation did not end in the time it may take."""

    status, title = 422, "The simulation takes too long"

    def __init__(self) -> None:
        super().__init__(f"it took over {LONGEST_SECONDS:.0f} s: try fewer contacts or days")


async def simulate(database_url: str, workspace_id: UUID, draft: Draft, request: SimulationRequest) -> SimulationResult:
    """Send people through a draft and return what would come of it. Nothing is written, and nobody is called.

    Raises:
        InvalidGraph: the draft cannot run; every fault is named.
        InvalidInput: there is no such trigger.
        NotFound: there are no such contacts, or no such segment.
        SimulationTooLong: it did not end in time.
    """
    async with open_scratch(database_url, workspace_id) as scratch:
        return await simulate_in(scratch, draft, request)


async def simulate_in(scratch: ScratchDatabase, draft: Draft, request: SimulationRequest) -> SimulationResult:
    """Simulate in scratch tables that may have served before; see `simulate`."""
    clock = VirtualClock((request.start_at or time_now()).replace(microsecond=0))
    token = CLOCK.set(clock.now)
    try:
        async with asyncio.timeout(LONGEST_SECONDS):
            await scratch.begin(clock)
            return await _simulate(scratch, clock, scratch.workspace_id, draft, request)
    except TimeoutError as error:
        raise SimulationTooLong from error
    finally:
        CLOCK.reset(token)


def simulate_apart(database_url: str, workspace_id: UUID, draft: Draft, request: SimulationRequest) -> SimulationResult:
    """Simulate in a thread's own event loop, so that a server goes on answering meanwhile."""
    return asyncio.run(simulate(database_url, workspace_id, draft, request))


async def _simulate(
    database: ScratchDatabase, clock: VirtualClock, workspace_id: UUID, draft: Draft, request: SimulationRequest
) -> SimulationResult:
    start_at = clock.now()
    async with database.workspace(workspace_id) as session:
        people, segment_rules = await copy_in(session, workspace_id, draft, request)
        await session.execute(
            text("ANALYZE contacts, consents, contact_event_stats, events, messages, segment_members")
        )
        plan = await _publish(session, workspace_id, draft)
        fixed = await _fixed(session, request)
        lapsing = [each for each in await list_live(session, workspace_id) if each.lapses]
    trigger_id = _trigger(plan, request.trigger_id)
    recorder = MailRecorder(request.assumptions, request.seed)
    calls = CallRecorder(request.assumptions.webhook_failure_rate, request.seed)
    listened = _listened(draft, segment_rules)
    behaviour = Behaviour(request.assumptions, request.seed, start_at, len(people.contact_ids), listened)
    behaviour.fix(fixed)
    for at, arrival in spread_arrivals(people.contact_ids, start_at, request.arrive_over_hours, request.seed):
        behaviour.agenda.add(at, arrival)
    async with calls.client() as http:
        activities = ActivityRecorder(plan.plan, request.assumptions, request.seed)
        stages = StageRunner(database, SimulatedMailroom(database, recorder), http, activities)
        runs = VirtualRuns(clock, stages)
        world = World(database, clock, plan, trigger_id, request, behaviour, runs, recorder, lapsing)
        try:
            stopped = await world.play(start_at + timedelta(days=request.days))
            async with database.workspace(workspace_id) as session:
                return await write_report(session, world, people.contact_ids, people.population, calls, stopped)
        finally:
            await runs.close()


async def _publish(session: AsyncSession, workspace_id: UUID, draft: Draft) -> LoadedPlan:
    """Publish the draft in the scratch tables, by the same code as in earnest."""
    version = await publish(session, workspace_id, draft.journey_id, "simulation")
    await session.flush()
    return await get_plan(session, version.id)


async def _fixed(session: AsyncSession, request: SimulationRequest) -> dict[UUID, list[FixedBehaviour]]:
    """Return fixed behaviours by contact."""
    named = {each.contact.lower() for each in request.assumptions.fixed}
    if not named:
        return {}
    rows = await session.execute(_BY_NAME, {"named": list(named)})
    ids: dict[str, UUID] = {}
    for id_, email in rows:
        ids |= {str(id_): id_, **({email: id_} if email else {})}
    if unknown := sorted(named - ids.keys()):
        raise InvalidInput(f"{unknown[0]} has fixed behaviours, but is not among the contacts")
    fixed: dict[UUID, list[FixedBehaviour]] = {}
    for each in request.assumptions.fixed:
        fixed.setdefault(ids[each.contact.lower()], []).append(each)
    return fixed


_BY_NAME = text("""
    SELECT id, email FROM contacts WHERE id::text = ANY(CAST(:named AS text[])) OR email = ANY(CAST(:named AS text[]))
""")


def _trigger(plan: LoadedPlan, named: str | None) -> str:
    if named is None:
        return plan.plan.triggers[0]
    if named not in plan.plan.triggers:
        raise InvalidInput(f"there is no trigger {named}")
    return named


def _listened(draft: Draft, segment_rules: list[dict[str, Any]]) -> frozenset[str] | None:
    """Return the events that may matter, or None for all: what any text of the draft or its segments names.

    Exits, goals and segments are looked at whenever a contact does anything; where they ask about messages or spans
    of time, anything may bring the news.
    """
    graph, settings = draft.documents
    if strings_of(settings, segment_rules) & {"message", "within", "within_last"}:
        return None
    return frozenset(strings_of(graph, settings, segment_rules))


def draft_hash(draft: Draft) -> str:
    """Return the hash that a version of this draft would have."""
    return hash_journey(draft.graph, draft.settings)
