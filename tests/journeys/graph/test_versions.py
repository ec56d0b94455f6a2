"""Drafts and versions on Postgres."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from journeys.db.ids import new_id
from journeys.db.session import Database
from journeys.errors import Conflict, NotFound, PreconditionFailed
from journeys.graph import drafts
from journeys.graph.drawn import Graph
from journeys.graph.files import import_journey
from journeys.graph.loading import get_plan
from journeys.graph.models import Journey
from journeys.graph.plan import Plan
from journeys.graph.problems import InvalidGraph
from journeys.graph.settings import JourneySettings
from journeys.graph.versions import get_version, list_versions, publish
from journeys.messaging.models import Template, TemplateVersion
from journeys.nodes.ops import SendEmail, Trigger
from journeys.segments.models import Segment, SegmentMember
from tests.journeys.graph.drawing import INLINE, MAIL, START, TAG, draw
from tests.journeys.graph.test_files import EXAMPLES

SETTINGS = JourneySettings()


@pytest.fixture
async def session(database: Database, workspace_id: UUID) -> AsyncIterator[AsyncSession]:
    """One transaction in a workspace, rolled back at the end."""
    async with database.workspace(workspace_id) as session:
        yield session
        await session.rollback()


async def make(session: AsyncSession, workspace_id: UUID, graph: Graph, name: str = "Welcome") -> Journey:
    return await drafts.create_journey(session, workspace_id, name, graph, SETTINGS)


def simple() -> Graph:
    return draw({"start": START, "mail": MAIL}, "start > mail")


def from_segment(rule: dict[str, Any]) -> Graph:
    trigger = ("segment_trigger", {"rule": rule, "existing": True})
    return draw({"start": trigger, "mail": MAIL}, "start > mail")


async def test_a_published_draft_is_a_version_with_its_plan(session: AsyncSession, workspace_id: UUID) -> None:
    journey = await make(session, workspace_id, simple())
    version = await publish(session, workspace_id, journey.id, "ann@example.org")
    assert (version.number, journey.state, journey.live_version_id) == (1, "live", version.id)
    loaded = await get_plan(session, version.id)
    assert (loaded.slug, loaded.number, set(loaded.plan.nodes)) == ("welcome", 1, {"start", "mail"})
    op = loaded.plan.nodes["mail"].op
    assert isinstance(op, SendEmail)
    pinned = await session.get(TemplateVersion, op.template_version_id)
    assert pinned is not None
    assert (pinned.subject, pinned.template_id) == (INLINE["subject"], None)


async def test_publishing_the_same_again_makes_no_version(session: AsyncSession, workspace_id: UUID) -> None:
    journey = await make(session, workspace_id, simple())
    first = await publish(session, workspace_id, journey.id, None)
    assert await publish(session, workspace_id, journey.id, None) is first
    await drafts.update_draft(
        session,
        workspace_id,
        journey.id,
        graph=draw({"start": START, "mail": MAIL, "t": TAG}, "start > mail", "mail > t"),
    )
    second = await publish(session, workspace_id, journey.id, None)
    assert [each.number for each in await list_versions(session, workspace_id, journey.id)] == [2, 1]
    assert first.hash != second.hash
    assert await get_version(session, workspace_id, journey.id, 1) is first
    with pytest.raises(NotFound):
        await get_version(session, workspace_id, journey.id, 3)


async def test_a_template_that_was_saved_since_makes_a_version(session: AsyncSession, workspace_id: UUID) -> None:
    template = Template(workspace_id=workspace_id, name="Hello", slug="hello")
    session.add(template)
    await session.flush()
    await save_template(session, template, "Hello")
    graph = draw({"start": START, "mail": ("send_email", {"template_id": "hello"})}, "start > mail")
    journey = await make(session, workspace_id, graph)
    first = await publish(session, workspace_id, journey.id, None)
    await save_template(session, template, "Hello again")
    second = await publish(session, workspace_id, journey.id, None)
    assert (second.number, second.hash) == (2, first.hash)
    assert pinned_by(first.plan) != pinned_by(second.plan) == template.latest_version_id


async def save_template(session: AsyncSession, template: Template, subject: str) -> None:
    count = await session.scalar(
        select(func.count()).select_from(TemplateVersion).where(TemplateVersion.template_id == template.id)
    )
    version = TemplateVersion(
        workspace_id=template.workspace_id,
        template_id=template.id,
        number=(count or 0) + 1,
        content_hash=subject,
        subject=subject,
        html=INLINE["html"],
    )
    session.add(version)
    await session.flush()
    template.latest_version_id = version.id
    await session.flush()


def pinned_by(plan: dict[str, Any]) -> UUID:
    op = Plan.model_validate(plan).nodes["mail"].op
    assert isinstance(op, SendEmail)
    return op.template_version_id


async def test_a_faulty_draft_is_not_published(session: AsyncSession, workspace_id: UUID) -> None:
    journey = await make(session, workspace_id, draw({"start": START}))
    checked = await drafts.check_draft(session, workspace_id, journey.id)
    assert [each.message for each in checked.errors] == ["outlet 'next' leads nowhere"]
    with pytest.raises(InvalidGraph, match="start: outlet 'next' leads nowhere"):
        await publish(session, workspace_id, journey.id, None)
    assert journey.live_version_id is None


async def test_a_trigger_with_a_rule_gets_a_segment_with_its_members(session: AsyncSession, workspace_id: UUID) -> None:
    contact_id = new_id()
    await session.execute(
        text("INSERT INTO contacts (id, workspace_id, country) VALUES (:id, :w, 'DE')"),
        {"id": contact_id, "w": workspace_id},
    )
    journey = await make(session, workspace_id, from_segment({"attribute": "country", "value": "DE"}))
    version = await publish(session, workspace_id, journey.id, None)
    op = Plan.model_validate(version.plan).nodes["start"].op
    assert isinstance(op, Trigger)
    segment = await session.get_one(Segment, op.segment_id)
    assert (segment.journey_id, segment.live) == (journey.id, True)
    members = select(SegmentMember.contact_id).where(SegmentMember.segment_id == segment.id)
    assert list(await session.scalars(members)) == [contact_id]

    await drafts.update_draft(session, workspace_id, journey.id, graph=from_segment({"lifecycle": "lead"}))
    await publish(session, workspace_id, journey.id, None)
    assert list(await session.scalars(members)) == []

    await drafts.update_draft(session, workspace_id, journey.id, graph=simple())
    await publish(session, workspace_id, journey.id, None)
    session.expire_all()
    assert await session.get(Segment, segment.id) is None


async def test_who_saves_second_is_told(session: AsyncSession, workspace_id: UUID) -> None:
    journey = await make(session, workspace_id, simple())
    revision = journey.draft_revision
    changed = await drafts.update_draft(session, workspace_id, journey.id, revision=revision, name="Hello")
    assert (changed.name, changed.draft_revision) == ("Hello", revision + 1)
    with pytest.raises(PreconditionFailed):
        await drafts.update_draft(session, workspace_id, journey.id, revision=revision, name="Goodbye")


async def test_an_archived_journey_is_left_alone(session: AsyncSession, workspace_id: UUID) -> None:
    journey = await make(session, workspace_id, simple())
    journey.state = "archived"
    await session.flush()
    with pytest.raises(Conflict):
        await publish(session, workspace_id, journey.id, None)
    assert await drafts.list_journeys(session, workspace_id) == []
    assert await drafts.list_journeys(session, workspace_id, state="archived") == [journey]


async def test_a_paused_journey_stays_paused(session: AsyncSession, workspace_id: UUID) -> None:
    journey = await make(session, workspace_id, simple())
    journey.state = "paused"
    await session.flush()
    version = await publish(session, workspace_id, journey.id, None)
    assert (journey.state, journey.live_version_id) == ("paused", version.id)


async def test_slugs_are_made_from_names_and_differ(session: AsyncSession, workspace_id: UUID) -> None:
    slugs = [(await make(session, workspace_id, simple(), "Hello, World!")).slug for _ in range(3)]
    assert slugs == ["hello-world", "hello-world-2", "hello-world-3"]
    with pytest.raises(Conflict):
        await drafts.create_journey(session, workspace_id, "Other", simple(), SETTINGS, slug="hello-world")


async def test_a_journey_of_another_workspace_is_not_found(session: AsyncSession, workspace_id: UUID) -> None:
    journey = await make(session, workspace_id, simple())
    with pytest.raises(NotFound):
        await drafts.get_journey(session, new_id(), journey.id)


async def test_every_example_can_be_published(session: AsyncSession, workspace_id: UUID) -> None:
    for path in EXAMPLES:
        file = import_journey(path.read_text())
        journey = await drafts.create_journey(
            session, workspace_id, file.name, file.graph, file.settings, slug=file.slug
        )
        assert (await publish(session, workspace_id, journey.id, None)).number == 1
