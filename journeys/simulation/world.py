"""A simulated world: contacts come, mails are read, the clock jumps from one moment to the next until nothing is left."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from journeys.contracts import Nudge, RunInput
from journeys.db.ids import new_id
from journeys.db.json import to_json
from journeys.enrollments.dispatches import acknowledge, take_dispatches
from journeys.enrollments.entry import Party, enter, give_run
from journeys.enrollments.routing import Lease, admit_changes, route_window
from journeys.events.models import ROUTER_PARTITIONS
from journeys.events.record import NewEvent, record_events
from journeys.graph.loading import LoadedPlan
from journeys.messaging.engagement import SentMessage, record_choice, record_engagements
from journeys.nodes.ops import Await, Trigger
from journeys.segments.membership import LiveSegment, sweep
from journeys.simulation.assumptions import SimulationRequest
from journeys.simulation.behaviour import Arrival, Behaviour, Deed, Reaction, Waiting
from journeys.simulation.clock import VirtualClock
from journeys.simulation.recorders import MailRecorder
from journeys.simulation.runs import VirtualRuns
from journeys.simulation.scratch import ScratchDatabase

ONE_MOMENT = timedelta(seconds=1)
"""What is due within this time happens at one moment."""

MOST_STAGES = 50_000
WINDOW = 5_000
LEASE = Lease(UUID(int=0), dict.fromkeys(range(ROUTER_PARTITIONS), 1))
DAY = timedelta(days=1)


@dataclass
class World:
    """Everything that moves."""

    database: ScratchDatabase
    clock: VirtualClock
    plan: LoadedPlan
    trigger_id: str
    request: SimulationRequest
    behaviour: Behaviour
    runs: VirtualRuns
    recorder: MailRecorder
    lapsing: Sequence[LiveSegment]
    """Segments that contacts enter and leave by time alone; looked at once a day."""
    moments: int = 0
    _sweep_at: datetime | None = None
    _last_enrollment: UUID | None = None
    _waits_seen: set[tuple[UUID, str, int]] = field(default_factory=set)
    _batches_seen: set[UUID] = field(default_factory=set)

    async def play(self, until: datetime) -> str | None:
        """Let everything happen up to a time; return why it ended early, if it did."""
        self.runs.seam.before_effect = self._route
        if self.lapsing:
            self._sweep_at = self.clock.now() + DAY
        while True:
            await self._settle()
            await self._observe()
            if self.runs.seam.stages_run > MOST_STAGES:
                return f"stopped after {MOST_STAGES:,} steps of batches"
            at = self._next_moment()
            if at is None:
                return None
            if at > until:
                return "the time to look ahead is over"
            self.runs.advance(at)
            self.moments += 1
            await self._act(at)

    def _next_moment(self) -> datetime | None:
        """Return when the next thing happens; what happens in the same second happens then too."""
        first = min(filter(None, (self.behaviour.agenda.next_at(), self.runs.next_wake())), default=None)
        if first is None:
            return None
        if self._sweep_at is not None and self._sweep_at < first:
            return self._sweep_at
        return max(first, self.runs.last_wake(first + ONE_MOMENT) or first)

    async def _settle(self) -> None:
        """Let everything that is due now happen: stages, events in the queue, runs that are owed."""
        await self.runs.rest()
        while await self._route():
            await self.runs.rest()

    async def _route(self) -> bool:
        """Route what is queued and begin the runs that are owed; say whether there was anything."""
        async with self.database.engine() as session:
            queued, owed = (await session.execute(_DUE)).one()
            if not queued and not owed:
                return False
            if queued:
                await route_window(session, LEASE, WINDOW)
            rows = await take_dispatches(session, WINDOW)
            await acknowledge(session, [row.seq for row in rows])
        for row in rows:
            if row.kind == "start_run":
                self.runs.start(RunInput.model_validate(row.payload["run"]))
            else:
                self.runs.nudge(row.run_id, Nudge.model_validate(row.payload))
        return True

    async def _act(self, now: datetime) -> None:
        """Do what people do at this moment, and note what they did quietly before it."""
        happenings = [happening for _, happening in self.behaviour.agenda.take(now)]
        quiet = self.behaviour.quiet.take(now)
        async with self.database.engine() as session:
            await self._note_quietly(session, quiet)
            deeds = [each for each in happenings if isinstance(each, Deed)]
            await record_events(session, [self._event(each.contact_id, each.event, each.properties) for each in deeds])
            await self._react(session, [each for each in happenings if isinstance(each, Reaction)])
            for each in happenings:
                if isinstance(each, Arrival):
                    await self._arrive(session, each.contact_ids)
            if self._sweep_at is not None and self._sweep_at <= now:
                await self._sweep(session, now)

    def _event(self, contact_id: UUID, name: str, properties: dict[str, Any]) -> NewEvent:
        return NewEvent(self.plan.workspace_id, contact_id, name, properties=properties or None)

    async def _note_quietly(self, session: AsyncSession, quiet: Sequence[tuple[datetime, Any]]) -> None:
        opens = [
            {"id": each.message.id, "at": at, "clicked": each.action == "clicked"}
            for at, each in quiet
            if isinstance(each, Reaction)
        ]
        if opens:
            await session.execute(_NOTE_READERS, {"rows": to_json(opens)})

    async def _react(self, session: AsyncSession, reactions: Sequence[Reaction]) -> None:
        actions: tuple[Literal["opened", "clicked"], ...] = ("opened", "clicked")
        for action in actions:
            await record_engagements(session, [each.message for each in reactions if each.action == action], action)
        for each in reactions:
            if each.action == "unsubscribed":
                await record_choice(session, each.message, each.message.topic, "unsubscribed", how="simulation")

    async def _arrive(self, session: AsyncSession, contact_ids: Sequence[UUID]) -> None:
        """Bring contacts to the door: by the trigger's event through the router, else straight to the trigger."""
        request, trigger = self.request, self.plan.plan.nodes[self.trigger_id].op
        assert isinstance(trigger, Trigger)
        if trigger.source == "event":
            events = [self._event(each, trigger.event or "", request.payload) for each in contact_ids]
            await record_events(session, events)
            return
        party = Party(contact_ids, f"simulation:{self.trigger_id}", request.key, request.payload or None)
        run_id = new_id()
        entered = await enter(session, self.plan, self.trigger_id, party, run_id)
        if entered.token:
            await give_run(session, self.plan, run_id, [entered.token], bulk=True)

    async def _sweep(self, session: AsyncSession, now: datetime) -> None:
        for segment in self.lapsing:
            changes = await sweep(session, segment)
            await admit_changes(session, self.plan.workspace_id, changes, f"sweep:{now.isoformat()}")
        self._sweep_at = now + DAY

    async def _observe(self) -> None:
        """See who entered, got a mail or began to wait, and let the assumptions say what they do next."""
        await self._see_entries()
        if self.recorder.fresh:
            await self._see_mails()
        await self._see_waits()

    async def _see_entries(self) -> None:
        if not any(each.after == "entry" for each in self.request.assumptions.events):
            return
        async with self.database.engine() as session:
            rows = (await session.execute(_ENTERED, {"after": self._last_enrollment})).all()
        for row in rows:
            self.behaviour.after_entry(row.contact_id, row.entered_at)
        if rows:
            self._last_enrollment = rows[-1].id

    async def _see_mails(self) -> None:
        async with self.database.engine() as session:
            rows = (await session.execute(_SENT, {"ids": self.recorder.fresh})).all()
        self.recorder.fresh = []
        for visit, sent_at, *message in rows:
            self.behaviour.after_mail(SentMessage(*message), visit, sent_at)

    async def _see_waits(self) -> None:
        nodes = {each.id for each in self.plan.plan.nodes.values() if isinstance(each.op, Await)}
        standing = self.runs.standing()
        fresh = [batch for batch, node in standing.items() if node in nodes and batch not in self._batches_seen]
        if not fresh:
            return
        async with self.database.engine() as session:
            rows = (await session.execute(_WAITING, {"batches": fresh, "now": self.clock.now()})).all()
        for row in rows:
            place = row.enrollment_id, row.node_id, row.visit
            if place not in self._waits_seen:
                self._waits_seen.add(place)
                self.behaviour.after_wait(
                    Waiting(row.contact_id, row.node_id, row.visit, row.event, row.now, row.deadline_at)
                )
        self._batches_seen = {batch for batch, node in standing.items() if node in nodes}


_DUE = text("""
    SELECT EXISTS (SELECT 1 FROM event_queue WHERE not_before IS NULL OR not_before <= now()),
           EXISTS (SELECT 1 FROM dispatches WHERE not_before <= now())
""")

_NOTE_READERS = text("""
    UPDATE messages m SET opened_at = coalesce(opened_at, x.at),
        clicked_at = CASE WHEN x.clicked THEN coalesce(clicked_at, x.at) ELSE clicked_at END
    FROM (SELECT id, min(at) AS at, bool_or(clicked) AS clicked
          FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r(id uuid, at timestamptz, clicked bool) GROUP BY id) x
    WHERE m.id = x.id
""")

_ENTERED = text("""
    SELECT id, contact_id, entered_at FROM enrollments WHERE CAST(:after AS uuid) IS NULL OR id > :after ORDER BY id
""")

_SENT = text("""
    SELECT visit, sent_at, id, workspace_id, contact_id, journey_id, node_id, enrollment_id, template_version_id,
           coalesce(topic, 'marketing'), to_address
    FROM messages WHERE id = ANY(CAST(:ids AS uuid[])) AND state = 'sent' ORDER BY enrollment_id
""")

_WAITING = text("""
    SELECT enrollment_id, contact_id, node_id, visit, event, deadline_at, CAST(:now AS timestamptz) AS now
    FROM waits WHERE batch_id = ANY(CAST(:batches AS uuid[])) ORDER BY enrollment_id
""")
