"""Keep who is in a segment: for a window of contacts as events come in, and for everyone when a rule is new or lapses."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from journeys import clock
from journeys.events.queue import partition_sql
from journeys.rules.language import Rule, SegmentRule, lapses, parse_rule, walk
from journeys.rules.sql import SqlParams, compile_sql
from journeys.rules.tally import Tally


@dataclass(frozen=True)
class Change:
    """A contact that entered a segment, or left it."""

    segment_id: UUID
    contact_id: UUID
    entered: bool


@dataclass(frozen=True)
class LiveSegment:
    """A segment whose members are kept up to date."""

    id: UUID
    workspace_id: UUID
    rule: Rule

    @property
    def refers_to(self) -> frozenset[UUID]:
        """The segments that the rule looks at."""
        return frozenset(part.segment for part in walk(self.rule) if isinstance(part, SegmentRule))

    @property
    def lapses(self) -> bool:
        """Say whether contacts enter or leave by time alone."""
        return lapses(self.rule)


async def refresh_contacts(session: AsyncSession, workspace_id: UUID, contact_ids: Sequence[UUID]) -> list[Change]:
    """Bring the memberships of some contacts in all live segments up to date; return what changed.

    Segments that look at others come after those, so that one window settles a chain of them.
    """
    segments = await list_live(session, workspace_id)
    if not segments or not contact_ids:
        return []
    changes: list[Change] = []
    now = clock.now()
    for level in in_levels(segments):
        tally = Tally()
        params = SqlParams(workspace_id, now, tally=tally)
        verdicts = ", ".join(f"({params.bind(each.id, 'uuid')}, {compile_sql(each.rule, params)})" for each in level)
        candidates = f"""
            SELECT v.segment_id, c.id AS contact_id, v.inside AND c.erased_at IS NULL AS inside
            FROM (SELECT * FROM contacts WHERE workspace_id = :workspace_id AND id = ANY(CAST(:ids AS uuid[])) OFFSET 0) c
            {tally.joins("CAST(:workspace_id AS uuid)", "CAST(:ids AS uuid[])")}
            CROSS JOIN LATERAL (VALUES {verdicts}) AS v(segment_id, inside)"""
        values = {**params.values, "workspace_id": workspace_id, "ids": list(contact_ids)}
        rows = await session.execute(
            text(_write(candidates, "sm.contact_id = ANY(CAST(:ids AS uuid[]))") + _LIST), values
        )
        changes += [Change(*row) for row in rows]
    return changes


async def build(session: AsyncSession, segment: LiveSegment) -> int:
    """Work out all members of a segment at once; return how many memberships changed.

    Contacts who were touched while this ran are queued for the router, which looks at them again.
    """
    started_at = clock.now()
    await _allow_large_hashes(session)
    statement, values = _whole(segment)
    changed = await session.scalar(text(statement + _COUNT), values)
    await session.execute(_BUILT, {"id": segment.id})
    await session.execute(_REQUEUE, {"workspace_id": segment.workspace_id, "started_at": started_at})
    return int(changed or 0)


_BUILT = text("UPDATE segments SET live = true, built_at = now(), attempts = 0, error = NULL WHERE id = :id")


async def sweep(session: AsyncSession, segment: LiveSegment) -> list[Change]:
    """Find who entered or left by time alone, such as 30 days after an order; to be run now and then."""
    await _allow_large_hashes(session)
    statement, values = _whole(segment)
    return [Change(*row) for row in await session.execute(text(statement + _LIST), values)]


async def list_live(session: AsyncSession, workspace_id: UUID) -> list[LiveSegment]:
    """Return the segments that are kept up to date."""
    rows = await session.execute(_LIVE, {"workspace_id": workspace_id})
    return [LiveSegment(id_, workspace_id, _parse(rule)) for id_, rule in rows]


def in_levels(segments: Sequence[LiveSegment]) -> list[list[LiveSegment]]:
    """Order segments so that each comes after those it looks at; those in a ring come last, together."""
    waiting, levels = list(segments), []
    while waiting:
        ids = {each.id for each in waiting}
        level = [each for each in waiting if not each.refers_to & ids] or waiting
        levels.append(level)
        done = {each.id for each in level}
        waiting = [each for each in waiting if each.id not in done]
    return levels


@lru_cache(maxsize=5_000)
def _parse(rule: str) -> Rule:
    return parse_rule(orjson.loads(rule))


async def _allow_large_hashes(session: AsyncSession) -> None:
    """Let Postgres hash the ids of all contacts; without room it compares them one by one."""
    await session.execute(text("SELECT set_config('work_mem', '256MB', true)"))


def _whole(segment: LiveSegment) -> tuple[str, dict[str, Any]]:
    """Return the statement that brings a whole segment up to date, up to its last SELECT."""
    params = SqlParams(segment.workspace_id, clock.now(), whole=True)
    rule = compile_sql(segment.rule, params)
    candidates = f"""
        SELECT CAST(:segment_id AS uuid) AS segment_id, coalesce(i.id, sm.contact_id) AS contact_id,
               i.id IS NOT NULL AS inside
        FROM (SELECT c.id FROM contacts c
              WHERE c.workspace_id = :workspace_id AND c.erased_at IS NULL AND {rule}) i
        FULL JOIN (SELECT contact_id FROM segment_members WHERE segment_id = :segment_id) sm ON sm.contact_id = i.id"""
    values = {**params.values, "workspace_id": segment.workspace_id, "segment_id": segment.id}
    return _write(candidates, "sm.segment_id = :segment_id"), values


def _write(candidates: str, scope: str) -> str:
    """Return CTEs that write the difference between what `candidates` says and the memberships within a scope."""
    return f"""
        WITH verdict AS MATERIALIZED ({candidates}),
        present AS MATERIALIZED (SELECT sm.segment_id, sm.contact_id FROM segment_members sm WHERE {scope}),
        entered AS (
            INSERT INTO segment_members (segment_id, contact_id, workspace_id)
            SELECT v.segment_id, v.contact_id, :workspace_id
            FROM verdict v LEFT JOIN present p ON p.segment_id = v.segment_id AND p.contact_id = v.contact_id
            WHERE v.inside AND p.contact_id IS NULL
            ORDER BY 1, 2 ON CONFLICT DO NOTHING RETURNING segment_id, contact_id),
        gone AS (
            DELETE FROM segment_members sm
            USING (SELECT p.* FROM verdict v JOIN present p ON p.segment_id = v.segment_id
                   AND p.contact_id = v.contact_id WHERE NOT v.inside) x
            WHERE sm.segment_id = x.segment_id AND sm.contact_id = x.contact_id
            RETURNING sm.segment_id, sm.contact_id)
    """


_LIST = """
    SELECT segment_id, contact_id, true FROM entered
    UNION ALL SELECT segment_id, contact_id, false FROM gone ORDER BY 1, 2
"""
_COUNT = "SELECT (SELECT count(*) FROM entered) + (SELECT count(*) FROM gone)"
_LIVE = text("SELECT id, CAST(rule AS text) FROM segments WHERE workspace_id = :workspace_id AND live ORDER BY id")

# A row of type `profile` names no event: it only asks the router to look at the contact's segments again.
_REQUEUE = text(f"""
    INSERT INTO event_queue (partition, event_id, workspace_id, contact_id, type, name, occurred_at)
    SELECT {partition_sql("id")}, gen_random_uuid(), :workspace_id, id, 'profile', '', now()
    FROM (SELECT c.id FROM contacts c
            WHERE c.workspace_id = :workspace_id AND c.updated_at > CAST(:started_at AS timestamptz) - interval '1 minute'
          UNION SELECT s.contact_id FROM contact_event_stats s
            WHERE s.workspace_id = :workspace_id AND s.last_at > CAST(:started_at AS timestamptz) - interval '1 minute'
    ) touched(id)
""")
