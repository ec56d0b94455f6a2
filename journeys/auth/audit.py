"""The audit log: who changed what, and when, in the same transaction as the change."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from journeys.auth.models import AuditEntry
from journeys.auth.roles import Principal


async def record_change(
    session: AsyncSession,
    actor: Principal,
    action: str,
    entity: str,
    entity_id: object,
    diff: Mapping[str, Any] | None = None,
) -> None:
    """Append one entry; `diff` maps a field to its new value, or to `[old, new]`. Never put secrets in it."""
    await session.execute(
        insert(AuditEntry).values(
            workspace_id=actor.workspace_id,
            actor_kind=actor.kind,
            actor_id=actor.id,
            actor_name=actor.name,
            action=action,
            entity=entity,
            entity_id=str(entity_id),
            diff=dict(diff or {}),
        )
    )


def difference(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Return `[old, new]` of every field that changed."""
    return {field: [before.get(field), value] for field, value in after.items() if before.get(field) != value}


async def list_changes(
    session: AsyncSession,
    workspace_id: UUID,
    *,
    entity: str | None = None,
    entity_id: str | None = None,
    before: UUID | None = None,
    limit: int = 50,
) -> list[AuditEntry]:
    """Return entries, the newest first, older than `before`."""
    query = select(AuditEntry).where(AuditEntry.workspace_id == workspace_id)
    if entity:
        query = query.where(AuditEntry.entity == entity)
    if entity_id:
        query = query.where(AuditEntry.entity_id == entity_id)
    if before:
        query = query.where(AuditEntry.id < before)
    return list(await session.scalars(query.order_by(AuditEntry.id.desc()).limit(limit)))
