"""Segments on Postgres: who is in, who enters and leaves, and why."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from journeys.db.ids import new_id
from journeys.db.json import to_json
from journeys.db.session import Database
from journeys.errors import Conflict, InvalidInput, NotFound
from journeys.rules.language import parse_rule
from journeys.segments import queries
from journeys.segments.building import build_soon, build_taken, take_owed
from journeys.segments.membership import Change, in_levels, list_live, refresh_contacts, sweep
from journeys.segments.models import Segment

GERMAN = {"attribute": "country", "value": "DE"}
BUYER = {"event": "Order Completed"}
RECENT_BUYER = {"event": "Order Completed", "within": "30d"}


@pytest.fixture
async def session(database: Database, workspace_id: UUID) -> AsyncIterator[AsyncSession]:
    """One transaction in a workspace, rolled back at the end."""
    async with database.workspace(workspace_id) as session:
        yield session
        await session.rollback()


class People:
    """Contacts of a test, and what they do."""

    def __init__(self, session: AsyncSession, workspace_id: UUID) -> None:
        self.session, self.workspace_id = session, workspace_id

    async def add(self, **attributes: Any) -> UUID:
        contact_id = new_id()
        await self.session.execute(
            text("""INSERT INTO contacts (id, workspace_id, country, attributes)
                VALUES (:id, :w, :country, CAST(:attributes AS jsonb))"""),
            {
                "id": contact_id,
                "w": self.workspace_id,
                "country": attributes.pop("country", None),
                "attributes": to_json(attributes),
            },
        )
        return contact_id

    async def move(self, contact_id: UUID, country: str) -> None:
        await self.session.execute(
            text("UPDATE contacts SET country = :country WHERE id = :id"), {"id": contact_id, "country": country}
        )

    async def buy(self, contact_id: UUID, days_ago: int = 0) -> None:
        at = datetime.now(UTC) - timedelta(days=days_ago)
        values = {"id": new_id(), "w": self.workspace_id, "c": contact_id, "at": at}
        await self.session.execute(
            text("""INSERT INTO events (id, workspace_id, contact_id, type, name, occurred_at, properties)
                VALUES (:id, :w, :c, 'track', 'Order Completed', :at, '{}')"""),
            values,
        )
        await self.session.execute(
            text("""INSERT INTO contact_event_stats AS s (contact_id, name, workspace_id, n, first_at, last_at)
                VALUES (:c, 'Order Completed', :w, 1, :at, :at) ON CONFLICT (contact_id, name) DO UPDATE SET n = s.n + 1"""),
            values,
        )

    async def pass_time(self, days: int) -> None:
        await self.session.execute(
            text("UPDATE events SET occurred_at = occurred_at - make_interval(days => :days) WHERE workspace_id = :w"),
            {"days": days, "w": self.workspace_id},
        )


@pytest.fixture
def people(session: AsyncSession, workspace_id: UUID) -> People:
    return People(session, workspace_id)


async def test_members_that_take_too_long_are_found_by_the_router(
    database: Database, session: AsyncSession, workspace_id: UUID
) -> None:
    people = People(session, workspace_id)
    for _ in range(3):
        await people.add(country="DE")
    segment = Segment(workspace_id=workspace_id, name="Germans", rule=GERMAN, live=True)
    session.add(segment)
    await session.flush()
    async with database.engine() as other:
        await other.execute(text("LOCK TABLE segment_members IN SHARE MODE"))
        await build_soon(session, workspace_id, segment.id, parse_rule(GERMAN), patience_seconds=0.05)
    await session.refresh(segment)
    assert (segment.built_at, segment.live, await queries.count_members(session, segment.id)) == (None, False, 0)
    assert await take_owed(session) is segment
    await build_taken(session, segment)
    assert await queries.count_members(session, segment.id) == 3


async def test_two_segments_are_compared(session: AsyncSession, workspace_id: UUID) -> None:
    people = People(session, workspace_id)
    await people.add(country="DE", plan="pro")
    await people.add(country="DE")
    await people.add(country="FR", plan="pro")
    await people.add(country="FR", plan="pro")
    germans = await queries.create_segment(session, workspace_id, "Germans", GERMAN)
    pros = await queries.create_segment(session, workspace_id, "Pros", {"attribute": "plan", "value": "pro"})
    overlap = await queries.count_overlap(session, workspace_id, germans.id, pros.id)
    assert (overlap.a, overlap.b, overlap.both) == (2, 3, 1)
    with pytest.raises(NotFound):
        await queries.count_overlap(session, workspace_id, germans.id, new_id())


async def test_a_new_segment_has_its_members(session: AsyncSession, workspace_id: UUID, people: People) -> None:
    german, _ = await people.add(country="DE"), await people.add(country="FR")
    segment = await queries.create_segment(session, workspace_id, "Germans", GERMAN)
    assert await queries.list_members(session, workspace_id, segment.id) == [german]
    assert await queries.list_segments(session, workspace_id) == [(segment, 1)]
    assert segment.built_at is not None


async def test_contacts_enter_and_leave_as_they_change(
    session: AsyncSession, workspace_id: UUID, people: People
) -> None:
    comes, goes, stays = [await people.add(country=country) for country in ("FR", "DE", "DE")]
    segment = await queries.create_segment(session, workspace_id, "Germans", GERMAN)
    await people.move(comes, "DE")
    await people.move(goes, "FR")
    changes = await refresh_contacts(session, workspace_id, [comes, goes, stays])
    assert set(changes) == {Change(segment.id, comes, True), Change(segment.id, goes, False)}
    assert await refresh_contacts(session, workspace_id, [comes, goes, stays]) == []
    assert await queries.list_members(session, workspace_id, segment.id) == sorted([comes, stays])


async def test_an_event_brings_a_contact_in(session: AsyncSession, workspace_id: UUID, people: People) -> None:
    contact_id = await people.add()
    ever, recent = [
        await queries.create_segment(session, workspace_id, name, rule)
        for name, rule in (("Buyers", BUYER), ("Recent buyers", RECENT_BUYER))
    ]
    await people.buy(contact_id)
    changes = await refresh_contacts(session, workspace_id, [contact_id])
    assert set(changes) == {Change(ever.id, contact_id, True), Change(recent.id, contact_id, True)}


async def test_time_alone_makes_a_contact_leave(session: AsyncSession, workspace_id: UUID, people: People) -> None:
    contact_id = await people.add()
    await people.buy(contact_id, days_ago=29)
    segment = await queries.create_segment(session, workspace_id, "Recent buyers", RECENT_BUYER)
    live = {each.id: each for each in await list_live(session, workspace_id)}[segment.id]
    assert live.lapses
    assert await sweep(session, live) == []
    await people.pass_time(days=2)
    assert await sweep(session, live) == [Change(segment.id, contact_id, False)]


async def test_an_erased_contact_leaves(session: AsyncSession, workspace_id: UUID, people: People) -> None:
    contact_id = await people.add(country="DE")
    segment = await queries.create_segment(session, workspace_id, "Germans", GERMAN)
    await session.execute(text("UPDATE contacts SET erased_at = now() WHERE id = :id"), {"id": contact_id})
    assert await refresh_contacts(session, workspace_id, [contact_id]) == [Change(segment.id, contact_id, False)]


async def test_a_chain_of_segments_settles_at_once(session: AsyncSession, workspace_id: UUID, people: People) -> None:
    contact_id = await people.add(country="FR")
    germans = await queries.create_segment(session, workspace_id, "Germans", GERMAN)
    rule = {"all": [{"segment": str(germans.id)}, {"not": BUYER}]}
    prospects = await queries.create_segment(session, workspace_id, "German prospects", rule)
    await people.move(contact_id, "DE")
    changes = await refresh_contacts(session, workspace_id, [contact_id])
    assert changes == [Change(germans.id, contact_id, True), Change(prospects.id, contact_id, True)]
    live = await list_live(session, workspace_id)
    assert [[each.id for each in level] for level in in_levels(live)] == [[germans.id], [prospects.id]]


async def test_a_changed_rule_finds_its_members_again(
    session: AsyncSession, workspace_id: UUID, people: People
) -> None:
    french = await people.add(country="FR")
    segment = await queries.create_segment(session, workspace_id, "Some", GERMAN)
    changed = await queries.update_segment(
        session, workspace_id, segment.id, name="French", rule={"attribute": "country", "value": "FR"}
    )
    assert changed.name == "French"
    assert await queries.list_members(session, workspace_id, segment.id) == [french]


async def test_building_asks_the_router_to_look_again_at_those_just_touched(
    session: AsyncSession, workspace_id: UUID, people: People
) -> None:
    contact_id = await people.add(country="DE")
    await queries.create_segment(session, workspace_id, "Germans", GERMAN)
    queued = await session.execute(
        text("SELECT contact_id, type FROM event_queue WHERE workspace_id = :w"), {"w": workspace_id}
    )
    assert [tuple(row) for row in queued] == [(contact_id, "profile")]


@pytest.mark.parametrize(
    "rule",
    [
        {"attribute": "a", "value": "{{ event.b }}"},
        {"message": {"action": "opened", "node_id": "welcome"}},
        {"segment": str(UUID(int=5))},
        {"attribute": "a"},
    ],
)
async def test_a_rule_that_no_segment_can_have_is_refused(
    session: AsyncSession, workspace_id: UUID, rule: dict[str, Any]
) -> None:
    with pytest.raises(InvalidInput):
        await queries.create_segment(session, workspace_id, "Bad", rule)


async def test_a_segment_cannot_look_at_itself_through_others(session: AsyncSession, workspace_id: UUID) -> None:
    first = await queries.create_segment(session, workspace_id, "First", GERMAN)
    second = await queries.create_segment(session, workspace_id, "Second", {"segment": str(first.id)})
    with pytest.raises(InvalidInput, match="cannot look at itself"):
        await queries.update_segment(session, workspace_id, first.id, rule={"not": {"segment": str(second.id)}})


async def test_a_name_is_taken_once(session: AsyncSession, workspace_id: UUID) -> None:
    await queries.create_segment(session, workspace_id, "Germans", GERMAN)
    with pytest.raises(Conflict, match="called Germans already"):
        await queries.create_segment(session, workspace_id, "Germans", GERMAN)


async def test_a_segment_that_is_used_cannot_be_deleted(
    session: AsyncSession, workspace_id: UUID, people: People
) -> None:
    await people.add(country="DE")
    first = await queries.create_segment(session, workspace_id, "First", GERMAN)
    second = await queries.create_segment(session, workspace_id, "Second", {"segment": str(first.id)})
    with pytest.raises(Conflict, match="used by Second"):
        await queries.delete_segment(session, workspace_id, first.id)
    await queries.delete_segment(session, workspace_id, second.id)
    await queries.delete_segment(session, workspace_id, first.id)
    assert await queries.count_members(session, first.id) == 0
    with pytest.raises(NotFound):
        await queries.get_segment(session, workspace_id, first.id)


async def test_a_preview_counts_and_samples(session: AsyncSession, workspace_id: UUID, people: People) -> None:
    ids = [await people.add(country="DE") for _ in range(3)]
    preview = await queries.preview(session, workspace_id, GERMAN, sample=2)
    assert preview.count == 3
    assert preview.sample == sorted(ids, reverse=True)[:2]


async def test_an_explanation_names_the_clause(session: AsyncSession, workspace_id: UUID, people: People) -> None:
    contact_id = await people.add(country="DE")
    segment = await queries.create_segment(session, workspace_id, "German buyers", {"all": [GERMAN, BUYER]})
    verdict = await queries.explain(session, workspace_id, segment.id, contact_id)
    assert not verdict.matched
    assert verdict.deciding.why == "Order Completed: 0, ever"
    with pytest.raises(NotFound):
        await queries.explain(session, workspace_id, segment.id, new_id())
