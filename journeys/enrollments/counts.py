"""Counts per node: appended with the steps they count, folded now and then, summed on read."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from journeys.db.json import to_json

JOURNEY = ""
"""The node id under which a journey's own counts stand: entered, completed, exited, failed, converted."""


@dataclass
class Counts:
    """The changes of one transaction, written as one statement at its end."""

    workspace_id: UUID
    journey_id: UUID
    version_id: UUID
    deltas: dict[tuple[str, str, str], int] = field(default_factory=lambda: defaultdict(int))

    def add(self, node_id: str, measure: str, n: int, reason: str | None = None) -> None:
        """Note that n more enrollments were entered, passed, waiting, ... at a node."""
        self.deltas[node_id, measure, reason or ""] += n

    def rows(self) -> list[dict[str, Any]]:
        """Return the rows that say something."""
        return [
            {
                "workspace_id": self.workspace_id,
                "journey_id": self.journey_id,
                "version_id": self.version_id,
                "node_id": node_id,
                "measure": measure,
                "reason": reason,
                "n": n,
            }
            for (node_id, measure, reason), n in self.deltas.items()
            if n
        ]


_RECORD = text("""
    INSERT INTO node_counts (workspace_id, journey_id, version_id, node_id, measure, reason, n)
    SELECT workspace_id, journey_id, version_id, node_id, measure, reason, n
    FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS x(workspace_id uuid, journey_id uuid, version_id uuid,
        node_id text, measure text, reason text, n bigint)
""")


async def record_counts(session: AsyncSession, *counts: Counts) -> None:
    """Append the changes of this transaction."""
    rows = [row for each in counts for row in each.rows()]
    if rows:
        await session.execute(_RECORD, {"rows": to_json(rows)})


@dataclass(frozen=True)
class NodeTotals:
    """What stands at one node now; `skipped` and `failed` by reason."""

    entered: int = 0
    waiting: int = 0
    passed: int = 0
    converted: int = 0
    skipped: dict[str, int] = field(default_factory=dict)
    failed: dict[str, int] = field(default_factory=dict)


async def read_counts(
    session: AsyncSession, workspace_id: UUID, journey_id: UUID, version_id: UUID | None = None
) -> dict[str, dict[str, dict[str, int]]]:
    """Return {node_id: {measure: {reason: n}}} for a journey, of one version or of all."""
    rows = await session.execute(
        text("""
            SELECT node_id, measure, reason, sum(n)::bigint FROM node_counts
            WHERE workspace_id = :workspace_id AND journey_id = :journey_id
              AND (CAST(:version_id AS uuid) IS NULL OR version_id = :version_id)
            GROUP BY node_id, measure, reason
        """),
        {"workspace_id": workspace_id, "journey_id": journey_id, "version_id": version_id},
    )
    totals: dict[str, dict[str, dict[str, int]]] = {}
    for node_id, measure, reason, n in rows:
        totals.setdefault(node_id, {}).setdefault(measure, {})[reason] = n
    return totals


async def fold_counts(session: AsyncSession, limit: int = 50_000) -> int:
    """Replace many small changes by their sums; return how many rows were saved. Readers see the same totals throughout."""
    saved = await session.scalar(
        text("""
            WITH old AS (
                DELETE FROM node_counts WHERE seq IN (
                    SELECT seq FROM node_counts ORDER BY seq LIMIT :limit FOR UPDATE SKIP LOCKED)
                RETURNING workspace_id, journey_id, version_id, node_id, measure, reason, n),
            folded AS (
                INSERT INTO node_counts (workspace_id, journey_id, version_id, node_id, measure, reason, n)
                SELECT workspace_id, journey_id, version_id, node_id, measure, reason, sum(n) FROM old
                GROUP BY workspace_id, journey_id, version_id, node_id, measure, reason RETURNING 1)
            SELECT (SELECT count(*) FROM old) - (SELECT count(*) FROM folded)
        """),
        {"limit": limit},
    )
    return int(saved or 0)
