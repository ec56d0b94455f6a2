"""Reading events back, and forgetting message ids."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text

from journeys.db.ids import new_id
from journeys.db.session import Database
from journeys.events.maintenance import forget_seen
from journeys.events.queries import list_event_names, list_event_properties, list_timeline
from journeys.events.record import NewEvent, record_events

NOW = datetime.now(UTC).replace(microsecond=0)


async def test_the_timeline_pages_from_new_to_old_without_gaps(database: Database, workspace_id: UUID) -> None:
    contact_id = new_id()
    times = [NOW - timedelta(days=day) for day in (0, 1, 1, 1, 30)]
    async with database.workspace(workspace_id) as session:
        await record_events(session, [NewEvent(workspace_id, contact_id, "E", occurred_at=time) for time in times])
        seen = await list_timeline(session, workspace_id, contact_id, 2)
        while page := await list_timeline(session, workspace_id, contact_id, 2, (seen[-1].occurred_at, seen[-1].id)):
            seen += page
    assert [event.occurred_at for event in seen] == times
    assert len({event.id for event in seen}) == 5


async def test_names_and_properties_are_suggested_from_what_was_sent(database: Database, workspace_id: UUID) -> None:
    contact_id = new_id()
    sent: list[tuple[str, dict[str, Any] | None]] = [
        ("Order Completed", {"total": 1, "sku": "a"}),
        ("Order Completed", {"total": 2}),
        ("Order Begun", None),
    ]
    async with database.workspace(workspace_id) as session:
        await record_events(
            session,
            [
                NewEvent(workspace_id, contact_id, name, properties=properties)
                for name, properties in [*sent, ("Z", {})]
            ],
        )
        assert await list_event_names(session, workspace_id) == ["Order Begun", "Order Completed", "Z"]
        assert await list_event_names(session, workspace_id, prefix="Order") == ["Order Begun", "Order Completed"]
        assert await list_event_names(session, workspace_id, limit=1) == ["Order Begun"]
        total, sku = await list_event_properties(session, workspace_id, "Order Completed")
        assert (total.name, total.type, total.values) == ("total", "number", [1, 2])
        assert (sku.name, sku.type, sku.values) == ("sku", "text", ["a"])


async def test_message_ids_are_forgotten_after_days_and_in_chunks(fresh_database: Database) -> None:
    workspace_id = new_id()
    async with fresh_database.engine() as session:
        await session.execute(
            text(
                "INSERT INTO events_seen SELECT :w, 'm' || n, now() - make_interval(days => n) FROM generate_series(0, 24) n"
            ),
            {"w": workspace_id},
        )
    assert await forget_seen(fresh_database, days=3, chunk=5) == 22
    async with fresh_database.engine() as session:
        assert await session.scalar(text("SELECT count(*) FROM events_seen")) == 3
