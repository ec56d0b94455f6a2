"""Make, change, list and look into segments."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import delete, func, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from journeys.db.room import ensure_room
from journeys.db.uses import refuse_while_used
from journeys.errors import Conflict, Fault, InvalidInput, NotFound
from journeys.rules.evaluate import Verdict, evaluate
from journeys.rules.language import Rule, SegmentRule, dump_rule, has_references, parse_rule, walk
from journeys.rules.load import load_facts
from journeys.rules.sql import SqlParams, compile_sql
from journeys.segments.building import build_soon
from journeys.segments.models import Segment, SegmentMember


@dataclass(frozen=True)
class Preview:
    """How many contacts match a rule, and some of them."""

    count: int
    sample: list[UUID]


async def create_segment(session: AsyncSession, workspace_id: UUID, name: str, rule: object) -> Segment:
    """Make a segment and find its members.

    Raises:
        InvalidInput: the rule is no rule, or refers to what a segment does not have.
        Conflict: the name is taken.
    """
    await ensure_room(session, workspace_id, Segment)
    parsed = await check_rule(session, workspace_id, rule)
    segment = Segment(workspace_id=workspace_id, name=name, rule=dump_rule(parsed), live=True)
    session.add(segment)
    await _flush(session, name)
    await build_soon(session, workspace_id, segment.id, parsed)
    await session.refresh(segment)
    return segment


async def update_segment(
    session: AsyncSession, workspace_id: UUID, segment_id: UUID, *, name: str | None = None, rule: object = None
) -> Segment:
    """Rename a segment or change its rule, and then find its members again."""
    segment = await get_segment(session, workspace_id, segment_id)
    segment.name = name or segment.name
    segment.updated_at = datetime.now(UTC)
    if rule is not None:
        parsed = await check_rule(session, workspace_id, rule, segment_id)
        segment.rule = dump_rule(parsed)
    await _flush(session, segment.name)
    if rule is not None:
        await build_soon(session, workspace_id, segment_id, parsed)
    await session.refresh(segment)
    return segment


async def delete_segment(session: AsyncSession, workspace_id: UUID, segment_id: UUID) -> None:
    """Forget a segment and who was in it.

    Raises:
        Conflict: a live journey or another segment looks at it.
    """
    segment = await get_segment(session, workspace_id, segment_id)
    await refuse_while_used(session, workspace_id, segment.name, str(segment_id))
    await session.execute(delete(SegmentMember).where(SegmentMember.segment_id == segment_id))
    await session.delete(segment)
    await session.flush()


async def get_segment(session: AsyncSession, workspace_id: UUID, segment_id: UUID) -> Segment:
    """Return one segment.

    Raises:
        NotFound: there is none with this id.
    """
    segment = await session.scalar(
        select(Segment).where(Segment.workspace_id == workspace_id, Segment.id == segment_id)
    )
    if segment is None:
        raise NotFound("there is no such segment")
    return segment


async def list_segments(
    session: AsyncSession, workspace_id: UUID, limit: int = 50, after: UUID | None = None
) -> Sequence[tuple[Segment, int]]:
    """Return named segments with how many contacts are in each, oldest first."""
    size = select(func.count()).where(SegmentMember.segment_id == Segment.id).scalar_subquery()
    query = select(Segment, size).where(Segment.workspace_id == workspace_id, Segment.journey_id.is_(None))
    if after is not None:
        query = query.where(Segment.id > after)
    rows = await session.execute(query.order_by(Segment.id).limit(limit))
    return [(segment, n) for segment, n in rows]


async def find_segments(session: AsyncSession, workspace_id: UUID, pattern: str, limit: int) -> Sequence[Segment]:
    """Return named segments whose names are like a pattern."""
    query = select(Segment).where(Segment.workspace_id == workspace_id, Segment.name.ilike(pattern))
    return (await session.scalars(query.where(Segment.journey_id.is_(None)).order_by(Segment.name).limit(limit))).all()


async def count_members(session: AsyncSession, segment_id: UUID) -> int:
    """Return how many contacts are in a segment."""
    n = await session.scalar(select(func.count()).where(SegmentMember.segment_id == segment_id))
    return n or 0


async def list_members(
    session: AsyncSession, workspace_id: UUID, segment_id: UUID, limit: int = 50, after: UUID | None = None
) -> list[UUID]:
    """Return contacts of a segment in id order, from `after` on."""
    query = select(SegmentMember.contact_id).where(
        SegmentMember.workspace_id == workspace_id, SegmentMember.segment_id == segment_id
    )
    if after is not None:
        query = query.where(SegmentMember.contact_id > after)
    return list(await session.scalars(query.order_by(SegmentMember.contact_id).limit(limit)))


@dataclass(frozen=True)
class Overlap:
    """How many contacts are in each of two segments, and in both."""

    a: int
    b: int
    both: int


async def count_overlap(session: AsyncSession, workspace_id: UUID, a: UUID, b: UUID) -> Overlap:
    """Count the members of two segments and those they share.

    Raises:
        NotFound: one of them does not exist.
    """
    for segment_id in (a, b):
        await get_segment(session, workspace_id, segment_id)
    row = await session.execute(_OVERLAP, {"a": a, "b": b})
    return Overlap(*row.one())


_OVERLAP = text("""
    SELECT (SELECT count(*) FROM segment_members WHERE segment_id = :a),
           (SELECT count(*) FROM segment_members WHERE segment_id = :b),
           (SELECT count(*) FROM segment_members x JOIN segment_members y ON y.contact_id = x.contact_id
            WHERE x.segment_id = :a AND y.segment_id = :b)
""")


async def preview(session: AsyncSession, workspace_id: UUID, rule: object, sample: int = 10) -> Preview:
    """Count the contacts that match a rule now, and pick some."""
    parsed = await check_rule(session, workspace_id, rule)
    params = SqlParams(workspace_id, datetime.now(UTC), whole=True)
    where = f"c.workspace_id = :workspace_id AND c.erased_at IS NULL AND {compile_sql(parsed, params)}"
    row = (
        await session.execute(
            text(f"""
                WITH found AS MATERIALIZED (SELECT c.id FROM contacts c WHERE {where})
                SELECT (SELECT count(*) FROM found), ARRAY(SELECT id FROM found ORDER BY id DESC LIMIT :sample)
            """),
            {**params.values, "workspace_id": workspace_id, "sample": sample},
        )
    ).one()
    return Preview(row[0], list(row[1]))


async def explain(session: AsyncSession, workspace_id: UUID, segment_id: UUID, contact_id: UUID) -> Verdict:
    """Say whether a contact matches a segment's rule now, clause by clause.

    Raises:
        NotFound: there is no such segment or contact.
    """
    segment = await get_segment(session, workspace_id, segment_id)
    return await explain_rule(session, workspace_id, segment.rule, contact_id)


async def explain_rule(session: AsyncSession, workspace_id: UUID, rule: object, contact_id: UUID) -> Verdict:
    """Say whether a contact matches a rule now, clause by clause.

    Raises:
        InvalidInput: the rule is no rule, or refers to what only an enrollment has.
        NotFound: there is no such contact.
    """
    parsed = await check_rule(session, workspace_id, rule)
    facts = await load_facts(session, workspace_id, [contact_id], parsed, datetime.now(UTC))
    if contact_id not in facts:
        raise NotFound("there is no such contact")
    return evaluate(parsed, facts[contact_id])


async def check_rule(session: AsyncSession, workspace_id: UUID, rule: object, own_id: UUID | None = None) -> Rule:
    """Return the rule if a segment can have it: nothing of an enrollment, known segments, no ring."""
    parsed = parse_rule(rule)
    if has_references(parsed):
        raise InvalidInput("a segment cannot refer to an enrollment's event or messages")
    seen: set[UUID] = set()
    due = [part.segment for part in walk(parsed) if isinstance(part, SegmentRule)]
    while due:
        segment_id = due.pop()
        if segment_id == own_id:
            raise InvalidInput("a segment cannot look at itself", [Fault("", "this leads back to the segment itself")])
        if segment_id in seen:
            continue
        seen.add(segment_id)
        other = await session.scalar(
            select(Segment.rule).where(Segment.workspace_id == workspace_id, Segment.id == segment_id)
        )
        if other is None:
            raise InvalidInput(f"there is no segment {segment_id}")
        due += [part.segment for part in walk(parse_rule(other)) if isinstance(part, SegmentRule)]
    return parsed


async def _flush(session: AsyncSession, name: str) -> None:
    try:
        await session.flush()
    except IntegrityError as error:
        raise Conflict(f"there is a segment called {name} already") from error
