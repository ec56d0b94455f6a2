"""Why a contact did not enter a journey: what each trigger saw of them, what failed, and what was refused at the door."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncSession

from journeys import clock
from journeys.contacts.consent import find_suppression
from journeys.contacts.models import Contact
from journeys.contacts.queries import get_contact
from journeys.errors import NotFound
from journeys.graph.loading import get_plan
from journeys.nodes.ops import AttributeChange, OwnDate, Trigger
from journeys.rules.compare import compare
from journeys.rules.operators import Where, comparison
from journeys.rules.values import at_path
from journeys.rules.where import properties_of
from journeys.segments.queries import explain

LOOKED_AT = 20
"""So many of a contact's latest events of a name are looked at."""


@dataclass(frozen=True)
class Saw:
    """What a trigger saw of a contact: `matched` if it was for them, when, and why not."""

    node_id: str
    title: str
    source: str
    matched: bool
    why: str
    at: datetime | None = None
    clause: str | None = None
    """Where the failing clause stands in a segment's rule, as a JSON pointer."""


@dataclass(frozen=True)
class Refused:
    """A time at which the journey turned a contact away."""

    at: datetime
    reason: str
    detail: dict[str, Any] | None


@dataclass(frozen=True)
class WhyNot:
    """The whole answer; `summary` is it in one sentence."""

    entered: bool
    summary: str
    journey_state: str
    live_since: datetime | None
    last_entered_at: datetime | None
    triggers: list[Saw] = field(default_factory=list)
    refusals: list[Refused] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    """What keeps mail from them, though it keeps them out of no journey."""


async def explain_entry(session: AsyncSession, workspace_id: UUID, journey_id: UUID, contact_id: UUID) -> WhyNot:
    """Say why a contact did not enter a journey, or that they did.

    Raises:
        NotFound: there is no such journey or contact.
    """
    contact = await get_contact(session, workspace_id, contact_id)
    ids = {"workspace_id": workspace_id, "journey_id": journey_id, "contact_id": contact_id}
    journey = (await session.execute(_JOURNEY, ids)).one_or_none()
    if journey is None:
        raise NotFound("There is no such journey.")
    last = await session.scalar(_LAST_ENTRY, ids)
    refusals = [Refused(row.at, row.reason, row.detail) for row in await session.execute(_REFUSALS, ids)]
    triggers = []
    if journey.live_version_id is not None:
        plan = (await get_plan(session, journey.live_version_id)).plan
        for trigger_id in plan.triggers:
            op = plan.nodes[trigger_id].op
            assert isinstance(op, Trigger)
            look = _Look(session, contact, journey, trigger_id, plan.nodes[trigger_id].title)
            triggers.append(await look.at(op))
    return WhyNot(
        entered=last is not None,
        summary=_summary(journey, last, triggers, refusals),
        journey_state=journey.state,
        live_since=journey.live_since,
        last_entered_at=last,
        triggers=triggers,
        refusals=refusals,
        notes=await _notes(session, workspace_id, contact),
    )


def _summary(journey: Row[Any], last: datetime | None, triggers: Sequence[Saw], refusals: Sequence[Refused]) -> str:
    """Return what matters most: the last refusal, else the journey's state, else what the triggers missed."""
    if refusals and (last is None or refusals[0].at > last):
        return f"Turned away at {refusals[0].at:%Y-%m-%d %H:%M} UTC: {refusals[0].reason}."
    if last is not None:
        return f"They did enter, last at {last:%Y-%m-%d %H:%M} UTC."
    if journey.live_version_id is None:
        return "The journey was never published."
    if journey.state != "live":
        return f"The journey is {journey.state}, and lets nobody in."
    missed = [each for each in triggers if not each.matched] or list(triggers)
    return "; ".join(f"{each.title}: {each.why}" for each in missed) + "."


async def _notes(session: AsyncSession, workspace_id: UUID, contact: Contact) -> list[str]:
    found = await find_suppression(session, workspace_id, contact.email)
    notes = [] if contact.email else ["They have no email address."]
    if contact.erased_at is not None:
        notes.append("They were erased.")
    if found is not None:
        notes.append(f"Their address gets no {'mail' if found.scope == 'all' else 'marketing mail'}: {found.reason}.")
    return notes


@dataclass(frozen=True)
class _Look:
    """One trigger's look at one contact."""

    session: AsyncSession
    contact: Contact
    journey: Row[Any]
    node_id: str
    title: str

    async def at(self, op: Trigger) -> Saw:
        """Return what the trigger saw."""
        match op.source:
            case "event":
                return await self._event(op)
            case "segment":
                return await self._segment(op)
            case "schedule":
                return await self._schedule(op)
            case "date":
                assert op.own_date is not None
                return self._date(op.own_date)
            case "attribute":
                assert op.change is not None
                return self._attribute(op.change)
            case "api":
                return self._saw(op.source, False, "no request named them")

    def _saw(self, source: str, matched: bool, why: str, at: datetime | None = None, clause: str | None = None) -> Saw:
        return Saw(self.node_id, self.title, source, matched, why, at, clause)

    async def _event(self, op: Trigger) -> Saw:
        rows = (
            await self.session.execute(
                _EVENTS, {"contact_id": self.contact.id, "name": op.event, "most": LOOKED_AT, **self._workspace}
            )
        ).all()
        if not rows:
            return self._saw("event", False, f"{op.event} never came from them")
        failures = [(row, failing_condition(op.where, properties_of(row))) for row in rows]
        fitting = next((row for row, failed in failures if failed is None), None)
        if fitting is None:
            row, failed = failures[0]
            return self._saw("event", False, f"{op.event} came, but {failed}", row.received_at)
        return self._saw("event", True, self._too_early(fitting.received_at) or f"{op.event} came", fitting.received_at)

    def _too_early(self, at: datetime) -> str | None:
        """Say whether the journey was not live when something came."""
        if self.journey.live_since is not None and at < self.journey.live_since:
            return f"it came before the journey was published, at {self.journey.live_since:%Y-%m-%d %H:%M} UTC"
        if self.journey.paused_at is not None and at >= self.journey.paused_at:
            return "it came while the journey was paused"
        return None

    async def _segment(self, op: Trigger) -> Saw:
        assert op.segment_id is not None
        since = await self.session.scalar(_MEMBER, {"segment_id": op.segment_id, "contact_id": self.contact.id})
        if since is not None and op.on == "left":
            return self._saw("segment", False, "they are still in the segment", since)
        if since is not None:
            early = self._too_early(since)
            return self._saw("segment", True, early or "they are in the segment", since)
        if op.on == "left":
            return self._saw("segment", False, "they are not in the segment, so they cannot leave it")
        verdict = await explain(self.session, self.journey.workspace_id, op.segment_id, self.contact.id)
        deciding = verdict.deciding
        if verdict.matched:
            return self._saw("segment", False, "they match the segment, which is about to take them in")
        return self._saw("segment", False, f"not in the segment: {deciding.why}", clause=deciding.path)

    async def _schedule(self, op: Trigger) -> Saw:
        ids = {"journey_id": self.journey.id, "node_id": self.node_id}
        last = (await self.session.execute(_LAST_FIRING, ids)).one_or_none()
        if last is None:
            return self._saw("schedule", False, "it has not been due since the journey was published")
        if last.outcome == "paused":
            return self._saw("schedule", False, "it fell due while the journey was paused", last.due_at)
        if op.segment_id is None:
            return self._saw("schedule", True, "it was due", last.due_at)
        member = {"segment_id": op.segment_id, "contact_id": self.contact.id}
        since = await self.session.scalar(_MEMBER, member)
        if since is None or since > last.due_at:
            return self._saw("schedule", False, "they were not in its segment when it was due", last.due_at)
        return self._saw("schedule", True, "it was due, and they were in its segment", last.due_at)

    def _date(self, own: OwnDate) -> Saw:
        value = _attribute_of(self.contact, own.attribute)
        if value is None:
            return self._saw("date", False, f"{own.attribute} is missing")
        try:
            day = datetime.fromisoformat(str(value)).date()
        except ValueError:
            return self._saw("date", False, f"{own.attribute} is {value!r}, which is no date")
        return self._saw("date", False, f"{own.attribute} is {day}, and that day has not come since it was published")

    def _attribute(self, change: AttributeChange) -> Saw:
        value = _attribute_of(self.contact, change.attribute)
        wanted = f" to {change.after!r}" if change.after is not None else ""
        shown = "missing" if value is None else repr(value)
        return self._saw("attribute", False, f"{change.attribute} is {shown}, and no change{wanted} was seen")

    @property
    def _workspace(self) -> dict[str, UUID]:
        return {"workspace_id": self.journey.workspace_id}


def failing_condition(where: Where, properties: Mapping[str, object]) -> str | None:
    """Return the first condition that an event does not fit, with what it has, or None."""
    for name, condition in where.items():
        stored = at_path(properties, name.split("."))
        wanted = comparison(condition)
        if not compare(stored, wanted, None, clock.now()):
            shown = "missing" if stored is None else repr(stored)
            return f"{name} is {shown}, not {wanted.op} {wanted.value!r}"
    return None


def _attribute_of(contact: Contact, name: str) -> object:
    value = contact.attributes.get(name) if name in contact.attributes else getattr(contact, name, None)
    return value.isoformat() if isinstance(value, datetime) else value


_JOURNEY = text("""
    SELECT j.id, j.workspace_id, j.state, j.paused_at, j.live_version_id,
           (SELECT min(v.created_at) FROM journey_versions v WHERE v.journey_id = j.id) AS live_since
    FROM journeys j WHERE j.id = :journey_id AND j.workspace_id = :workspace_id
""")
_LAST_ENTRY = text(
    "SELECT max(entered_at) FROM enrollments WHERE journey_id = :journey_id AND contact_id = :contact_id"
)
_REFUSALS = text("""
    SELECT at, reason, detail FROM entry_refusals
    WHERE journey_id = :journey_id AND contact_id = :contact_id AND workspace_id = :workspace_id ORDER BY seq DESC LIMIT 20
""")
_EVENTS = text("""
    SELECT received_at, properties, message_id, journey_id, node_id FROM events
    WHERE workspace_id = :workspace_id AND contact_id = :contact_id AND name = :name ORDER BY occurred_at DESC LIMIT :most
""")
_MEMBER = text("SELECT entered_at FROM segment_members WHERE segment_id = :segment_id AND contact_id = :contact_id")
_LAST_FIRING = text("""
    SELECT due_at, outcome FROM firings WHERE journey_id = :journey_id AND node_id = :node_id ORDER BY due_at DESC LIMIT 1
""")
