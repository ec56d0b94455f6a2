"""Walk a batch through the nodes that neither wait nor call the outside, inside one transaction.

This is where a stage does its work in Postgres: branches split the batch, waits and effects stop it. What comes out is
the tokens that go on from there. All rows are moved by set-based statements; no contact is looped over.
"""

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, assert_never
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from journeys.contracts import Token
from journeys.db.ids import new_id
from journeys.db.json import to_json
from journeys.enrollments import awaits, changes, clocks, points, send_times, starting, subscriptions, windows
from journeys.enrollments.batches import Group, Part, SplitStep, insert_batches, settle_root, split
from journeys.enrollments.clocks import Wakes
from journeys.enrollments.counts import JOURNEY, Counts, record_counts
from journeys.enrollments.entry import give_run
from journeys.enrollments.leaving import settle_changed
from journeys.enrollments.steps import Pass, record_each, record_passes
from journeys.graph.loading import get_plan
from journeys.graph.plan import Plan, PlanNode
from journeys.nodes.draws import DRAW_SQL
from journeys.nodes.ops import (
    Await,
    AwaitCondition,
    CallActivity,
    CallWebhook,
    Change,
    End,
    Hold,
    HoldUntil,
    Mark,
    Route,
    Score,
    SendEmail,
    Split,
    StartJourney,
    Subscribe,
    Trigger,
    Window,
)
from journeys.rules.deciding import branch_detail_sql
from journeys.rules.sql import SqlParams, compile_sql


@dataclass(frozen=True)
class Place:
    """Where a walk happens: the journey version, its run, and the clock of the transaction."""

    workspace_id: UUID
    journey_id: UUID
    version_id: UUID
    run_id: UUID
    plan: Plan
    now: datetime
    time_zone: str


@dataclass
class Walk:
    """One stage's way through the plan, from the batch that it was asked to carry."""

    session: AsyncSession
    place: Place
    root_id: UUID
    hop: int
    room: int
    """How many batches besides the root its run can take on; the others get a run of their own."""
    bulk: bool
    changed_contacts: bool = False
    """Whether a step of this stage did, so that rules of the journey may have come to hold."""
    counts: Counts = field(init=False)
    _due: deque[Group] = field(default_factory=deque)
    _stopped: list[Group] = field(default_factory=list)
    _passes: dict[UUID, list[Pass]] = field(default_factory=dict)
    _position: int = 0

    def __post_init__(self) -> None:
        self.counts = Counts(self.place.workspace_id, self.place.journey_id, self.place.version_id)

    async def go(self, group: Group) -> None:
        """Take up a group that is about to run its node."""
        self._due.append(group)
        await self.resume()

    async def resume(self) -> None:
        """Run every group until each waits, stands before an effect, or has ended."""
        while self._due:
            await self._run(self._due.popleft())

    async def finish(self) -> list[Token]:
        """Write where every part stands and return the tokens that follow."""
        root = next((group for group in self._stopped if group.batch_id == self.root_id), None)
        others = [group for group in self._stopped if group is not root]
        staying, spilled = others[: self.room], others[self.room :]
        await self._insert(staying, self.place.run_id)
        if spilled:
            await self._spill(spilled)
        tokens = [self._token(group) for group in ([root] if root else []) + staying]
        await settle_root(self.session, self.root_id, root, tokens)
        await record_counts(self.session, self.counts)
        if self.changed_contacts:
            about_to_act = [each.batch_id for each in self._stopped if self.place.plan.nodes[each.node_id].is_effect]
            await settle_changed(self.session, self.place.workspace_id, self.place.version_id, about_to_act)
        return tokens

    async def _spill(self, groups: Sequence[Group]) -> None:
        """Give groups that are too many for their run to a new one."""
        plan, run_id = await get_plan(self.session, self.place.version_id), new_id()
        await self._insert(groups, run_id)
        await give_run(self.session, plan, run_id, [self._token(group) for group in groups], bulk=self.bulk)

    async def _insert(self, groups: Sequence[Group], run_id: UUID) -> None:
        place = self.place
        await insert_batches(
            self.session,
            groups,
            workspace_id=place.workspace_id,
            journey_id=place.journey_id,
            version_id=place.version_id,
            run_id=run_id,
        )

    def _token(self, group: Group) -> Token:
        node = self.place.plan.nodes[group.node_id]
        return Token(
            batch_id=group.batch_id,
            node_id=node.id,
            title=node.title,
            size=group.n,
            hop=self.hop + 1 if group.batch_id == self.root_id else 0,
            effect=node.is_effect,
            custom=node.is_custom,
            wake_at=group.wake_at,
        )

    async def _run(self, group: Group) -> None:
        node = self.place.plan.nodes[group.node_id]
        match node.op:
            case Trigger():
                await self.leave(group, node, "next")
            case Route() as op:
                await self._route(group, node, op)
            case Split() as op:
                await self._split(group, node, op)
            case Mark():
                await self._mark(group, node)
            case End() as op:
                self.counts.add(node.id, "passed", group.n)
                await self._end(group, "completed", op.reason, node)
            case Change() | Score() as op:
                await self._change(group, op)
                await self.leave(group, node, "next")
            case Subscribe() | StartJourney() as op:
                await self._try(group, node, op)
            case SendEmail() | CallWebhook() | CallActivity():
                await self.stop(group, None)
            case Hold() | HoldUntil() | Window() | Await() | AwaitCondition() as op:
                await self._rest(group, node, op)
            case _:
                assert_never(node.op)

    async def _change(self, group: Group, op: Change | Score) -> None:
        """Do what a node does to the contacts of a group."""
        self.changed_contacts = True
        match op:
            case Change():
                await changes.apply(self.session, group.batch_id, self.place, op)
            case Score():
                await points.apply(self.session, group.batch_id, self.place, op)
            case _:
                assert_never(op)

    async def _try(self, group: Group, node: PlanNode, op: Subscribe | StartJourney) -> None:
        """Do for each of a group what may be refused, and let all of it out, each with what became of it."""
        self.changed_contacts |= isinstance(op, Subscribe)
        do = subscriptions.apply if isinstance(op, Subscribe) else starting.apply
        reasons = await do(self.session, group.batch_id, self.place, node, op)  # type: ignore[arg-type]  # each its own op
        sql = "(SELECT r.reason FROM jsonb_to_recordset(CAST(:reasons AS jsonb)) AS r(id uuid, reason text) WHERE r.id = e.id)"
        rows = to_json([{"id": each, "reason": reason} for each, reason in reasons.items()])
        await self._leave_each(group, node, "next", sql, {"reasons": rows})

    async def hold_mail(self, group: Group, send_time: str) -> None:
        """Keep a mail that is about to be sent until its time; what is due now goes on as it is."""
        wakes = await send_times.find_wakes(self.session, group.batch_id, send_time, self.place)
        for due in await self._sleep(group, wakes):
            await self.stop(due, self.place.now)

    async def _rest(self, group: Group, node: PlanNode, op: Hold | HoldUntil | Window | Await | AwaitCondition) -> None:
        """Stop at a wait, but for those who need not wait."""
        match op:
            case Hold():
                await self.stop(group, self.place.now + timedelta(seconds=op.seconds))
            case HoldUntil():
                await self._hold_until(group, node, op)
            case Window():
                wakes = await windows.find_wakes(self.session, group.batch_id, op, self.place)
                for inside in await self._sleep(group, wakes):
                    await self.leave(inside, node, "next")
            case Await():
                await self._await(group, node, op)
            case AwaitCondition():
                await self._await_condition(group, node, op)
            case _:
                assert_never(op)

    async def _route(self, group: Group, node: PlanNode, op: Route) -> None:
        params = SqlParams(self.place.workspace_id, self.place.now, enrollment="e")
        whens = " ".join(f"WHEN {compile_sql(path.rule, params)} THEN {index}" for index, path in enumerate(op.paths))
        path_sql = f"CASE {whens} ELSE {len(op.paths)} END"
        labels = [*(path.outlet for path in op.paths), op.else_outlet]
        detail_sql = branch_detail_sql([(path.outlet, path.rule) for path in op.paths], params)
        await self._flush(group)
        self._position += 1
        step = SplitStep(node.id, self.place.now + timedelta(microseconds=self._position), detail_sql)
        for part in await split(self.session, group.batch_id, labels, path_sql, params.values, step):
            await self.leave_told(_fork(group, part), node, part.label)

    async def _split(self, group: Group, node: PlanNode, op: Split) -> None:
        whens = " ".join(f"WHEN {DRAW_SQL} < :upto{index} THEN {index}" for index in range(len(op.shares)))
        values = {f"upto{index}": share.upto for index, share in enumerate(op.shares)}
        labels = [share.outlet for share in op.shares]
        sql = f"CASE {whens} ELSE {len(labels) - 1} END"
        await self._leave_by(group, node, labels, sql, {"salt": op.salt, **values})

    async def _leave_by(
        self, group: Group, node: PlanNode, labels: list[str], path_sql: str, values: dict[str, object]
    ) -> None:
        """Split a group by an expression and let each part out by the outlet it names."""
        await self._flush(group)
        for part in await split(self.session, group.batch_id, labels, path_sql, values):
            await self.leave(_fork(group, part), node, part.label)

    async def _mark(self, group: Group, node: PlanNode) -> None:
        credited = await self.session.scalars(
            text("""
                UPDATE enrollments SET goal_at = now()
                WHERE batch_id = :id AND state = 'active' AND goal_at IS NULL RETURNING 1
            """),
            {"id": group.batch_id},
        )
        n = len(credited.all())
        self.counts.add(node.id, "converted", n)
        self.counts.add(JOURNEY, "converted", n)
        await self.leave(group, node, "next")

    async def _hold_until(self, group: Group, node: PlanNode, op: HoldUntil) -> None:
        wakes = await clocks.find_wakes(self.session, group.batch_id, op, self.place.now, self.place.time_zone)
        for late in await self._sleep(group, wakes):
            await self.leave(late, node, "past", "the time is over" if op.attribute is None else "no such time ahead")

    async def _sleep(self, group: Group, wakes: Wakes) -> list[Group]:
        """Stop each part of a group until its wake time; return the parts that have none."""
        await self._flush(group)
        awake = []
        labels = [each.isoformat() if each else "" for each in wakes.times]
        for part in await split(self.session, group.batch_id, labels, wakes.path_sql, wakes.values):
            if part.label:
                await self.stop(_fork(group, part), datetime.fromisoformat(part.label))
            else:
                awake.append(_fork(group, part))
        return awake

    async def _await(self, group: Group, node: PlanNode, op: Await) -> None:
        deadline = self.place.now + timedelta(seconds=op.timeout_seconds)
        await self._flush(group)
        early = await awaits.find_early(self.session, group.batch_id, op, group.since_at)
        parts = [Part("waiting", group.batch_id, group.n)]
        if early:
            sql = "CASE WHEN e.id = ANY(CAST(:early AS uuid[])) THEN 1 ELSE 0 END"
            parts = await split(
                self.session,
                group.batch_id,
                ["waiting", "happened"],
                sql,
                {"early": [each.enrollment_id for each in early]},
            )
        for part in parts:
            fork = _fork(group, part)
            if part.label == "happened":
                await awaits.note_release(self.session, early)
                fork.since_at = None
                await self.leave(fork, node, "happened", f"{op.event} came before the wait")
            else:
                await awaits.register(self.session, part.batch_id, node, op.event, group.since_at, deadline)
                await self.stop(fork, deadline)

    async def _await_condition(self, group: Group, node: PlanNode, op: AwaitCondition) -> None:
        deadline = self.place.now + timedelta(seconds=op.timeout_seconds)
        params = SqlParams(self.place.workspace_id, self.place.now, enrollment="e")
        path_sql = f"CASE WHEN {compile_sql(op.rule, params)} THEN 1 ELSE 0 END"
        await self._flush(group)
        for part in await split(self.session, group.batch_id, ["waiting", "met"], path_sql, params.values):
            fork = _fork(group, part)
            if part.label == "met":
                await self.leave(fork, node, "met", "it held already")
            else:
                await awaits.register(self.session, part.batch_id, node, awaits.CONDITION, group.since_at, deadline)
                await self.stop(fork, deadline)

    async def leave(self, group: Group, node: PlanNode, outlet: str, reason: str | None = None) -> None:
        """Let a group out by an outlet: on to the next node, or to the end of its passage."""
        self._pass(group, node, outlet, reason)
        await self.leave_told(group, node, outlet)

    async def leave_told(self, group: Group, node: PlanNode, outlet: str) -> None:
        """Let a group out whose step is written, or told by other rows."""
        self.counts.add(node.id, "passed", group.n)
        await self.go_on(group, node, outlet)

    async def _leave_each(
        self, group: Group, node: PlanNode, outlet: str, reason_sql: str, params: Mapping[str, Any]
    ) -> None:
        """Let a group out by an outlet, each enrollment with a reason of its own."""
        await self._flush(group)
        self._position += 1
        step = Pass(self._position, node.id, outlet)
        await record_each(self.session, group.batch_id, self.place.now, step, reason_sql, params)
        await self.leave_told(group, node, outlet)

    async def go_on(self, group: Group, node: PlanNode, outlet: str) -> None:
        """Follow an outlet after its step has been noted."""
        if outlet in node.closes_loop:
            await self._flush(group)
            await self.session.execute(
                text("UPDATE enrollments SET visit = visit + 1 WHERE batch_id = :id AND state = 'active'"),
                {"id": group.batch_id},
            )
        target = self.place.plan.target(node.id, outlet)
        if target is None:
            await self._end(group, "completed", None)
            return
        group.node_id = target
        self.counts.add(target, "entered", group.n)
        self._due.append(group)

    async def stop(self, group: Group, wake_at: datetime | None) -> None:
        """Leave a group where it is, until a time or for the effect that comes next."""
        await self._flush(group)
        self.counts.add(group.node_id, "waiting", group.n)
        group.wake_at = wake_at
        self._stopped.append(group)

    async def _end(self, group: Group, state: str, reason: str | None, node: PlanNode | None = None) -> None:
        """End a group; the enrollments themselves tell of the node that did."""
        await self._flush(group)
        self._position += 1
        await self.session.execute(
            text("""
                UPDATE enrollments SET state = :state, ended_at = :at + :position * interval '1 microsecond',
                    end_reason = :reason, end_node_id = :node_id
                WHERE batch_id = :id AND state = 'active'
            """),
            {
                "id": group.batch_id,
                "state": state,
                "at": self.place.now,
                "position": self._position,
                "reason": reason,
                "node_id": node.id if node else None,
            },
        )
        self.counts.add(JOURNEY, state, group.n)

    def _pass(self, group: Group, node: PlanNode, outlet: str | None, reason: str | None = None) -> None:
        self._position += 1
        self._passes.setdefault(group.batch_id, []).append(Pass(self._position, node.id, outlet, reason))

    async def _flush(self, group: Group) -> None:
        """Write the steps noted so far, before the group is split, ended or left."""
        await record_passes(self.session, group.batch_id, self.place.now, self._passes.pop(group.batch_id, []))


def _fork(group: Group, part: Part) -> Group:
    return Group(part.batch_id, group.node_id, part.n, group.since_at)
