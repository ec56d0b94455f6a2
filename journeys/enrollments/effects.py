"""The ledger of effects that are no mails: claim a chunk, record how each ended, find what another attempt holds.

The key is enrollment, node and visit. `calling` rows have a lease; `deferred` ones may name when they are due.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncSession

from journeys.db.json import to_json
from journeys.enrollments.stages import Opened


async def claim(
    session: AsyncSession, opened: Opened, claim_id: UUID, kind: str, lease: timedelta, size: int
) -> Sequence[Row[Any]]:
    """Claim calls that were never made, are due again, or whose attempt died (`was` is then `calling`)."""
    values = {**_place(opened), "claim_id": claim_id, "kind": kind, "lease": lease, "size": size}
    return (await session.execute(_CLAIM, values)).all()


async def renew(session: AsyncSession, opened: Opened, claim_id: UUID, lease: timedelta) -> None:
    """Keep what is claimed for longer."""
    await session.execute(_RENEW, {**_place(opened), "claim_id": claim_id, "lease": lease})


async def record(
    session: AsyncSession, opened: Opened, claim_id: UUID, rows: Sequence[dict[str, Any]]
) -> Sequence[UUID]:
    """Write how calls ended; return the enrollments whose row was still ours.

    A row has id, visit, state, reason, outcome, and for a deferred one perhaps `wait_seconds`, and `free` when the
    attempt does not count.
    """
    values = {**_place(opened), "rows": to_json(list(rows)), "claim_id": claim_id}
    return (await session.scalars(_RECORD, values)).all()


async def find_alive(session: AsyncSession, opened: Opened) -> float | None:
    """Return for how many seconds another attempt may still be calling for this batch; None when there is none."""
    seconds: float | None = await session.scalar(_ALIVE, _place(opened))
    return seconds


async def find_next_due(session: AsyncSession, opened: Opened) -> timedelta | None:
    """Return how long it is until the first deferred call of this batch is due."""
    due: timedelta | None = await session.scalar(_NEXT_DUE, _place(opened))
    return due


def _place(opened: Opened) -> dict[str, Any]:
    return {"batch_id": opened.batch.id, "node_id": opened.node.id}


_CLAIM = text("""
    WITH due AS (
        SELECT e.id, e.visit, e.workspace_id, e.contact_id, e.payload, m.state AS was
        FROM enrollments e
        LEFT JOIN effects m ON m.enrollment_id = e.id AND m.node_id = :node_id AND m.visit = e.visit
        WHERE e.batch_id = :batch_id AND e.state = 'active'
          AND (m.state IS NULL OR (m.state = 'calling' AND m.lease_until <= now())
               OR (m.state = 'deferred' AND m.claim_id IS DISTINCT FROM :claim_id
                   AND (m.lease_until IS NULL OR m.lease_until <= now())))
        ORDER BY e.id LIMIT :size),
    claimed AS (
        INSERT INTO effects AS m (enrollment_id, node_id, visit, workspace_id, contact_id, kind, state, claim_id,
                                  lease_until)
        SELECT id, :node_id, visit, workspace_id, contact_id, :kind, 'calling', :claim_id,
               now() + CAST(:lease AS interval) FROM due
        ON CONFLICT (enrollment_id, node_id, visit) DO UPDATE
            SET state = 'calling', claim_id = :claim_id, lease_until = excluded.lease_until, attempts = m.attempts + 1
            WHERE m.state = 'deferred' OR (m.state = 'calling' AND m.lease_until <= now())
        RETURNING m.enrollment_id, m.attempts)
    SELECT d.id, d.visit, d.contact_id, d.payload, d.was, k.attempts, to_jsonb(c) AS contact
    FROM due d JOIN claimed k ON k.enrollment_id = d.id LEFT JOIN contacts c ON c.id = d.contact_id ORDER BY d.id
""")

_MINE = """
    m.enrollment_id = e.id AND m.node_id = :node_id AND m.visit = e.visit AND e.batch_id = :batch_id
"""

_RENEW = text(f"""
    UPDATE effects m SET lease_until = now() + CAST(:lease AS interval)
    FROM enrollments e WHERE {_MINE} AND m.claim_id = :claim_id AND m.state = 'calling'
""")

_RECORD = text("""
    UPDATE effects m SET state = x.state, reason = x.reason, outcome = x.outcome,
        lease_until = CASE WHEN x.state = 'deferred' THEN now() + make_interval(secs => x.wait_seconds) END,
        done_at = CASE WHEN x.state <> 'deferred' THEN now() END,
        attempts = m.attempts - CASE WHEN x.free THEN 1 ELSE 0 END
    FROM jsonb_to_recordset(CAST(:rows AS jsonb))
         AS x(id uuid, visit int, state text, reason text, outcome jsonb, wait_seconds float8, free boolean)
    WHERE m.enrollment_id = x.id AND m.node_id = :node_id AND m.visit = x.visit AND m.claim_id = :claim_id
      AND m.state = 'calling'
    RETURNING m.enrollment_id
""")

_ALIVE = text(f"""
    SELECT max(extract(epoch FROM m.lease_until - now()))::float8
    FROM enrollments e JOIN effects m ON {_MINE} WHERE e.state = 'active' AND m.state = 'calling'
""")

_NEXT_DUE = text(f"""
    SELECT min(m.lease_until) - now() FROM enrollments e JOIN effects m ON {_MINE}
    WHERE e.state = 'active' AND m.state = 'deferred'
""")
