"""Dispatches: what a committed transaction owes Temporal, written with it and repeated until acknowledged."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncSession

from journeys.contracts import DispatchKind, Nudge, RunInput, workflow_id
from journeys.db.json import to_json

START_URGENCY, BULK_URGENCY, NUDGE_URGENCY = 1, 2, 3
"""Runs of triggered contacts go before runs of a broadcast; nudges save space only and go last."""

CLAIM = timedelta(seconds=10)
"""How long a dispatcher has for what it took; after that another one takes it."""

_ADD = text("""
    INSERT INTO dispatches (workspace_id, kind, urgency, run_id, payload)
    VALUES (:workspace_id, :kind, :urgency, :run_id, CAST(:payload AS jsonb))
""")

_ADD_RUN = text("""
    INSERT INTO runs (id, workspace_id, journey_id, version_id, workflow_id)
    VALUES (:id, :workspace_id, :journey_id, :version_id, :workflow_id)
""")


async def start_run(
    session: AsyncSession, run: RunInput, slug: str, *, contact_id: UUID | None = None, bulk: bool = False
) -> None:
    """Record a run and owe its start. `contact_id` is set for a run that carries one contact, for ops to find it."""
    name = workflow_id(slug, run.version, run.run_id)
    await session.execute(
        _ADD_RUN,
        {
            "id": run.run_id,
            "workspace_id": run.workspace_id,
            "journey_id": run.journey_id,
            "version_id": run.version_id,
            "workflow_id": name,
        },
    )
    payload = {
        "workflow_id": name,
        "slug": slug,
        "contact_id": contact_id,
        "run": {**run.model_dump(mode="json"), "bulk": bulk},
    }
    await _add(session, run.workspace_id, "start_run", BULK_URGENCY if bulk else START_URGENCY, run.run_id, payload)


async def nudge_run(session: AsyncSession, workspace_id: UUID, run_id: UUID, nudge: Nudge) -> None:
    """Owe a running workflow the news that batches are empty or worth another try."""
    await _add(session, workspace_id, "nudge_run", NUDGE_URGENCY, run_id, nudge.model_dump(mode="json"))


async def _add(
    session: AsyncSession, workspace_id: UUID, kind: DispatchKind, urgency: int, run_id: UUID, payload: dict[str, Any]
) -> None:
    await session.execute(
        _ADD,
        {
            "workspace_id": workspace_id,
            "kind": kind,
            "urgency": urgency,
            "run_id": run_id,
            "payload": to_json(payload),
        },
    )


async def take_dispatches(session: AsyncSession, limit: int) -> Sequence[Row[Any]]:
    """Claim what is due for some seconds, so that no transaction is open while Temporal is called."""
    result = await session.execute(
        text("""
            WITH due AS (
                SELECT seq FROM dispatches WHERE not_before <= now()
                ORDER BY urgency, seq LIMIT :limit FOR UPDATE SKIP LOCKED),
            claimed AS (
                UPDATE dispatches d SET not_before = now() + :claim, attempts = attempts + 1 FROM due
                WHERE d.seq = due.seq RETURNING d.seq, d.urgency, d.kind, d.run_id, d.payload, d.attempts)
            SELECT c.seq, c.kind, c.run_id, c.payload, c.attempts, r.workflow_id, r.ended_at
            FROM claimed c LEFT JOIN runs r ON r.id = c.run_id ORDER BY c.urgency, c.seq
        """),
        {"limit": limit, "claim": CLAIM},
    )
    return result.all()


async def acknowledge(session: AsyncSession, seqs: list[int]) -> None:
    """Forget dispatches that Temporal has."""
    await session.execute(text("DELETE FROM dispatches WHERE seq = ANY(:seqs)"), {"seqs": seqs})


async def postpone(session: AsyncSession, seq: int, error: str, delay: timedelta) -> None:
    """Try again later, and remember why."""
    await session.execute(
        text("""
            UPDATE dispatches SET last_error = :error, not_before = now() + :delay WHERE seq = :seq
        """),
        {"seq": seq, "error": error[:500], "delay": delay},
    )
