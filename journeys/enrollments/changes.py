"""Change contacts for a whole batch: attributes, standard columns and tags, in set-based statements."""

from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from journeys.contacts.models import STANDARD_ATTRIBUTES
from journeys.contacts.time_zones import is_time_zone
from journeys.db.json import to_json
from journeys.events.queue import partition_sql
from journeys.messaging.liquid import RenderError, Template, parse_template
from journeys.nodes.ops import Change

if TYPE_CHECKING:
    from journeys.enrollments.walk import Place

EMPTY: dict[str, Any] = {}


async def apply(session: AsyncSession, batch_id: UUID, place: "Place", op: Change) -> None:
    """Apply a change to the contacts of a batch, and let the router look at their segments again."""
    plain = {name: value for name, value in op.set.items() if not _is_liquid(value)}
    liquid = {
        name: parse_template(value, html=False)
        for name, value in op.set.items()
        if isinstance(value, str) and _is_liquid(value)
    }
    await session.execute(_LOCK, {"batch_id": batch_id})
    await session.execute(_AS_JOURNEY, {"journey_id": str(place.journey_id)})
    if plain or op.add_tags or op.remove_tags:
        await _set_same(session, batch_id, plain, op)
    if liquid:
        await _set_rendered(session, batch_id, liquid)
    await session.execute(_AS_JOURNEY, {"journey_id": ""})
    await session.execute(_REQUEUE, {"batch_id": batch_id})


def _is_liquid(value: object) -> bool:
    return isinstance(value, str) and ("{{" in value or "{%" in value)


_LOCK = text("""
    SELECT 1 FROM contacts WHERE id IN (SELECT contact_id FROM enrollments WHERE batch_id = :batch_id AND state = 'active')
    ORDER BY id FOR NO KEY UPDATE
""")

_AS_JOURNEY = text("SELECT set_config('app.journey_id', :journey_id, true)")
"""Says which journey changes contacts, so that no change lets them into that very journey again."""

_REQUEUE = text(f"""
    INSERT INTO event_queue (partition, event_id, workspace_id, contact_id, type, name, occurred_at)
    SELECT DISTINCT {partition_sql("contact_id")}, gen_random_uuid(), workspace_id, contact_id, 'profile', '', now()
    FROM enrollments WHERE batch_id = :batch_id AND state = 'active'
""")
"""A queue row of type `profile` names no event: the router only looks at the contact's segments again."""


async def _set_same(session: AsyncSession, batch_id: UUID, plain: dict[str, Any], op: Change) -> None:
    """Give every contact of the batch the same values."""
    columns = {name: value for name, value in plain.items() if name in STANDARD_ATTRIBUTES}
    others = {name: value for name, value in plain.items() if name not in STANDARD_ATTRIBUTES}
    sets = "".join(f", {name} = :set_{name}" for name in columns)
    await session.execute(
        text(f"""
            UPDATE contacts c SET updated_at = now(),
                attributes = jsonb_strip_nulls(attributes || CAST(:others AS jsonb)),
                tags = ARRAY(SELECT DISTINCT t FROM unnest(tags || CAST(:add AS text[])) AS t
                             WHERE t <> ALL (CAST(:remove AS text[])) ORDER BY t){sets}
            WHERE c.id IN (SELECT contact_id FROM enrollments WHERE batch_id = :batch_id AND state = 'active')
              AND c.erased_at IS NULL
        """),
        {
            "batch_id": batch_id,
            "others": to_json(others),
            "add": list(op.add_tags),
            "remove": list(op.remove_tags),
            **{f"set_{name}": None if value is None else str(value) for name, value in columns.items()},
        },
    )


async def write(session: AsyncSession, batch_id: UUID, values: Sequence[tuple[UUID, dict[str, Any]]]) -> None:
    """Give contacts of a batch attributes of their own, null removing one; the router looks at their segments again."""
    rows = [{"id": contact_id, "values": each} for contact_id, each in values]
    await session.execute(_LOCK, {"batch_id": batch_id})
    await session.execute(_WRITE, {"rows": to_json(rows)})
    await session.execute(_REQUEUE, {"batch_id": batch_id})


_WRITE = text("""
    UPDATE contacts c SET updated_at = now(), attributes = jsonb_strip_nulls(c.attributes || x.values)
    FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS x(id uuid, values jsonb)
    WHERE c.id = x.id AND c.erased_at IS NULL
""")


async def _set_rendered(session: AsyncSession, batch_id: UUID, liquid: dict[str, Template]) -> None:
    """Give each contact of the batch values made from its own attributes and its enrollment's event."""
    rows = await session.execute(
        text("""
            SELECT e.id, c.id, to_jsonb(c) - 'attributes', c.attributes, e.payload
            FROM enrollments e JOIN contacts c ON c.id = e.contact_id
            WHERE e.batch_id = :batch_id AND e.state = 'active' AND c.erased_at IS NULL
        """),
        {"batch_id": batch_id},
    )
    rendered = []
    for _, contact_id, columns, attributes, payload in rows:
        context = {"contact": {**attributes, **columns}, "event": payload or EMPTY}
        rendered.append({"id": contact_id, "values": _render(liquid, context)})
    columns = [name for name in liquid if name in STANDARD_ATTRIBUTES]
    sets = "".join(f", {name} = coalesce(x.values ->> '{name}', c.{name})" for name in columns)
    await session.execute(
        text(f"""
            UPDATE contacts c SET updated_at = now(),
                attributes = c.attributes || (x.values - CAST(:columns AS text[])){sets}
            FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS x(id uuid, values jsonb) WHERE c.id = x.id
        """),
        {"rows": to_json(rendered), "columns": columns},
    )


def _render(liquid: dict[str, Template], context: dict[str, Any]) -> dict[str, str]:
    """Render what can be rendered; a value that cannot, or that is no time zone, stays as it was for this contact."""
    values = {}
    for name, template in liquid.items():
        with suppress(RenderError):
            value = template.render(context)
            if name != "time_zone" or is_time_zone(value):
                values[name] = value
    return values
