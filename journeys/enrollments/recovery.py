"""Find runs that are over or lost. Postgres knows every batch, its node and its wake time; a lost run is started anew."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncSession

from journeys.contracts import RunInput, run_id_of
from journeys.db.ids import new_id
from journeys.enrollments.batches import token_of
from journeys.enrollments.dispatches import start_run
from journeys.graph.loading import get_plan


async def close_runs(session: AsyncSession) -> int:
    """End the runs that carry nobody any more; return how many."""
    result = await session.execute(
        text("""
            UPDATE runs r SET ended_at = now() WHERE r.ended_at IS NULL AND r.started_at < now() - interval '5 seconds'
              AND NOT EXISTS (SELECT 1 FROM batches b WHERE b.run_id = r.id AND b.active)
              AND NOT EXISTS (SELECT 1 FROM dispatches d WHERE d.run_id = r.id AND d.kind = 'start_run')
            RETURNING 1
        """)
    )
    return len(result.all())


async def list_open_runs(session: AsyncSession, grace: timedelta) -> Sequence[Row[Any]]:
    """Return the runs that should be in Temporal: carrying somebody, started a while ago, their dispatch acknowledged."""
    result = await session.execute(
        text("""
            SELECT r.id, r.workflow_id FROM runs r WHERE r.ended_at IS NULL AND r.started_at < now() - :grace
              AND NOT EXISTS (SELECT 1 FROM dispatches d WHERE d.run_id = r.id AND d.kind = 'start_run')
            ORDER BY r.id
        """),
        {"grace": grace},
    )
    return result.all()


async def list_over(session: AsyncSession, workflow_ids: Iterable[str], grace: timedelta) -> Sequence[str]:
    """Return which of these runs have carried nobody for a while."""
    result = await session.scalars(
        text("SELECT workflow_id FROM runs WHERE id = ANY(CAST(:ids AS uuid[])) AND ended_at < now() - :grace"),
        {"ids": [run_id for each in workflow_ids if (run_id := run_id_of(each))], "grace": grace},
    )
    return result.all()


async def restart_run(session: AsyncSession, run_id: UUID) -> bool:
    """Give the batches of a lost run to a new one; False when there is nothing to carry on."""
    run = (
        await session.execute(text("SELECT * FROM runs WHERE id = :id AND ended_at IS NULL FOR UPDATE"), {"id": run_id})
    ).one_or_none()
    if run is None:
        return False
    batches = (
        await session.execute(
            text("SELECT * FROM batches WHERE run_id = :id AND active ORDER BY id FOR UPDATE"), {"id": run_id}
        )
    ).all()
    await session.execute(text("UPDATE runs SET ended_at = now() WHERE id = :id"), {"id": run_id})
    if not batches:
        return False
    plan = await get_plan(session, run.version_id)
    fresh = new_id()
    await session.execute(
        text("UPDATE batches SET run_id = :fresh, parked = NULL WHERE run_id = :id AND active"),
        {"fresh": fresh, "id": run_id},
    )
    tokens = [token_of(plan.plan.nodes[batch.node_id], batch) for batch in batches]
    state = RunInput(
        run_id=fresh,
        workspace_id=run.workspace_id,
        journey_id=run.journey_id,
        version_id=run.version_id,
        journey=plan.journey_name,
        version=plan.number,
        tokens=tokens,
    )
    await start_run(session, state, plan.slug, bulk=len(tokens) > 1)
    return True
