"""Events of known contacts: stored, queued in order, folded into the roll-up."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import orjson
from sqlalchemy import text

from journeys.db.ids import new_id
from journeys.db.session import Database
from journeys.events.queue import partition_of, partition_sql
from journeys.events.record import NewEvent, record_events
from journeys.events.stats import update_stats

NOW = datetime.now(UTC).replace(microsecond=0)


async def test_a_recorded_event_is_stored_and_queued(database: Database, workspace_id: UUID) -> None:
    contact_id, message_id = new_id(), new_id()
    event = NewEvent(
        workspace_id,
        contact_id,
        "Email Opened",
        properties={"machine": False},
        context=orjson.Fragment(b'{"ip": "::1"}'),
        message_id=message_id,
        node_id="mail",
        value=2.5,
    )
    async with database.workspace(workspace_id) as session:
        await record_events(session, [event])
        stored = (await session.execute(text("SELECT * FROM events WHERE id = :id"), {"id": event.id})).one()
        queued = (await session.execute(text("SELECT * FROM event_queue WHERE event_id = :id"), {"id": event.id})).one()
    assert (stored.name, stored.type, stored.message_id, stored.value) == ("Email Opened", "track", message_id, 2.5)
    assert (stored.properties, stored.context) == ({"machine": False}, {"ip": "::1"})
    assert stored.occurred_at == stored.received_at == queued.received_at
    assert (queued.partition, queued.node_id) == (partition_of(contact_id), "mail")


async def test_events_are_queued_in_the_order_given(database: Database, workspace_id: UUID) -> None:
    contact_id = new_id()
    events = [NewEvent(workspace_id, contact_id, f"Step {n}", occurred_at=NOW) for n in range(200)]
    async with database.engine() as session:
        await record_events(session, events)
        names = await session.scalars(
            text("SELECT name FROM event_queue WHERE contact_id = :id ORDER BY seq"), {"id": contact_id}
        )
    assert names.all() == [event.name for event in events]


async def test_python_and_sql_agree_on_the_partition(database: Database) -> None:
    ids = [new_id() for _ in range(100)]
    async with database.engine() as session:
        found = await session.scalars(
            text(f"SELECT {partition_sql('id')} FROM unnest(CAST(:ids AS uuid[])) AS id"), {"ids": ids}
        )
        assert found.all() == [partition_of(id_) for id_ in ids]


async def test_the_roll_up_adds_windows_together(database: Database, workspace_id: UUID) -> None:
    contact_id = new_id()

    def paid(days: int, value: float | None) -> NewEvent:
        return NewEvent(workspace_id, contact_id, "Paid", occurred_at=NOW - timedelta(days=days), value=value)

    async with database.engine() as session:
        for window in ([paid(3, None), paid(5, 10)], [paid(4, 2.5)], [paid(9, None)]):
            await update_stats(session, window)  # type: ignore[arg-type]
        row = (
            await session.execute(text("SELECT * FROM contact_event_stats WHERE contact_id = :id"), {"id": contact_id})
        ).one()
    assert (row.n, row.value_sum) == (4, 12.5)
    assert (row.first_at, row.last_at) == (NOW - timedelta(days=9), NOW - timedelta(days=3))
