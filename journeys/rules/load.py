"""Load the facts about contacts that the Python evaluator needs, in one statement; for a few contacts, not for all."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from journeys.contacts.models import STANDARD_ATTRIBUTES
from journeys.rules.facts import EventFact, Facts, MessageFact
from journeys.rules.language import EventRule, Rule, walk
from journeys.rules.values import TYPED_PROPERTIES

_COLUMNS = ", ".join(f"'{name}', c.{name}" for name in (*STANDARD_ATTRIBUTES, "tags", "created_at"))
_TYPED = ", ".join(f"'{name}', v.{name}" for name in TYPED_PROPERTIES)

_LOAD = text(f"""
SELECT c.id, c.attributes || jsonb_build_object({_COLUMNS}) AS attributes,
  (SELECT jsonb_agg(jsonb_build_array(
            v.name, v.occurred_at, coalesce(v.properties, '{{}}') || jsonb_strip_nulls(jsonb_build_object({_TYPED}))))
     FROM events v
     WHERE v.contact_id = c.id AND v.workspace_id = :workspace_id AND v.name = ANY(CAST(:names AS text[]))) AS events,
  (SELECT jsonb_object_agg(s.name, s.n) FROM contact_event_stats s WHERE s.contact_id = c.id) AS totals,
  (SELECT jsonb_object_agg(p.model, CAST(p.value AS text)) FROM scores p WHERE p.contact_id = c.id) AS scores,
  (SELECT jsonb_agg(sm.segment_id) FROM segment_members sm WHERE sm.contact_id = c.id) AS segments,
  (SELECT jsonb_agg(to_jsonb(m) || jsonb_build_object('template_id', tv.template_id))
     FROM messages m LEFT JOIN template_versions tv ON tv.id = m.template_version_id
     WHERE m.contact_id = c.id) AS messages,
  (SELECT jsonb_object_agg(k.topic, k.state = 'subscribed') FROM consents k
     WHERE k.contact_id = c.id AND k.channel = 'email') AS said,
  (SELECT jsonb_object_agg(t.key, t.policy = 'opt_out') FROM topics t
     WHERE t.workspace_id = :workspace_id) AS policies
FROM contacts c WHERE c.workspace_id = :workspace_id AND c.id = ANY(CAST(:contact_ids AS uuid[]))
""")


async def load_facts(
    session: AsyncSession, workspace_id: UUID, contact_ids: Sequence[UUID], rule: Rule, now: datetime
) -> dict[UUID, Facts]:
    """Return what a rule needs to know about each of these contacts."""
    names = sorted({part.event for part in walk(rule) if isinstance(part, EventRule)})
    rows = await session.execute(
        _LOAD, {"workspace_id": workspace_id, "contact_ids": list(contact_ids), "names": names}
    )
    return {
        row.id: Facts(
            now=now,
            attributes=row.attributes,
            events=[EventFact(name, datetime.fromisoformat(at), found) for name, at, found in row.events or ()],
            totals=row.totals or {},
            scores={model: Decimal(value) for model, value in (row.scores or {}).items()},
            segments=frozenset(UUID(each) for each in row.segments or ()),
            messages=[_message(each) for each in row.messages or ()],
            topics={**(row.policies or {}), **(row.said or {})},
        )
        for row in rows
    }


def _message(row: dict[str, Any]) -> MessageFact:
    """Read a message as Postgres wrote it in JSON."""
    return MessageFact(
        state=row["state"],
        enrollment_id=UUID(row["enrollment_id"]),
        journey_id=_id(row["journey_id"]),
        node_id=row["node_id"],
        template_id=_id(row["template_id"]),
        queued_at=datetime.fromisoformat(row["queued_at"]),
        sent_at=_time(row["sent_at"]),
        opened_at=_time(row["opened_at"]),
        clicked_at=_time(row["clicked_at"]),
    )


def _id(value: str | None) -> UUID | None:
    return UUID(value) if value else None


def _time(value: str | None) -> datetime | None:
    return datetime.fromisoformat(value) if value else None
