"""Publish a draft as a version: immutable, hashed, with its plan, its mails pinned and its triggers' segments made."""

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from journeys.errors import NotFound
from journeys.graph.catalogue import load_catalogue
from journeys.graph.compiler import compile_graph
from journeys.graph.drafts import dump_settings, lock_journey, parse_graph, parse_settings
from journeys.graph.drawn import Graph
from journeys.graph.hashing import hash_journey
from journeys.graph.models import Journey, JourneyVersion
from journeys.graph.plan import Plan
from journeys.graph.reading import read_graph
from journeys.messaging.models import TemplateVersion
from journeys.nodes.ops import Trigger
from journeys.nodes.segment_trigger import SegmentTriggerConfig, own_segment_id
from journeys.nodes.send_email import InlineMail, SendEmailConfig, inline_version_id
from journeys.rules.language import Rule, dump_rule
from journeys.segments.building import build_soon
from journeys.segments.models import Segment, SegmentMember


async def publish(session: AsyncSession, workspace_id: UUID, journey_id: UUID, by: str | None) -> JourneyVersion:
    """Publish a draft; the same content as the live version is that version. A paused journey stays paused.

    Raises:
        InvalidGraph: the draft has faults; every one is named.
        Conflict: the journey is archived.
    """
    journey = await lock_journey(session, workspace_id, journey_id)
    graph, settings = parse_graph(journey.graph), parse_settings(journey.settings)
    plan = compile_graph(graph, settings, await load_catalogue(session, workspace_id, journey_id))
    await _pin_mails(session, workspace_id, graph, by)
    await _make_segments(session, journey, graph)
    version = await _same_as_live(session, journey, hash_journey(graph, settings), plan)
    if version is None:
        version = JourneyVersion(
            workspace_id=workspace_id,
            journey_id=journey_id,
            number=await _next_number(session, journey_id),
            hash=hash_journey(graph, settings),
            graph=graph.model_dump(mode="json"),
            settings=dump_settings(settings),
            plan=plan.model_dump(mode="json"),
            published_by=by,
        )
        session.add(version)
        await session.flush()
        journey.live_version_id = version.id
    journey.draft_editors = []
    await _watch_attributes(session, journey, plan)
    if journey.state == "draft":
        journey.state = "live"
    await session.flush()
    return version


async def has_unpublished_changes(session: AsyncSession, journey: Journey) -> bool:
    """Say whether the draft differs from the live version."""
    live = await session.get(JourneyVersion, journey.live_version_id) if journey.live_version_id else None
    return live is None or live.hash != hash_journey(parse_graph(journey.graph), parse_settings(journey.settings))


async def list_versions(session: AsyncSession, workspace_id: UUID, journey_id: UUID) -> Sequence[JourneyVersion]:
    """Return the versions of a journey, newest first."""
    query = select(JourneyVersion).where(
        JourneyVersion.workspace_id == workspace_id, JourneyVersion.journey_id == journey_id
    )
    return (await session.scalars(query.order_by(JourneyVersion.number.desc()))).all()


async def live_numbers(session: AsyncSession, version_ids: Sequence[UUID]) -> dict[UUID, int]:
    """Return the numbers of versions by id."""
    query = select(JourneyVersion.id, JourneyVersion.number).where(JourneyVersion.id.in_(version_ids))
    return dict((await session.execute(query)).all())


async def get_version(session: AsyncSession, workspace_id: UUID, journey_id: UUID, number: int) -> JourneyVersion:
    """Return one version by its number.

    Raises:
        NotFound: there is none.
    """
    version = await session.scalar(
        select(JourneyVersion).where(
            JourneyVersion.workspace_id == workspace_id,
            JourneyVersion.journey_id == journey_id,
            JourneyVersion.number == number,
        )
    )
    if version is None:
        raise NotFound(f"there is no version {number}")
    return version


async def _same_as_live(session: AsyncSession, journey: Journey, hash_: str, plan: Plan) -> JourneyVersion | None:
    """Return the live version if it says the same; a template saved since makes a difference."""
    live = await session.get(JourneyVersion, journey.live_version_id) if journey.live_version_id else None
    if live is None or live.hash != hash_ or Plan.model_validate(live.plan) != plan:
        return None
    return live


async def _next_number(session: AsyncSession, journey_id: UUID) -> int:
    newest = await session.scalar(
        select(func.max(JourneyVersion.number)).where(JourneyVersion.journey_id == journey_id)
    )
    return (newest or 0) + 1


async def _pin_mails(session: AsyncSession, workspace_id: UUID, graph: Graph, by: str | None) -> None:
    """Keep each inline mail as a template version of no template, under an id made from its content."""
    rows = {
        inline_version_id(workspace_id, mail): {
            "id": inline_version_id(workspace_id, mail),
            "workspace_id": workspace_id,
            "number": 1,
            "content_hash": mail.content_hash,
            "created_by": by,
            **mail.model_dump(),
        }
        for mail in _inline_mails(graph)
    }
    if rows:
        await session.execute(
            insert(TemplateVersion).values(list(rows.values())).on_conflict_do_nothing(index_elements=["id"])
        )


def _inline_mails(graph: Graph) -> Iterator[InlineMail]:
    for node in read_graph(graph).nodes.values():
        if isinstance(node.config, SendEmailConfig) and node.config.inline:
            yield node.config.inline


async def _watch_attributes(session: AsyncSession, journey: Journey, plan: Plan) -> None:
    """Have the attributes watched whose changes let contacts in, and no others for this journey."""
    ops = (plan.nodes[trigger_id].op for trigger_id in plan.triggers)
    names = sorted({op.change.attribute for op in ops if isinstance(op, Trigger) and op.change is not None})
    await session.execute(text("DELETE FROM watched_attributes WHERE journey_id = :id"), {"id": journey.id})
    await session.execute(
        text("""
            INSERT INTO watched_attributes (workspace_id, name, journey_id)
            SELECT :workspace_id, name, :id FROM unnest(CAST(:names AS text[])) AS name
        """),
        {"workspace_id": journey.workspace_id, "id": journey.id, "names": names},
    )


async def _make_segments(session: AsyncSession, journey: Journey, graph: Graph) -> None:
    """Make the unnamed segments of triggers with rules of their own, and drop those no longer needed."""
    wanted = dict(_own_rules(journey.id, graph))
    query = select(Segment.id, Segment.rule).where(Segment.journey_id == journey.id)
    present: dict[UUID, dict[str, Any]] = dict((await session.execute(query)).all())
    for segment_id in present.keys() - wanted.keys():
        await session.execute(delete(SegmentMember).where(SegmentMember.segment_id == segment_id))
        await session.execute(delete(Segment).where(Segment.id == segment_id))
    for segment_id, (node_id, rule) in wanted.items():
        said = dump_rule(rule)
        if present.get(segment_id) == said:
            continue
        if segment_id in present:
            await session.execute(update(Segment).where(Segment.id == segment_id).values(rule=said))
        else:
            session.add(
                Segment(
                    id=segment_id,
                    workspace_id=journey.workspace_id,
                    name=f"{journey.name}: {node_id}",
                    rule=said,
                    journey_id=journey.id,
                    live=True,
                )
            )
            await session.flush()
        await build_soon(session, journey.workspace_id, segment_id, rule)


def _own_rules(journey_id: UUID, graph: Graph) -> Iterator[tuple[UUID, tuple[str, Rule]]]:
    for node in read_graph(graph).nodes.values():
        if isinstance(node.config, SegmentTriggerConfig) and node.config.rule is not None:
            yield own_segment_id(journey_id, node.id), (node.id, node.config.rule)
