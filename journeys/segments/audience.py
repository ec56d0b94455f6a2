"""An audience: the contacts that a search finds, by words, by a rule, by segment and tag, or by name."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from journeys.rules.sql import SqlParams, compile_sql
from journeys.segments.queries import check_rule


@dataclass(frozen=True)
class Audience:
    """Who is meant. What is left out does not narrow; with `contact_ids` exactly these are meant."""

    q: str | None = None
    rule: dict[str, Any] | None = None
    segment_id: UUID | None = None
    tag: str | None = None
    contact_ids: tuple[UUID, ...] | None = None

    @classmethod
    def load(cls, stored: dict[str, Any]) -> "Audience":
        """Return what `dump` stored."""
        ids, segment = stored.get("contact_ids"), stored.get("segment_id")
        return cls(
            stored.get("q"),
            stored.get("rule"),
            UUID(segment) if segment else None,
            stored.get("tag"),
            tuple(map(UUID, ids)) if ids is not None else None,
        )

    def dump(self) -> dict[str, Any]:
        """Return it as JSON, with only what was said."""
        said = {
            "q": self.q,
            "rule": self.rule,
            "segment_id": str(self.segment_id) if self.segment_id else None,
            "tag": self.tag,
            "contact_ids": [str(each) for each in self.contact_ids] if self.contact_ids is not None else None,
        }
        return {name: value for name, value in said.items() if value is not None}


async def list_newest(
    session: AsyncSession, workspace_id: UUID, audience: Audience, *, before: UUID | None = None, limit: int = 50
) -> list[UUID]:
    """Return contacts of an audience, the newest first."""
    where, values = await where_of(session, workspace_id, audience, before=before, limit=limit)
    rows = await session.scalars(
        text(f"SELECT c.id FROM contacts c WHERE {where} ORDER BY c.id DESC LIMIT :limit"), {**values, "limit": limit}
    )
    return list(rows)


async def list_after(
    session: AsyncSession, workspace_id: UUID, audience: Audience, after: UUID | None, limit: int
) -> list[UUID]:
    """Return contacts of an audience in id order, from `after` on: each once, whatever changes meanwhile."""
    where, values = await where_of(session, workspace_id, audience)
    rows = await session.scalars(
        text(f"""
            SELECT c.id FROM contacts c
            WHERE {where} AND (CAST(:after AS uuid) IS NULL OR c.id > :after) ORDER BY c.id LIMIT :limit
        """),
        {**values, "after": after, "limit": limit},
    )
    return list(rows)


async def count(session: AsyncSession, workspace_id: UUID, audience: Audience) -> int:
    """Return how many contacts are in an audience now."""
    where, values = await where_of(session, workspace_id, audience)
    return int(await session.scalar(text(f"SELECT count(*) FROM contacts c WHERE {where}"), values) or 0)


def like(words: str) -> str:
    """Return the LIKE pattern of a text that contains these words as they are."""
    escaped = words.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")
    return f"%{escaped}%"


async def where_of(
    session: AsyncSession,
    workspace_id: UUID,
    audience: Audience,
    *,
    before: UUID | None = None,
    limit: int | None = None,
) -> tuple[str, dict[str, object]]:
    """Return the condition on `c` (contacts), and its values. `before` and `limit` bound a page, newest first."""
    parts = ["c.workspace_id = :workspace_id AND c.erased_at IS NULL"]
    values: dict[str, object] = {"workspace_id": workspace_id}
    if before:
        parts.append("c.id < :before")
        values["before"] = before
    if audience.contact_ids is not None:
        parts.append("c.id = ANY(CAST(:contact_ids AS uuid[]))")
        values["contact_ids"] = list(audience.contact_ids)
    if audience.q:
        parts.append("c.id IN (SELECT search_contacts(:pattern, CAST(:before_found AS uuid), CAST(:most AS integer)))")
        alone = audience.rule is None and audience.segment_id is None and audience.tag is None
        values |= {"pattern": like(audience.q), "before_found": before, "most": limit if alone else None}
    if audience.segment_id:
        parts.append("c.id IN (SELECT contact_id FROM segment_members WHERE segment_id = :segment_id)")
        values["segment_id"] = audience.segment_id
    if audience.tag:
        parts.append("CAST(:tag AS text) = ANY(c.tags)")
        values["tag"] = audience.tag
    if audience.rule is not None:
        params = SqlParams(workspace_id, datetime.now(UTC), whole=True)
        parts.append(compile_sql(await check_rule(session, workspace_id, audience.rule), params))
        values |= params.values
    return " AND ".join(parts), values


async def ensure_audience(session: AsyncSession, workspace_id: UUID, audience: Audience) -> None:
    """Refuse a rule that cannot be read, before a job is made of it."""
    if audience.rule is not None:
        await check_rule(session, workspace_id, audience.rule)
