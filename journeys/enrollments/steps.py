"""The step log: one row per enrollment and node passed, written for a whole batch in one statement.

What another row tells is not written again: that an enrollment began, that a node ended it, that a mail was sent. The view
`trace` has these steps too; read from there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from journeys.db.json import to_json


@dataclass(frozen=True)
class Pass:
    """A batch through one node. `position` orders the passes of one transaction by microseconds."""

    position: int
    node_id: str
    outlet: str | None
    reason: str | None = None
    detail: dict[str, Any] | None = None

    def row(self) -> dict[str, Any]:
        """Return the pass as a row of the statement below."""
        return {
            "position": self.position,
            "node_id": self.node_id,
            "outlet": self.outlet,
            "reason": self.reason,
            "detail": self.detail,
        }


_OF_BATCH = text("""
    INSERT INTO steps (enrollment_id, at, node_id, workspace_id, visit, outlet, reason, detail)
    SELECT e.id, :at + p.position * interval '1 microsecond', p.node_id, e.workspace_id, e.visit, p.outlet, p.reason,
           p.detail
    FROM enrollments e CROSS JOIN jsonb_to_recordset(CAST(:passes AS jsonb))
         AS p(position int, node_id text, outlet text, reason text, detail jsonb)
    WHERE e.batch_id = :batch_id AND e.state = 'active'
""")


async def record_passes(session: AsyncSession, batch_id: UUID, at: datetime, passes: Sequence[Pass]) -> None:
    """Write a step for every active enrollment of a batch and every node it passed."""
    if passes:
        rows = to_json([each.row() for each in passes])
        await session.execute(_OF_BATCH, {"batch_id": batch_id, "at": at, "passes": rows})


async def record_each(
    session: AsyncSession,
    batch_id: UUID,
    at: datetime,
    passed: Pass,
    reason_sql: str,
    params: Mapping[str, Any],
) -> None:
    """Write a step for every active enrollment of a batch, each with its own reason: SQL over `e` and `c`."""
    await session.execute(
        text(f"""
            INSERT INTO steps (enrollment_id, at, node_id, workspace_id, visit, outlet, reason)
            SELECT e.id, :at + :position * interval '1 microsecond', :node_id, e.workspace_id, e.visit, :outlet,
                   {reason_sql}
            FROM enrollments e LEFT JOIN contacts c ON c.id = e.contact_id
            WHERE e.batch_id = :batch_id AND e.state = 'active'
        """),
        {
            "batch_id": batch_id,
            "at": at,
            "position": passed.position,
            "node_id": passed.node_id,
            "outlet": passed.outlet,
            **params,
        },
    )


_SINGLE = text("""
    INSERT INTO steps (enrollment_id, at, node_id, workspace_id, visit, outlet, reason, detail)
    SELECT enrollment_id, clock_timestamp(), node_id, :workspace_id, visit, outlet, reason, detail
    FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS x(enrollment_id uuid, node_id text, visit int, outlet text,
        reason text, detail jsonb)
    ON CONFLICT DO NOTHING
""")


async def record_steps(session: AsyncSession, workspace_id: UUID, rows: Sequence[dict[str, Any]]) -> None:
    """Write steps that differ from one enrollment to the next: releases, exits."""
    if rows:
        await session.execute(_SINGLE, {"workspace_id": workspace_id, "rows": to_json(list(rows))})
