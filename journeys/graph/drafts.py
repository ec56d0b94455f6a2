"""Drafts: make, read, change and list journeys. Two people who save at once find out by the revision."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from journeys.db.room import ensure_room
from journeys.errors import Conflict, Fault, InvalidInput, NotFound, PreconditionFailed
from journeys.graph.catalogue import load_catalogue
from journeys.graph.checks import Checked, check_graph
from journeys.graph.drawn import Graph, check_storable
from journeys.graph.models import Journey
from journeys.graph.settings import JourneySettings
from journeys.rules.language import rule_faults


def parse_graph(data: object) -> Graph:
    """Read a graph as the canvas sends it.

    Raises:
        InvalidInput: it has not the shape of one.
    """
    try:
        graph = Graph.model_validate(data)
    except ValidationError as error:
        raise InvalidInput("this is not a graph", _within("/graph", rule_faults(error))) from error
    for index, node in enumerate(graph.nodes):
        check_storable(dict(node.data), f"/graph/nodes/{index}/data")
    for index, note in enumerate(graph.notes):
        check_storable(note.text, f"/graph/notes/{index}/text")
    return graph


def parse_settings(data: object) -> JourneySettings:
    """Read a journey's settings.

    Raises:
        InvalidInput: a setting is unknown or has the wrong value.
    """
    try:
        return JourneySettings.model_validate(data)
    except ValidationError as error:
        raise InvalidInput("these are not settings of a journey", _within("/settings", rule_faults(error))) from error


async def create_journey(
    session: AsyncSession,
    workspace_id: UUID,
    name: str,
    graph: Graph,
    settings: JourneySettings,
    slug: str | None = None,
    *,
    by: UUID | None = None,
) -> Journey:
    """Make a journey with a first draft, by a person if known; without a slug, one is made from its name.

    Raises:
        Conflict: the slug is taken.
    """
    await ensure_room(session, workspace_id, Journey)
    journey = Journey(
        workspace_id=workspace_id,
        name=name,
        slug=slug or await _free_slug(session, workspace_id, name),
        graph=graph.model_dump(mode="json"),
        settings=dump_settings(settings),
        draft_editors=[by] if by else [],
    )
    session.add(journey)
    try:
        await session.flush()
    except IntegrityError as error:
        raise Conflict(f"there is a journey called {journey.slug} already") from error
    await session.refresh(journey)
    return journey


async def update_draft(
    session: AsyncSession,
    workspace_id: UUID,
    journey_id: UUID,
    *,
    revision: int | None = None,
    name: str | None = None,
    tags: Sequence[str] | None = None,
    graph: Graph | None = None,
    settings: JourneySettings | None = None,
    by: UUID | None = None,
) -> Journey:
    """Change a draft, by a person if known; with a revision, only if nobody else has changed it since.

    Raises:
        PreconditionFailed: somebody has.
        Conflict: the journey is archived.
    """
    journey = await lock_journey(session, workspace_id, journey_id)
    ensure_revision(journey, revision)
    journey.name = name or journey.name
    if tags is not None:
        journey.tags = sorted(set(tags))
    if graph is not None:
        journey.graph = graph.model_dump(mode="json")
    if settings is not None:
        journey.settings = dump_settings(settings)
    if by and (graph is not None or settings is not None):
        note_editor(journey, by)
    journey.draft_revision += 1
    journey.updated_at = datetime.now(UTC)
    await session.flush()
    return journey


async def get_journey(session: AsyncSession, workspace_id: UUID, journey_id: UUID) -> Journey:
    """Return one journey.

    Raises:
        NotFound: there is none with this id.
    """
    journey = await session.scalar(
        select(Journey).where(Journey.workspace_id == workspace_id, Journey.id == journey_id)
    )
    if journey is None:
        raise NotFound("there is no such journey")
    return journey


async def lock_journey(session: AsyncSession, workspace_id: UUID, journey_id: UUID) -> Journey:
    """Return a journey that is not archived, locked until the transaction ends."""
    journey = await session.scalar(
        select(Journey)
        .where(Journey.workspace_id == workspace_id, Journey.id == journey_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if journey is None:
        raise NotFound("there is no such journey")
    if journey.state == "archived":
        raise Conflict("this journey is archived")
    return journey


def note_editor(journey: Journey, person_id: UUID) -> None:
    """Remember that a person changed the draft, until it is published."""
    journey.draft_editors = sorted({*journey.draft_editors, person_id})


def ensure_revision(journey: Journey, revision: int | None) -> None:
    """Refuse to act on another draft than the one that was seen; None is any.

    Raises:
        PreconditionFailed: somebody has saved since.
    """
    if revision is not None and revision != journey.draft_revision:
        raise PreconditionFailed("someone else has saved this journey since you opened it")


async def delete_draft(session: AsyncSession, workspace_id: UUID, journey_id: UUID) -> None:
    """Delete a journey that was never published.

    Raises:
        Conflict: it has a version, which its enrollments need.
    """
    journey = await lock_journey(session, workspace_id, journey_id)
    if journey.live_version_id is not None:
        raise Conflict("a published journey cannot be deleted; archive it")
    await session.delete(journey)
    await session.flush()


async def list_journeys(
    session: AsyncSession,
    workspace_id: UUID,
    limit: int = 50,
    before: UUID | None = None,
    state: str | None = None,
    tag: str | None = None,
) -> Sequence[Journey]:
    """Return journeys, newest first; archived ones only when asked for."""
    query = select(Journey).where(Journey.workspace_id == workspace_id)
    query = query.where(Journey.state == state) if state else query.where(Journey.state != "archived")
    if tag:
        query = query.where(Journey.tags.contains([tag]))
    if before is not None:
        query = query.where(Journey.id < before)
    return (await session.scalars(query.order_by(Journey.id.desc()).limit(limit))).all()


async def find_journeys(session: AsyncSession, workspace_id: UUID, pattern: str, limit: int) -> Sequence[Journey]:
    """Return journeys whose names are like a pattern, the last changed first."""
    query = select(Journey).where(Journey.workspace_id == workspace_id, Journey.name.ilike(pattern))
    query = query.where(Journey.state != "archived").order_by(Journey.updated_at.desc()).limit(limit)
    return (await session.scalars(query)).all()


async def copy_journey(session: AsyncSession, workspace_id: UUID, journey_id: UUID, by: UUID | None = None) -> Journey:
    """Make a new draft that says the same as another journey's draft."""
    source = await get_journey(session, workspace_id, journey_id)
    graph, settings = parse_graph(source.graph), parse_settings(source.settings)
    copy = await create_journey(session, workspace_id, f"Copy of {source.name}"[:200], graph, settings, by=by)
    copy.tags = list(source.tags)
    await session.flush()
    return copy


async def check_draft(session: AsyncSession, workspace_id: UUID, journey_id: UUID) -> Checked:
    """Return every fault and oddity of a draft."""
    journey = await get_journey(session, workspace_id, journey_id)
    catalogue = await load_catalogue(session, workspace_id, journey_id)
    return check_graph(parse_graph(journey.graph), parse_settings(journey.settings), catalogue)


def dump_settings(settings: JourneySettings) -> dict[str, Any]:
    """Return settings as JSON, with only what was said."""
    return settings.model_dump(mode="json", exclude_unset=True)


async def _free_slug(session: AsyncSession, workspace_id: UUID, name: str) -> str:
    base = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:80] or "journey"
    taken = set(
        await session.scalars(
            select(Journey.slug).where(Journey.workspace_id == workspace_id, func.starts_with(Journey.slug, base))
        )
    )
    numbered = (f"{base}-{n}" for n in range(2, len(taken) + 3))
    return base if base not in taken else next(slug for slug in numbered if slug not in taken)


def _within(prefix: str, faults: list[Fault]) -> list[Fault]:
    return [Fault(prefix + fault.pointer, fault.message) for fault in faults]
