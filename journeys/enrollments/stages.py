"""One stage: from a batch's token to the tokens that follow. Safe to repeat: a stage that was done answers as before."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncSession

from journeys.contracts import StageOrder, Token
from journeys.db.session import Database
from journeys.enrollments import awaits
from journeys.enrollments.batches import Group, count_active, lock_batch, settle_root, split
from journeys.enrollments.counts import JOURNEY, Counts, record_counts
from journeys.enrollments.pausing import PAUSED
from journeys.enrollments.walk import Place, Walk
from journeys.graph.loading import find_kept_plan, get_plan
from journeys.graph.plan import PlanNode
from journeys.nodes.ops import AWAITS, CallActivity, Op, Window

ROUTER_GRACE = timedelta(seconds=30)
"""How long a time-out waits for a router that lags behind the deadline."""


RETRY = "retry"
"""The outlet of what is to be tried again at the same node."""


@dataclass(frozen=True)
class Opened:
    """A stage that may run: its batch locked, its place known."""

    place: Place
    batch: Row[Any]
    node: PlanNode


@dataclass(frozen=True)
class Answered:
    """A stage that must not run (again): what to answer instead."""

    tokens: list[Token]


async def open_stage(session: AsyncSession, order: StageOrder) -> Opened | Answered:
    """Lock the batch and find out whether this stage is still to be done, by this run, now."""
    batch = await lock_batch(session, order.token.batch_id)
    if batch is None or batch.run_id != order.run_id:
        return Answered([])
    if batch.hop == order.token.hop + 1:
        return Answered([Token.model_validate(each) for each in batch.moves or []])
    if batch.hop != order.token.hop or not batch.active:
        return Answered([])
    if batch.wake_at is not None and batch.wake_at > batch.now:
        return Answered([order.token.model_copy(update={"wake_at": batch.wake_at, "parked": None})])
    if batch.journey_state == PAUSED:
        await mark_parked(session, batch.id, PAUSED)
        return Answered([order.token.model_copy(update={"parked": PAUSED})])
    if batch.journey_state == "archived":
        await _put_away(session, order, batch)
        return Answered([])
    loaded = await get_plan(session, batch.version_id)
    place = Place(
        order.workspace_id,
        order.journey_id,
        batch.version_id,
        order.run_id,
        loaded.plan,
        batch.now,
        loaded.plan.settings.time_zone or batch.time_zone,
    )
    return Opened(place, batch, loaded.plan.nodes[batch.node_id])


async def find_stop(session: AsyncSession, order: StageOrder) -> Answered | None:
    """Lock the batch and return what a stage answers that must not go on between two chunks.

    Its journey was paused, or its batch moved on.
    """
    row = (
        await session.execute(
            text("""
                SELECT b.run_id, b.hop, j.state FROM batches b JOIN journeys j ON j.id = b.journey_id WHERE b.id = :id
                FOR NO KEY UPDATE OF b
            """),
            {"id": order.token.batch_id},
        )
    ).one_or_none()
    if row is None or (row.run_id, row.hop) != (order.run_id, order.token.hop):
        return Answered([])
    if row.state == PAUSED:
        await mark_parked(session, order.token.batch_id, PAUSED)
        return Answered([order.token.model_copy(update={"parked": PAUSED})])
    return None


async def _put_away(session: AsyncSession, order: StageOrder, batch: Row[Any]) -> None:
    """End a batch that entered just as its journey was archived."""
    ended = await session.scalars(
        text("""
            UPDATE enrollments SET state = 'exited', ended_at = now(), end_reason = 'the journey was archived'
            WHERE batch_id = :id AND state = 'active' RETURNING 1
        """),
        {"id": batch.id},
    )
    n = len(ended.all())
    counts = Counts(order.workspace_id, order.journey_id, batch.version_id)
    counts.add(batch.node_id, "waiting", -n)
    counts.add(batch.node_id, "exited", n)
    counts.add(JOURNEY, "exited", n)
    await record_counts(session, counts)
    await settle_root(session, batch.id, None, [])


async def run_waiting_or_pure(session: AsyncSession, order: StageOrder) -> list[Token]:
    """Run a stage that calls nothing outside: wake a batch, or walk it from a node that is not an effect."""
    opened = await open_stage(session, order)
    if isinstance(opened, Answered):
        return opened.tokens
    walk, group = await _begin(session, order, opened)
    if opened.batch.wake_at is None:
        if group.n:
            await walk.go(group)
        return await walk.finish()
    if isinstance(opened.node.op, Window) and group.n:  # whoever woke late may find it closed again
        await walk.go(group)
        return await walk.finish()
    if isinstance(opened.node.op, AWAITS):
        if again := await _wait_for_router(session, order, opened):
            return [again]
        await awaits.drop_waits(session, group.batch_id)
    if group.n:
        group = replace(group, since_at=opened.place.now)
        outlet = "timed_out" if isinstance(opened.node.op, AWAITS) else "next"
        await walk.leave(group, opened.node, outlet)
        await walk.resume()
    return await walk.finish()


async def hold_mail(session: AsyncSession, order: StageOrder, send_time: str) -> list[Token] | None:
    """Hold a mail that has come just now until its send time; None for one whose time has come."""
    opened = await open_stage(session, order)
    if isinstance(opened, Answered):
        return opened.tokens
    if opened.batch.wake_at is not None:
        return None
    walk, group = await _begin(session, order, opened)
    if group.n:
        await walk.hold_mail(group, send_time)
    return await walk.finish()


async def _wait_for_router(session: AsyncSession, order: StageOrder, opened: Opened) -> Token | None:
    """Hold a time-out back while events received before the deadline are still queued, within a bounded grace."""
    deadline: datetime = opened.batch.wake_at
    if opened.place.now > deadline + ROUTER_GRACE:
        return None
    if not await awaits.events_pending(session, order.workspace_id, deadline):
        return None
    return order.token.model_copy(update={"wake_at": opened.place.now + timedelta(seconds=1)})


@dataclass(frozen=True)
class Ledger:
    """Where an effect's outcomes stand: SQL over `m`, the ledger row of enrollment, node and visit."""

    table: str
    outlet_sql: str
    """A CASE over m.state that gives an outlet, or 'retry' for what is to be tried again."""
    labels: Sequence[str]
    detail_sql: str = "CAST(NULL AS jsonb)"
    """What the trace shows besides the reason."""
    due_sql: str = "CAST(NULL AS timestamptz)"
    """When what is to be tried again is due; NULL leaves that to the stage."""
    held_sql: str = "false"
    """Whether a rule of ours holds it back, which the trace tells."""
    told_sql: str = "false"
    """Whether the row tells the step itself, so that none is written."""


async def finish_effect(
    session: AsyncSession, order: StageOrder, ledger: Ledger, retry_in: timedelta, *, told: str | None = None
) -> list[Token]:
    """Move a batch on after its effect: each enrollment by the outlet its ledger row says, then walk on from there.

    Give an outlet as `told` where it is known that the rows of all tell that they leave by it: then none need be read.
    """
    opened = await open_stage(session, order)
    if isinstance(opened, Answered):
        return opened.tokens
    (walk, group), node = await _begin(session, order, opened), opened.node
    if not group.n:
        return await walk.finish()
    walk.changed_contacts = isinstance(node.op, CallActivity)
    if told:
        await walk.leave_told(group, node, told)
        await walk.resume()
        return await walk.finish()
    outcomes = await _record_outcomes(session, group, node, ledger, opened.place.now)
    for way, reason, _, n in outcomes:
        measure = {"skipped": "skipped", "failed": "failed"}.get(way, "passed")
        if way != RETRY:
            walk.counts.add(node.id, measure, n, reason if measure != "passed" else None)
    for way, due, part in await _part(session, group, node, ledger, outcomes, opened.place):
        if way == RETRY:
            await walk.stop(part, due or opened.place.now + retry_in)
        else:
            await walk.go_on(part, node, way)
    await walk.resume()
    return await walk.finish()


async def _begin(session: AsyncSession, order: StageOrder, opened: Opened) -> tuple[Walk, Group]:
    """Return the walk of a stage and the group that it starts with: whoever is still in its batch."""
    n = await count_active(session, opened.batch.id)
    walk = Walk(session, opened.place, order.token.batch_id, order.token.hop, order.room, order.bulk)
    walk.counts.add(opened.node.id, "waiting", -n)
    return walk, Group(opened.batch.id, opened.node.id, n, opened.batch.since_at)


def _join(ledger: Ledger) -> str:
    return f"LEFT JOIN {ledger.table} m ON m.enrollment_id = e.id AND m.node_id = :node_id AND m.visit = e.visit"


_Outcome: TypeAlias = tuple[str, str, datetime | None, int]
"""An outlet, its reason, when it is tried again, and how many went that way."""


async def _record_outcomes(
    session: AsyncSession, group: Group, node: PlanNode, ledger: Ledger, now: datetime
) -> list[_Outcome]:
    """Write the step of every enrollment whose effect is over, or is held back by a rule, unless its row tells it."""
    rows = await session.execute(
        text(f"""
            WITH outcome AS MATERIALIZED (
                SELECT e.id, e.workspace_id, e.visit, {ledger.outlet_sql} AS outlet, m.reason,
                       {ledger.detail_sql} AS detail, {ledger.due_sql} AS due, {ledger.held_sql} AS held,
                       {ledger.told_sql} AS told
                FROM enrollments e {_join(ledger)} WHERE e.batch_id = :batch_id AND e.state = 'active'),
            stepped AS (
                INSERT INTO steps (enrollment_id, at, node_id, workspace_id, visit, outlet, reason, detail)
                SELECT id, :now, :node_id, workspace_id, visit, nullif(outlet, '{RETRY}'), reason,
                       CASE WHEN held THEN jsonb_build_object('held_until', due) ELSE detail END
                FROM outcome WHERE held OR outlet <> '{RETRY}' AND told IS NOT TRUE)
            SELECT outlet, coalesce(reason, ''), CASE WHEN outlet = '{RETRY}' THEN due END, count(*)
            FROM outcome GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
        """),
        {"batch_id": group.batch_id, "node_id": node.id, "now": now},
    )
    return [(outlet, reason, due, n) for outlet, reason, due, n in rows]


def _ways(place: Place, node: PlanNode, outlets: Sequence[str]) -> dict[str, str]:
    """Map each outlet to the first one that leads the same way, so that a batch is split only where paths part."""
    first: dict[tuple[str | None, bool], str] = {}
    ways = {}
    for outlet in outlets:
        way = (place.plan.target(node.id, outlet), outlet in node.closes_loop)
        ways[outlet] = first.setdefault(way, outlet)
    return ways


async def _part(
    session: AsyncSession, group: Group, node: PlanNode, ledger: Ledger, outcomes: Sequence[_Outcome], place: Place
) -> list[tuple[str, datetime | None, Group]]:
    """Split the batch by where its outlets lead, and what is to be tried again by when."""
    ways = _ways(place, node, list(dict.fromkeys(outlet for outlet, *_ in outcomes if outlet != RETRY)))
    dues = list(dict.fromkeys(due for outlet, _, due, _ in outcomes if outlet == RETRY))
    parts: list[tuple[str, datetime | None]] = [(way, None) for way in dict.fromkeys(ways.values())]
    known = len(parts)
    parts += [(RETRY, due) for due in dues]
    if len(parts) == 1:
        return [(*parts[0], group)]
    whens = "".join(
        f" WHEN x.outlet = '{outlet}' THEN {next(n for n, part in enumerate(parts) if part[0] == way)}"
        for outlet, way in ways.items()
    )
    whens += "".join(
        f" WHEN x.due IS NOT DISTINCT FROM CAST(:due{n} AS timestamptz) THEN {known + n}" for n in range(len(dues))
    )
    path_sql = f"""
        (SELECT CASE{whens} END FROM (
            SELECT {ledger.outlet_sql} AS outlet, {ledger.due_sql} AS due FROM (SELECT 1) one LEFT JOIN {ledger.table} m
            ON m.enrollment_id = e.id AND m.node_id = :node_id AND m.visit = e.visit) x)"""
    values = {"node_id": node.id, **{f"due{n}": due for n, due in enumerate(dues)}}
    found = await split(session, group.batch_id, [str(n) for n in range(len(parts))], path_sql, values)
    return [(*parts[int(each.label)], Group(each.batch_id, node.id, each.n, group.since_at)) for each in found]


async def find_op(database: Database, order: StageOrder) -> Op:
    """Return what the node of an order does."""
    loaded = find_kept_plan(order.version_id)
    if loaded is None:
        async with database.workspace(order.workspace_id) as session:
            loaded = await get_plan(session, order.version_id)
    return loaded.plan.nodes[order.token.node_id].op


async def park(database: Database, order: StageOrder, reason: str) -> None:
    """Remember on the batch why its stage failed for good; ops see it, and may have it tried again."""
    async with database.workspace(order.workspace_id) as session:
        await mark_parked(session, order.token.batch_id, reason)


async def mark_parked(session: AsyncSession, batch_id: UUID, reason: str) -> None:
    """Write on a batch why it does not move."""
    await session.execute(
        text("UPDATE batches SET parked = :reason WHERE id = :id AND active"), {"id": batch_id, "reason": reason[:500]}
    )
