"""Move the people inside older versions to a new one, batch by batch, while mails go out and events come in.

A batch changes hands as it does when a run is lost: the row gets the new version, node and run, and whichever stage of
the old run comes too late finds that the batch is no longer its own. The ledger's key holds the node and the visit, so
nobody gets a mail twice across a move.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncSession

from journeys.contracts import Nudge, RunInput, Token
from journeys.db.ids import new_id
from journeys.db.json import to_json
from journeys.db.patience import IS_DUE
from journeys.enrollments.batches import token_of
from journeys.enrollments.counts import JOURNEY, Counts, record_counts
from journeys.enrollments.dispatches import nudge_run, start_run
from journeys.enrollments.exits import Ending, drop_empty, end_enrollments
from journeys.enrollments.pausing import PAUSED
from journeys.enrollments.queries import count_inside
from journeys.errors import Conflict, Fault, InvalidInput
from journeys.graph.loading import LoadedPlan, get_plan
from journeys.graph.plan import Plan
from journeys.nodes.ops import Await, AwaitCondition, Hold, HoldUntil, Op, Window

WaitPolicy = Literal["keep", "recompute"]
"""A wait whose length changed: the old wake time stays, or is worked out anew from when the wait began."""

BATCHES_AT_ONCE = 200
AT_ONCE = 2_000
"""Up to this many people are moved while the publisher waits; more by the router."""


@dataclass(frozen=True)
class Place:
    """Where people stand now, and where they would go: None when the node is gone from the new graph."""

    node_id: str
    title: str
    kind: str | None
    contacts: int
    target: str | None


async def find_places(
    session: AsyncSession, workspace_id: UUID, journey_id: UUID, nodes: Mapping[str, object]
) -> list[Place]:
    """Return where people stand, with the node of the same id among `nodes` as the first guess of where they go."""
    inside = await count_inside(session, workspace_id, journey_id)
    known = {node.id: node for plan in await _plans_of(session, journey_id) for node in plan.plan.nodes.values()}
    return [
        Place(
            node_id,
            known[node_id].title if node_id in known else node_id,
            known[node_id].kind if node_id in known else None,
            contacts,
            node_id if node_id in nodes else None,
        )
        for node_id, contacts in sorted(inside.items())
    ]


async def _plans_of(session: AsyncSession, journey_id: UUID) -> list[LoadedPlan]:
    ids = await session.scalars(
        text("SELECT DISTINCT version_id FROM batches WHERE journey_id = :id AND active"), {"id": journey_id}
    )
    return [await get_plan(session, each) for each in ids.all()]


async def start_move(
    session: AsyncSession, plan: LoadedPlan, node_map: Mapping[str, str | None], waits: WaitPolicy
) -> UUID:
    """Write down that everyone inside an older version goes to this one, and move them when they are few.

    Raises:
        InvalidInput: people stand at a node that is gone, or the map names a node that is not there.
        Conflict: an earlier move is still under way.
    """
    places = await find_places(session, plan.workspace_id, plan.journey_id, plan.plan.nodes)
    await _refuse_while_moving(session, plan.journey_id)
    full = _complete(places, node_map, plan)
    move_id = new_id()
    await session.execute(
        text("""
            INSERT INTO moves (id, workspace_id, journey_id, version_id, node_map, waits)
            VALUES (:id, :workspace_id, :journey_id, :version_id, CAST(:node_map AS jsonb), :waits)
        """),
        {
            "id": move_id,
            "workspace_id": plan.workspace_id,
            "journey_id": plan.journey_id,
            "version_id": plan.version_id,
            "node_map": to_json(full),
            "waits": waits,
        },
    )
    if sum(place.contacts for place in places) <= AT_ONCE:
        while (move := await _read_move(session, move_id)) and move.finished_at is None:
            await advance_move(session, move)
    return move_id


def _complete(places: Sequence[Place], node_map: Mapping[str, str | None], plan: LoadedPlan) -> dict[str, str | None]:
    """Return where every node's people go: as the map says, else to the node of the same id."""
    nodes = plan.plan.nodes
    faults = [
        Fault(f"/node_map/{node_id}", f"there is no node {target!r} to go to")
        for node_id, target in node_map.items()
        if target is not None and (target not in nodes or nodes[target].is_trigger)
    ]
    faults += [
        Fault(f"/node_map/{place.node_id}", f"{place.contacts} contacts are at {place.title!r}: say where they go")
        for place in places
        if place.target is None and place.node_id not in node_map
    ]
    if faults:
        raise InvalidInput("the people inside cannot all be moved", faults)
    stay = {node_id: node_id for node_id, node in nodes.items() if not node.is_trigger}
    return {**stay, **node_map}


async def _refuse_while_moving(session: AsyncSession, journey_id: UUID) -> None:
    open_move = await session.scalar(
        text("SELECT 1 FROM moves WHERE journey_id = :id AND finished_at IS NULL"), {"id": journey_id}
    )
    if open_move:
        raise Conflict("people are still being moved to the version before; try again in a moment")


async def take_move(session: AsyncSession) -> Row[Any] | None:
    """Lock one unfinished move, or return None."""
    result = await session.execute(
        text(f"""
            SELECT * FROM moves WHERE finished_at IS NULL AND {IS_DUE} ORDER BY random() LIMIT 1 FOR UPDATE SKIP LOCKED
        """)
    )
    return result.one_or_none()


async def _read_move(session: AsyncSession, move_id: UUID) -> Row[Any] | None:
    return (await session.execute(text("SELECT * FROM moves WHERE id = :id"), {"id": move_id})).one_or_none()


async def advance_move(session: AsyncSession, move: Row[Any]) -> int:
    """Move the next batches, and finish when there are none; return how many people that was."""
    plan = await get_plan(session, move.version_id)
    values = {"journey_id": move.journey_id, "number": plan.number}
    batches = (await session.execute(_NEXT, {**values, "limit": BATCHES_AT_ONCE})).all()
    olds = {batch.version_id: await get_plan(session, batch.version_id) for batch in batches}
    targets = {batch.id: _target(olds[batch.version_id].plan, batch.node_id, move.node_map) for batch in batches}
    ended = await _end(session, move, [batch for batch in batches if targets[batch.id] is None])
    staying = [(batch, target) for batch in batches if (target := targets[batch.id])]
    moved = await _hand_over(session, plan, olds, staying, move.waits)
    await session.execute(
        text(f"""
            UPDATE moves SET moved = moved + :moved, exited = exited + :exited, attempts = 0, error = NULL,
                finished_at = CASE WHEN NOT EXISTS (SELECT 1 FROM {_INSIDE_OLDER}) THEN now() END
            WHERE id = :id
        """),
        {**values, "id": move.id, "moved": moved, "exited": ended},
    )
    return moved + ended


_INSIDE_OLDER = """
    batches b WHERE b.journey_id = :journey_id AND b.active
      AND b.version_id IN (SELECT id FROM journey_versions WHERE journey_id = :journey_id AND number < :number)
"""
_NEXT = text(f"SELECT b.* FROM {_INSIDE_OLDER} ORDER BY b.id LIMIT :limit FOR NO KEY UPDATE OF b")


def _target(old: Plan, node_id: str, node_map: Mapping[str, str | None]) -> str | None:
    """Return where people at a node go.

    Where nobody stood when the move was chosen, nobody was asked: whoever an older version has brought there since goes
    on with the first step behind it that is still there, or leaves.
    """
    due, seen = [node_id], {node_id}
    for each in due:
        if each in node_map:
            return node_map[each]
        following = [target for target in old.nodes[each].next.values() if target and target not in seen]
        due += following
        seen.update(following)
    return None


async def _end(session: AsyncSession, move: Row[Any], batches: Sequence[Row[Any]]) -> int:
    ids = await session.scalars(
        text("SELECT id FROM enrollments WHERE batch_id = ANY(CAST(:ids AS uuid[])) AND state = 'active'"),
        {"ids": [batch.id for batch in batches]},
    )
    reason = "a new version was published"
    ended = await end_enrollments(session, move.workspace_id, [Ending(each, reason) for each in ids])
    await drop_empty(session, move.workspace_id, [batch.id for batch in batches])
    return ended


async def _hand_over(
    session: AsyncSession,
    plan: LoadedPlan,
    olds: Mapping[UUID, LoadedPlan],
    staying: Sequence[tuple[Row[Any], str]],
    waits: WaitPolicy,
) -> int:
    """Give batches to a new run of the new version, each at its new node."""
    if not staying:
        return 0
    run_id = new_id()
    batches = [batch for batch, _ in staying]
    rows = [_moved(batch, olds[batch.version_id], plan, target, waits) for batch, target in staying]
    sizes = await _move_people(session, plan, rows)
    await _move_waits(session, plan, rows)
    await session.execute(_HAND_OVER, {"rows": to_json(rows), "version_id": plan.version_id, "run_id": run_id})
    await _record(session, plan, batches, rows, sizes)
    tokens = [_token(plan, batch, row, sizes) for batch, row in zip(batches, rows, strict=True)]
    state = RunInput(
        run_id=run_id,
        workspace_id=plan.workspace_id,
        journey_id=plan.journey_id,
        version_id=plan.version_id,
        journey=plan.journey_name,
        version=plan.number,
        tokens=tokens,
    )
    await start_run(session, state, plan.slug, bulk=True)
    await _tell_old_runs(session, plan.workspace_id, batches)
    return sum(sizes.values())


_HAND_OVER = text("""
    UPDATE batches b SET version_id = :version_id, run_id = :run_id, node_id = x.node_id, wake_at = x.wake_at,
        moves = NULL, parked = CASE WHEN b.parked = 'paused' THEN b.parked END
    FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS x(id uuid, node_id text, wake_at timestamptz)
    WHERE b.id = x.id
""")


def _moved(batch: Row[Any], old: LoadedPlan, plan: LoadedPlan, target: str, waits: WaitPolicy) -> dict[str, Any]:
    """Return a batch's new place. A wait that is still the same wait keeps its time, or gets it anew as chosen."""
    before, after = old.plan.nodes[batch.node_id].op, plan.plan.nodes[target].op
    same = _is_same_wait(before, after)
    wake_at: datetime | None = batch.wake_at if same else None
    if wake_at is not None and waits == "recompute":
        longer = _longer_by(before, after)
        wake_at = None if longer is None else wake_at + longer
        same = longer is not None
    return {
        "id": batch.id,
        "from": batch.node_id,
        "node_id": target,
        "wake_at": wake_at,
        "anew": not same or wake_at is None,
    }


def _is_same_wait(before: Op, after: Op) -> bool:
    """Say whether a batch that waits at the one may go on waiting at the other."""
    match before, after:
        case (Await() as old, Await() as new):
            return (old.event, old.where) == (new.event, new.where)
        case (AwaitCondition() as old, AwaitCondition() as new):
            return old.rule == new.rule
        case _:
            return type(before) is type(after)


def _longer_by(before: Op, after: Op) -> timedelta | None:
    """Return how much longer a wait became; None when that takes another look at its contacts."""
    match before, after:
        case (Hold() as old, Hold() as new):
            return timedelta(seconds=new.seconds - old.seconds)
        case (Await() as old, Await() as new):
            return timedelta(seconds=new.timeout_seconds - old.timeout_seconds)
        case (AwaitCondition() as old, AwaitCondition() as new):
            return timedelta(seconds=new.timeout_seconds - old.timeout_seconds)
        case (HoldUntil(), HoldUntil()) | (Window(), Window()):
            return None
        case _:
            return timedelta(0)


async def _move_people(session: AsyncSession, plan: LoadedPlan, rows: Sequence[dict[str, Any]]) -> dict[UUID, int]:
    """Change the version of everyone in the batches, with a step that tells of it; return how many are in each."""
    result = await session.execute(
        text("""
            WITH x AS (SELECT * FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS x(id uuid, "from" text, node_id text)),
            moved AS (
                UPDATE enrollments e SET version_id = :version_id FROM x WHERE e.batch_id = x.id AND e.state = 'active'
                RETURNING e.id, e.visit, e.batch_id, x."from", x.node_id),
            unsent AS (
                UPDATE messages m SET state = 'skipped', reason = :reason, due_at = NULL FROM moved
                WHERE m.enrollment_id = moved.id AND m.node_id = moved."from" AND m.visit = moved.visit
                  AND m.state = 'deferred' AND moved."from" <> moved.node_id),
            uncalled AS (
                UPDATE effects f SET state = 'failed', reason = :reason FROM moved
                WHERE f.enrollment_id = moved.id AND f.node_id = moved."from" AND f.visit = moved.visit
                  AND f.state = 'deferred' AND moved."from" <> moved.node_id),
            stepped AS (
                INSERT INTO steps (enrollment_id, at, node_id, workspace_id, visit, outlet, reason, detail)
                SELECT id, clock_timestamp(), "from", :workspace_id, visit, NULL, :reason,
                       jsonb_build_object('version', CAST(:number AS int), 'to', node_id) FROM moved)
            SELECT batch_id, count(*) FROM moved GROUP BY batch_id
        """),
        {
            "rows": to_json(list(rows)),
            "version_id": plan.version_id,
            "workspace_id": plan.workspace_id,
            "number": plan.number,
            "reason": f"moved to version {plan.number}",
        },
    )
    return dict(result.all())


async def _move_waits(session: AsyncSession, plan: LoadedPlan, rows: Sequence[dict[str, Any]]) -> None:
    """Let waits that go on be found under the new version; drop those that begin anew."""
    await session.execute(
        text("DELETE FROM waits WHERE batch_id = ANY(CAST(:ids AS uuid[]))"),
        {"ids": [row["id"] for row in rows if row["anew"]]},
    )
    await session.execute(
        text("""
            UPDATE waits w SET version_id = :version_id, node_id = x.node_id, deadline_at = x.wake_at
            FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS x(id uuid, node_id text, wake_at timestamptz)
            WHERE w.batch_id = x.id
        """),
        {"rows": to_json([row for row in rows if not row["anew"]]), "version_id": plan.version_id},
    )


async def _record(
    session: AsyncSession,
    plan: LoadedPlan,
    batches: Sequence[Row[Any]],
    rows: Sequence[dict[str, Any]],
    sizes: Mapping[UUID, int],
) -> None:
    """Take the people out of the old version's counts and put them into the new one's, so that both add up."""
    there = Counts(plan.workspace_id, plan.journey_id, plan.version_id)
    here: dict[UUID, Counts] = {}
    for batch, row in zip(batches, rows, strict=True):
        n = sizes.get(batch.id, 0)
        old = here.setdefault(batch.version_id, Counts(plan.workspace_id, plan.journey_id, batch.version_id))
        for counts, node_id, change in ((old, batch.node_id, -n), (there, row["node_id"], n)):
            counts.add(node_id, "entered", change)
            counts.add(node_id, "waiting", change)
            counts.add(JOURNEY, "entered", change)
    await record_counts(session, there, *here.values())


def _token(plan: LoadedPlan, batch: Row[Any], row: Mapping[str, Any], sizes: Mapping[UUID, int]) -> Token:
    token = token_of(plan.plan.nodes[row["node_id"]], batch)
    parked = PAUSED if batch.parked == PAUSED else None
    return token.model_copy(update={"size": sizes.get(batch.id, 0), "wake_at": row["wake_at"], "parked": parked})


async def _tell_old_runs(session: AsyncSession, workspace_id: UUID, batches: Sequence[Row[Any]]) -> None:
    """Owe the old runs the news that these batches are no longer theirs, so that nothing sleeps for nobody."""
    by_run: dict[UUID, list[UUID]] = defaultdict(list)
    for batch in batches:
        by_run[batch.run_id].append(batch.id)
    for run_id, ids in by_run.items():
        await nudge_run(session, workspace_id, run_id, Nudge(empty=ids))


async def retry_moves(session: AsyncSession, workspace_id: UUID, journey_id: UUID) -> int:
    """Go on with a move to the live version that was given up; return how many those are, one or none."""
    reopened = await session.execute(
        text("""
            UPDATE moves m SET finished_at = NULL, not_before = NULL, attempts = 0 FROM journeys j
            WHERE m.workspace_id = :workspace_id AND m.journey_id = :id AND m.error IS NOT NULL
              AND j.id = m.journey_id AND j.live_version_id = m.version_id
            RETURNING 1
        """),
        {"workspace_id": workspace_id, "id": journey_id},
    )
    return len(reopened.all())


async def list_moves(session: AsyncSession, workspace_id: UUID, journey_id: UUID) -> Sequence[Row[Any]]:
    """Return a journey's moves, the newest first."""
    result = await session.execute(
        text("""
            SELECT m.id, v.number AS version, m.node_map, m.waits, m.moved, m.exited, m.error, m.created_at, m.finished_at
            FROM moves m JOIN journey_versions v ON v.id = m.version_id
            WHERE m.workspace_id = :workspace_id AND m.journey_id = :journey_id ORDER BY m.id DESC LIMIT 50
        """),
        {"workspace_id": workspace_id, "journey_id": journey_id},
    )
    return result.all()
