"""Make an anonymous contact part of a known one: everything that names it names the survivor from then on."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from journeys.db.json import to_json
from journeys.events.queue import partition_sql

_PAIRS = "jsonb_to_recordset(CAST(:pairs AS jsonb)) AS pair(visitor uuid, survivor uuid)"

# The queue first: once its rows are ours, the router can write nothing more for the visitor.
_SQL = [
    f"""UPDATE event_queue q SET contact_id = survivor, partition = {partition_sql("survivor")}
        FROM {_PAIRS} WHERE q.contact_id = visitor""",
    f"""UPDATE contacts s SET
          (phone, first_name, last_name, country, city, time_zone, language, lifecycle, tags, attributes, updated_at)
          = (
          coalesce(s.phone, v.phone), coalesce(s.first_name, v.first_name), coalesce(s.last_name, v.last_name),
          coalesce(s.country, v.country), coalesce(s.city, v.city), coalesce(s.time_zone, v.time_zone),
          coalesce(s.language, v.language), coalesce(s.lifecycle, v.lifecycle),
          ARRAY(SELECT DISTINCT unnest(s.tags || v.tags)), v.attributes || s.attributes, clock_timestamp())
        FROM {_PAIRS} JOIN contacts v ON v.id = visitor WHERE s.id = survivor""",
    f"""INSERT INTO contact_event_stats AS s (contact_id, name, workspace_id, n, value_sum, first_at, last_at)
        SELECT survivor, name, workspace_id, sum(n), sum(value_sum), min(first_at), max(last_at)
        FROM {_PAIRS} JOIN contact_event_stats ON contact_id = visitor GROUP BY survivor, name, workspace_id
        ON CONFLICT (contact_id, name) DO UPDATE SET n = s.n + excluded.n,
          value_sum = CASE WHEN s.value_sum IS NULL THEN excluded.value_sum
            ELSE s.value_sum + coalesce(excluded.value_sum, 0) END,
          first_at = least(s.first_at, excluded.first_at), last_at = greatest(s.last_at, excluded.last_at)""",
    # The strictest word about consent stays.
    f"""INSERT INTO consents AS s (contact_id, channel, topic, workspace_id, state, source, at)
        SELECT DISTINCT ON (survivor, channel, topic) survivor, channel, topic, workspace_id, state, source, at
        FROM {_PAIRS} JOIN consents ON contact_id = visitor
        ORDER BY survivor, channel, topic, state DESC, at DESC
        ON CONFLICT (contact_id, channel, topic) DO UPDATE SET state = excluded.state, source = excluded.source,
          at = excluded.at WHERE excluded.state = 'unsubscribed'""",
    # What rules give, the router works out again from the events that the survivor has now.
    f"""INSERT INTO scores AS s (contact_id, model, workspace_id, value, given)
        SELECT survivor, model, workspace_id, sum(given), sum(given)
        FROM {_PAIRS} JOIN scores ON contact_id = visitor GROUP BY survivor, model, workspace_id
        ON CONFLICT (contact_id, model) DO UPDATE SET value = s.value + excluded.given,
          given = s.given + excluded.given, updated_at = now()""",
    f"""INSERT INTO entries AS s (journey_id, contact_id, key, workspace_id, last_entered_at)
        SELECT journey_id, survivor, key, workspace_id, max(last_entered_at)
        FROM {_PAIRS} JOIN entries ON contact_id = visitor GROUP BY journey_id, survivor, key, workspace_id
        ON CONFLICT (journey_id, contact_id, key) DO UPDATE
          SET last_entered_at = greatest(s.last_entered_at, excluded.last_entered_at)""",
    *(
        f"UPDATE {table} t SET contact_id = survivor FROM {_PAIRS} WHERE t.contact_id = visitor"
        for table in (
            "events",
            "enrollments",
            "waits",
            "messages",
            "effects",
            "entry_refusals",
            "identities",
            "score_changes",
            "dead_events",
        )
    ),
    # Memberships are the router's to work out again, from the events that the survivor has now.
    *(
        f"DELETE FROM {table} USING {_PAIRS} WHERE contact_id = visitor"
        for table in ("contact_event_stats", "consents", "entries", "segment_members", "scores")
    ),
    f"DELETE FROM contacts USING {_PAIRS} WHERE id = visitor",
]
STATEMENTS = [text(statement) for statement in _SQL]


async def merge_contacts(session: AsyncSession, pairs: Iterable[tuple[UUID, UUID]]) -> None:
    """Merge each (visitor, survivor); the caller holds the identities' lock alone, and no survivor is a visitor."""
    rest = list(pairs)
    while rest:
        # One visitor for each survivor at a time: an UPDATE would take only one of several.
        turn = {survivor: visitor for visitor, survivor in rest}
        rows = to_json([{"visitor": visitor, "survivor": survivor} for survivor, visitor in turn.items()])
        for statement in STATEMENTS:
            await session.execute(statement, {"pairs": rows})
        rest = [(visitor, survivor) for visitor, survivor in rest if turn[survivor] != visitor]
