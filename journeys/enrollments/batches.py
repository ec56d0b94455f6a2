"""Batches: lock one, split it by a SQL expression, and say in tokens where its parts went.

Whoever takes enrollments out of a batch (the router, an exit) first locks the batch row FOR SHARE; a stage locks it
FOR UPDATE. So a stage sees a fixed membership, and an enrollment leaves a visit once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncSession

from journeys.contracts import Token
from journeys.db.ids import new_ids
from journeys.db.json import to_json
from journeys.graph.plan import PlanNode


@dataclass
class Group:
    """A batch on its way through a stage. `since_at`: see Batch; `n`: its active enrollments."""

    batch_id: UUID
    node_id: str
    n: int
    since_at: datetime | None
    wake_at: datetime | None = None


@dataclass(frozen=True)
class Part:
    """One part of a split batch: the label of its path, its batch, and how many it holds."""

    label: str
    batch_id: UUID
    n: int


async def lock_batch(session: AsyncSession, batch_id: UUID) -> Row[Any] | None:
    """Lock a batch for a stage and return it, with the database's clock and the state of its journey."""
    result = await session.execute(
        text("""
            SELECT b.id, b.run_id, b.version_id, b.node_id, b.wake_at, b.hop, b.moves, b.active, b.since_at,
                   now() AS now, j.state AS journey_state, w.time_zone, w.settings
            FROM batches b JOIN journeys j ON j.id = b.journey_id JOIN workspaces w ON w.id = b.workspace_id
            WHERE b.id = :id FOR NO KEY UPDATE OF b
        """),
        {"id": batch_id},
    )
    return result.one_or_none()


async def count_active(session: AsyncSession, batch_id: UUID) -> int:
    """Return how many enrollments a batch still holds."""
    n = await session.scalar(
        text("SELECT count(*) FROM enrollments WHERE batch_id = :id AND state = 'active'"), {"id": batch_id}
    )
    return int(n or 0)


@dataclass(frozen=True)
class SplitStep:
    """The step of those whom a node splits: each leaves by the label of their path.

    `detail_sql` is over `e`, `c` and `p.path`.
    """

    node_id: str
    at: datetime
    detail_sql: str


_SPLIT_STEP = """
            stepped AS (
                INSERT INTO steps (enrollment_id, at, node_id, workspace_id, visit, outlet, detail)
                SELECT id, :step_at, :step_node_id, workspace_id, visit, (CAST(:labels AS text[]))[path + 1], detail
                FROM picked),"""


async def split(
    session: AsyncSession,
    batch_id: UUID,
    labels: Sequence[str],
    path_sql: str,
    params: Mapping[str, Any],
    step: SplitStep | None = None,
) -> list[Part]:
    """Split a batch by an expression over `e` (enrollments) and `c` (contacts) that gives each row's index in `labels`.

    The largest part stays in the batch, so that fewest rows are written; the others get batches of their own.
    """
    new = new_ids(len(labels))
    told = {"step_at": step.at, "step_node_id": step.node_id, "labels": list(labels)} if step else {}
    rows = await session.execute(
        text(f"""
            WITH picked AS MATERIALIZED (
                SELECT e.id, e.workspace_id, e.visit, p.path{f", {step.detail_sql} AS detail" if step else ""}
                FROM enrollments e LEFT JOIN contacts c ON c.id = e.contact_id
                CROSS JOIN LATERAL (SELECT ({path_sql}) AS path OFFSET 0) p
                WHERE e.batch_id = :batch_id AND e.state = 'active'),{_SPLIT_STEP if step else ""}
            sizes AS (SELECT path, count(*) AS n FROM picked GROUP BY path),
            keeper AS (SELECT path FROM sizes ORDER BY n DESC, path LIMIT 1),
            moved AS (
                UPDATE enrollments e SET batch_id = (CAST(:new AS uuid[]))[p.path + 1] FROM picked p
                WHERE e.id = p.id AND p.path <> (SELECT path FROM keeper) RETURNING 1)
            SELECT s.path, s.n, s.path = k.path AS keeps, (SELECT count(*) FROM moved)
            FROM sizes s CROSS JOIN keeper k ORDER BY s.path
        """),
        {"batch_id": batch_id, "new": new, **told, **params},
    )
    return [Part(labels[path], batch_id if keeps else new[path], n) for path, n, keeps, _ in rows]


_SETTLE_NEW = text("""
    INSERT INTO batches (id, workspace_id, journey_id, version_id, run_id, node_id, size, wake_at, since_at)
    SELECT x.id, :workspace_id, :journey_id, :version_id, :run_id, x.node_id, x.n, x.wake_at, x.since_at
    FROM jsonb_to_recordset(CAST(:groups AS jsonb)) AS x(id uuid, node_id text, n int, wake_at timestamptz,
        since_at timestamptz)
""")


async def insert_batches(
    session: AsyncSession,
    groups: Sequence[Group],
    *,
    workspace_id: UUID,
    journey_id: UUID,
    version_id: UUID,
    run_id: UUID,
) -> None:
    """Write batches that did not exist before."""
    if not groups:
        return
    rows = [
        {"id": g.batch_id, "node_id": g.node_id, "n": g.n, "wake_at": g.wake_at, "since_at": g.since_at} for g in groups
    ]
    await session.execute(
        _SETTLE_NEW,
        {
            "groups": to_json(rows),
            "workspace_id": workspace_id,
            "journey_id": journey_id,
            "version_id": version_id,
            "run_id": run_id,
        },
    )


async def settle_root(session: AsyncSession, batch_id: UUID, group: Group | None, tokens: Sequence[Token]) -> None:
    """Write where a stage's own batch stands now (None: it has ended), and the tokens that a repeat must answer."""
    await session.execute(
        text("""
            UPDATE batches SET hop = hop + 1, moves = CAST(:moves AS jsonb), parked = NULL, active = :active,
                node_id = coalesce(:node_id, node_id), size = :n, wake_at = :wake_at, since_at = :since_at
            WHERE id = :id
        """),
        {
            "id": batch_id,
            "moves": to_json([token.model_dump(mode="json") for token in tokens]),
            "active": group is not None,
            "node_id": group.node_id if group else None,
            "n": group.n if group else 0,
            "wake_at": group.wake_at if group else None,
            "since_at": group.since_at if group else None,
        },
    )


def token_of(node: PlanNode, batch: Row[Any]) -> Token:
    """Return the token of a batch that stands at a node, for a run that takes it over."""
    return Token(
        batch_id=batch.id,
        node_id=node.id,
        title=node.title,
        size=batch.size,
        hop=batch.hop,
        effect=node.is_effect,
        custom=node.is_custom,
        wake_at=batch.wake_at,
    )
