"""What came of a simulation: totals, per node, day and hour, and the way of each contact looked at closely."""

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from journeys.enrollments.counts import JOURNEY, read_counts
from journeys.graph.loading import LoadedPlan
from journeys.simulation.recorders import CallRecorder, MailRecorder
from journeys.simulation.world import World

MOST_RENDERED_BYTES = 3_000_000
"""How much of the rendered mails one answer holds; beyond, a mail comes with its subject only."""

MOST_CALLS = 200


class PathStep(BaseModel):
    """One node passed: when, out by which outlet (None: it ended there), and why."""

    at: datetime
    node_id: str
    outlet: str | None
    reason: str | None
    visit: int


class SimulatedMail(BaseModel):
    """A mail as it would have been sent, or the reason why it would not. No `html` and `text`: left out for size."""

    id: UUID
    node_id: str
    visit: int
    at: datetime
    state: str
    reason: str | None
    to: str | None
    subject: str | None = None
    html: str | None = None
    text: str | None = None
    opened_at: datetime | None
    clicked_at: datetime | None


class SimulatedCall(BaseModel):
    """A call that would have been made to another system."""

    node_id: str
    enrollment_id: UUID
    method: str
    url: str
    body: str


class Passage(BaseModel):
    """One time through the journey. An active one stands at `node_id` at the end."""

    enrollment_id: UUID
    entered_at: datetime
    state: Literal["active", "completed", "exited", "failed"]
    node_id: str | None
    end_reason: str | None
    ended_at: datetime | None
    goal_at: datetime | None
    path: list[PathStep]
    mails: list[SimulatedMail]


class SimulatedContact(BaseModel):
    """A contact looked at closely; without passages, `refused` says why."""

    contact_id: UUID
    email: str | None
    name: str
    time_zone: str | None
    passages: list[Passage]
    refused: list[str]


class NodeForecast(BaseModel):
    """What happened at one node; `waiting` is at the end."""

    node_id: str
    title: str
    entered: int = 0
    passed: int = 0
    waiting: int = 0
    exited: int = 0
    converted: int = 0
    skipped: dict[str, int] = {}
    failed: dict[str, int] = {}
    outlets: dict[str, int] = {}


class DayForecast(BaseModel):
    """One day, in UTC: who came in, what was sent and skipped, and how many left each node by each outlet."""

    day: date
    entered: int = 0
    sent: int = 0
    skipped: int = 0
    outlets: dict[str, dict[str, int]] = {}


class HourForecast(BaseModel):
    """How many mails leave in one hour."""

    at: datetime
    sent: int


class SimulationCounts(BaseModel):
    """Passages by how they stand at the end, and mails."""

    contacts: int
    entered: int = 0
    refused: int = 0
    active: int = 0
    completed: int = 0
    exited: int = 0
    failed: int = 0
    converted: int = 0
    sent: int = 0
    skipped: int = 0


class Projection(BaseModel):
    """The counts scaled from the sample to all whom it stands for."""

    population: int
    factor: float
    entered: int
    sent: int
    converted: int
    most_sent_per_hour: int
    busiest_hour: datetime | None


class SimulationResult(BaseModel):
    """All that a simulation found. `stopped` says why it ended before everyone was through."""

    start_at: datetime
    ended_at: datetime
    stopped: str | None
    counts: SimulationCounts
    projection: Projection
    refusals: dict[str, int]
    parked: dict[str, str]
    nodes: list[NodeForecast]
    days: list[DayForecast]
    hours: list[HourForecast]
    contacts: list[SimulatedContact]
    calls: list[SimulatedCall]


async def write_report(
    session: AsyncSession,
    world: World,
    people: list[UUID],
    population: int,
    calls: CallRecorder,
    stopped: str | None,
) -> SimulationResult:
    """Read the scratch tables into a result."""
    plan, request = world.plan, world.request
    version = {"version_id": plan.version_id, "journey_id": plan.journey_id}
    totals = await read_counts(session, plan.workspace_id, plan.journey_id, plan.version_id)
    outlets = (await session.execute(_OUTLETS, version)).all()
    refusals = _by_first(await session.execute(_REFUSALS, version))
    outside = await session.scalar(_NEVER_IN, {**version, "ids": people})
    if outside:
        refusals["the event does not fit the trigger's conditions"] = outside
    nodes = _nodes(plan, totals, outlets)
    hours = [HourForecast(at=at, sent=n) for at, n in await session.execute(_HOURS, version)]
    days = _days(outlets, nodes, _by_first(await session.execute(_ENTRIES_BY_DAY, version)), plan)
    counts = _counts(len(people), totals.get(JOURNEY, {}), refusals, nodes, hours)
    return SimulationResult(
        start_at=world.behaviour.start_at,
        ended_at=world.clock.now(),
        stopped=stopped,
        counts=counts,
        projection=_projection(counts, population, hours),
        refusals=refusals,
        parked=world.runs.parked(),
        nodes=nodes,
        days=days,
        hours=hours,
        contacts=await _contacts(session, plan, people[: request.detailed], world.recorder),
        calls=_calls(calls),
    )


def _by_first(rows: Any) -> dict[Any, int]:
    return {first: n for first, n in rows}  # noqa: C416  rows are no pairs to mypy


def _nodes(plan: LoadedPlan, totals: dict[str, dict[str, dict[str, int]]], outlets: Any) -> list[NodeForecast]:
    by_node: dict[str, dict[str, int]] = {}
    for row in outlets:
        if row.outlet is not None:
            found = by_node.setdefault(row.node_id, {})
            found[row.outlet] = found.get(row.outlet, 0) + row.n
    nodes = []
    for node in plan.plan.nodes.values():
        here = totals.get(node.id, {})
        plain = {name: sum(here.get(name, {}).values()) for name in _MEASURES}
        reasons = {name: {k: n for k, n in here.get(name, {}).items() if n} for name in ("skipped", "failed")}
        nodes.append(
            NodeForecast(node_id=node.id, title=node.title, outlets=by_node.get(node.id, {}), **plain, **reasons)
        )
    return nodes


_MEASURES = ("entered", "passed", "waiting", "exited", "converted")


def _days(outlets: Any, nodes: list[NodeForecast], entered: dict[date, int], plan: LoadedPlan) -> list[DayForecast]:
    days: dict[date, DayForecast] = {}
    for row in outlets:
        day = days.setdefault(row.day, DayForecast(day=row.day, entered=entered.get(row.day, 0), outlets={}))
        if row.outlet is None:
            continue
        found = day.outlets.setdefault(row.node_id, {})
        found[row.outlet] = found.get(row.outlet, 0) + row.n
        if plan.plan.nodes[row.node_id].kind == "send_email":
            day.sent += row.n if row.outlet == "sent" else 0
            day.skipped += row.n if row.outlet == "skipped" else 0
    return [days[day] for day in sorted(days)]


def _counts(
    contacts: int,
    totals: dict[str, dict[str, int]],
    refusals: dict[str, int],
    nodes: list[NodeForecast],
    hours: list[HourForecast],
) -> SimulationCounts:
    found = {
        name: sum(totals.get(name, {}).values()) for name in ("entered", "completed", "exited", "failed", "converted")
    }
    ended = found["completed"] + found["exited"] + found["failed"]
    return SimulationCounts(
        contacts=contacts,
        **found,
        active=found["entered"] - ended,
        refused=sum(refusals.values()),
        sent=sum(hour.sent for hour in hours),
        skipped=sum(sum(node.skipped.values()) for node in nodes),
    )


def _projection(counts: SimulationCounts, population: int, hours: list[HourForecast]) -> Projection:
    factor = population / counts.contacts if counts.contacts else 1.0
    busiest = max(hours, key=lambda hour: hour.sent, default=None)
    return Projection(
        population=population,
        factor=factor,
        entered=round(counts.entered * factor),
        sent=round(counts.sent * factor),
        converted=round(counts.converted * factor),
        most_sent_per_hour=round(busiest.sent * factor) if busiest else 0,
        busiest_hour=busiest.at if busiest else None,
    )


async def _contacts(
    session: AsyncSession, plan: LoadedPlan, contact_ids: list[UUID], recorder: MailRecorder
) -> list[SimulatedContact]:
    values = {"version_id": plan.version_id, "journey_id": plan.journey_id, "ids": contact_ids}
    steps: dict[UUID, list[PathStep]] = {}
    for enrollment_id, *step in await session.execute(_STEPS, values):
        steps.setdefault(enrollment_id, []).append(PathStep(**dict(zip(PathStep.model_fields, step, strict=True))))
    mails = _mails(await session.execute(_MAILS, values), recorder)
    passages: dict[UUID, list[Passage]] = {}
    for row in (await session.execute(_PASSAGES, values)).mappings():
        said = {name: value for name, value in row.items() if name != "contact_id"}
        id_ = row["enrollment_id"]
        passages.setdefault(row["contact_id"], []).append(
            Passage(**said, path=steps.get(id_, []), mails=mails.get(id_, []))
        )
    refused: dict[UUID, list[str]] = {}
    for contact_id, reason in await session.execute(_REFUSED, values):
        refused.setdefault(contact_id, []).append(reason)
    return [
        SimulatedContact(
            **row, passages=passages.get(row["contact_id"], []), refused=refused.get(row["contact_id"], [])
        )
        for row in (await session.execute(_PEOPLE, values)).mappings()
    ]


def _mails(rows: Any, recorder: MailRecorder) -> dict[UUID, list[SimulatedMail]]:
    found: dict[UUID, list[SimulatedMail]] = {}
    room = MOST_RENDERED_BYTES
    for row in rows.mappings():
        content: dict[str, str] = {}
        if mail := recorder.mails.get(row["id"]):
            room -= len(mail.html) + len(mail.text)
            content = {"subject": mail.subject, **({"html": mail.html, "text": mail.text} if room > 0 else {})}
        said = {name: value for name, value in row.items() if name != "enrollment_id"}
        found.setdefault(row["enrollment_id"], []).append(SimulatedMail(**said, **content))
    return found


def _calls(calls: CallRecorder) -> list[SimulatedCall]:
    found = []
    for call in calls.calls[:MOST_CALLS]:
        enrollment_id, node_id, _ = call.key.split(":", 2)
        found.append(
            SimulatedCall(
                node_id=node_id,
                enrollment_id=UUID(enrollment_id),
                method=call.method,
                url=call.url,
                body=call.body[:5_000],
            )
        )
    return found


_OF_VERSION = "enrollment_id IN (SELECT id FROM enrollments WHERE version_id = :version_id)"

_OUTLETS = text(f"""
    SELECT node_id, outlet, CAST(at AS date) AS day, count(*) AS n FROM trace
    WHERE {_OF_VERSION} GROUP BY 1, 2, 3 ORDER BY 3, 1, 2
""")
_REFUSALS = text("SELECT reason, count(*) FROM entry_refusals WHERE journey_id = :journey_id GROUP BY 1 ORDER BY 1")
_NEVER_IN = text("""
    SELECT count(*) FROM unnest(CAST(:ids AS uuid[])) AS x(id)
    WHERE NOT EXISTS (SELECT 1 FROM enrollments e WHERE e.contact_id = x.id AND e.version_id = :version_id)
      AND NOT EXISTS (SELECT 1 FROM entry_refusals r WHERE r.contact_id = x.id AND r.journey_id = :journey_id)
""")
_HOURS = text("""
    SELECT date_trunc('hour', sent_at), count(*) FROM messages
    WHERE version_id = :version_id AND sent_at IS NOT NULL GROUP BY 1 ORDER BY 1
""")
_ENTRIES_BY_DAY = text("""
    SELECT CAST(entered_at AS date), count(*) FROM enrollments WHERE version_id = :version_id GROUP BY 1
""")
_PEOPLE = text("""
    SELECT id AS contact_id, email, trim(concat_ws(' ', first_name, last_name)) AS name, time_zone
    FROM contacts WHERE id = ANY(CAST(:ids AS uuid[])) ORDER BY array_position(CAST(:ids AS uuid[]), id)
""")
_PASSAGES = text("""
    SELECT e.contact_id, e.id AS enrollment_id, e.entered_at, e.state, e.end_reason, e.ended_at, e.goal_at,
           CASE WHEN e.state = 'active' THEN b.node_id END AS node_id
    FROM enrollments e LEFT JOIN batches b ON b.id = e.batch_id
    WHERE e.version_id = :version_id AND e.contact_id = ANY(CAST(:ids AS uuid[])) ORDER BY e.id
""")
_STEPS = text("""
    SELECT s.enrollment_id, s.at, s.node_id, s.outlet, s.reason, s.visit FROM trace s
    JOIN enrollments e ON e.id = s.enrollment_id
    WHERE e.version_id = :version_id AND e.contact_id = ANY(CAST(:ids AS uuid[])) ORDER BY s.enrollment_id, s.at
""")
_MAILS = text("""
    SELECT enrollment_id, id, node_id, visit, coalesce(sent_at, queued_at) AS at, state, reason, to_address AS to,
           opened_at, clicked_at
    FROM messages WHERE version_id = :version_id AND contact_id = ANY(CAST(:ids AS uuid[])) ORDER BY enrollment_id, at
""")
_REFUSED = text("""
    SELECT contact_id, reason FROM entry_refusals
    WHERE journey_id = :journey_id AND contact_id = ANY(CAST(:ids AS uuid[])) ORDER BY seq
""")
