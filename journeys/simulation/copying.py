"""Copy into the scratch tables what the draft and its rules can see of a workspace: nothing else, and nothing back."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from journeys.db.json import to_json
from journeys.errors import NotFound
from journeys.graph.drafts import dump_settings
from journeys.graph.drawn import Graph
from journeys.graph.settings import JourneySettings
from journeys.simulation.assumptions import SimulationRequest, strings_of

REACH = timedelta(days=400)
"""How far back events are kept, and so may matter."""


@dataclass(frozen=True)
class Draft:
    """The journey to try. Its id decides how splits fall, so that a contact takes the same way as in real life."""

    journey_id: UUID
    name: str
    slug: str
    graph: Graph
    settings: JourneySettings

    @property
    def documents(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """Graph and settings as JSON."""
        return self.graph.model_dump(mode="json"), dump_settings(self.settings)


@dataclass(frozen=True)
class People:
    """Who is simulated: ids, and of how many they are a sample."""

    contact_ids: list[UUID]
    population: int


async def copy_in(
    session: AsyncSession, workspace_id: UUID, draft: Draft, request: SimulationRequest
) -> tuple[People, list[dict[str, Any]]]:
    """Fill the scratch tables; return the people, and the rules of the segments that matter."""
    await session.execute(_WORKSPACE, {"id": workspace_id})
    for table in ("topics", "scoring_models", "forms"):
        await session.execute(text(f"INSERT INTO {table} SELECT * FROM public.{table}"))
    await session.execute(_CONNECTIONS)
    graph, settings = draft.documents
    segments = await _copy_segments(session, strings_of(graph, settings))
    named = strings_of(graph, settings, list(segments.values()))
    await session.execute(_TEMPLATES, {"named": list(named)})
    await session.execute(_TEMPLATE_VERSIONS)
    await session.execute(
        _JOURNEY,
        {
            "id": draft.journey_id,
            "workspace_id": workspace_id,
            "name": draft.name,
            "slug": draft.slug,
            "graph": to_json(graph),
            "settings": to_json(settings),
        },
    )
    people = await _bring_people(session, workspace_id, request)
    await _copy_facts(session, people.contact_ids, named, list(segments))
    if not request.ignore_earlier_entries:
        await session.execute(_ENTRIES, {"journey_id": draft.journey_id, "ids": people.contact_ids})
    return people, list(segments.values())


async def _copy_segments(session: AsyncSession, named: Collection[str]) -> dict[UUID, dict[str, Any]]:
    """Copy the segments that are named, those that their rules name, and so on; return rules by id."""
    rules: dict[UUID, dict[str, Any]] = {}
    due = set(named)
    while due:
        rows = await session.execute(_SEGMENTS, {"named": list(due)})
        fresh: dict[UUID, dict[str, Any]] = {id_: rule for id_, rule in rows}  # noqa: C416  rows are no pairs to mypy
        rules |= fresh
        due = strings_of(list(fresh.values())) - {str(each) for each in rules}
    return rules


async def _bring_people(session: AsyncSession, workspace_id: UUID, request: SimulationRequest) -> People:
    if request.synthetic is not None:
        ids = await _make_up(session, workspace_id, request)
        return People(ids, len(ids))
    if request.segment_id is not None:
        if await session.scalar(_SEGMENT, {"id": request.segment_id}) is None:
            raise NotFound("there is no such segment")
        values = {"id": request.segment_id, "seed": str(request.seed), "most": request.sample}
        ids = list(await session.scalars(_SAMPLE, values))
        population = await session.scalar(_POPULATION, {"id": request.segment_id})
        people = People(ids, int(population or 0))
    else:
        named = request.contacts or []
        ids = list(await session.scalars(_NAMED, {"named": [each.lower() for each in named]}))
        people = People(ids, len(ids))
    if not people.contact_ids:
        raise NotFound("there are no such contacts")
    await session.execute(_CONTACTS, {"ids": people.contact_ids})
    return people


async def _make_up(session: AsyncSession, workspace_id: UUID, request: SimulationRequest) -> list[UUID]:
    """Insert made-up contacts; the same seed makes the same ones, so that splits fall alike."""
    rows: list[dict[str, Any]] = []
    for each in request.synthetic or ():
        columns = each.model_dump(exclude={"count"})
        for _ in range(each.count):
            number = len(rows) + 1
            email = each.email or f"sample{number}@example.com"
            id_ = uuid5(workspace_id, f"{request.seed}:{number}")
            rows.append({**columns, "id": id_, "email": email.lower(), "workspace_id": workspace_id})
    await session.execute(_MADE_UP, {"rows": to_json(rows)})
    return [row["id"] for row in rows]


async def _copy_facts(
    session: AsyncSession, contact_ids: Sequence[UUID], named: Collection[str], segment_ids: Sequence[UUID]
) -> None:
    """Copy what is known of the people: consents, suppressions, memberships, scores, messages, events with these names."""
    ids = {"ids": list(contact_ids)}
    for table in ("consents", "scores", "messages"):
        await session.execute(
            text(f"INSERT INTO {table} SELECT * FROM public.{table} WHERE contact_id = ANY(CAST(:ids AS uuid[]))"), ids
        )
    await session.execute(_SUPPRESSIONS)
    await session.execute(_STATS, {**ids, "named": list(named)})
    await session.execute(_EVENTS, {**ids, "named": list(named), "reach": REACH})
    await session.execute(_MEMBERS, {**ids, "segments": list(segment_ids)})


_WORKSPACE = text("INSERT INTO workspaces SELECT * FROM public.workspaces WHERE id = :id")

_CONNECTIONS = text("""
    INSERT INTO connections (id, workspace_id, connector, name, default_mail, disabled_at)
    SELECT id, workspace_id, connector, name, default_mail, disabled_at FROM public.connections
""")
"""Without settings and secrets: nothing is sent."""

_SEGMENTS = text("""
    INSERT INTO segments SELECT * FROM public.segments
    WHERE id::text = ANY(CAST(:named AS text[])) AND id NOT IN (SELECT id FROM segments) RETURNING id, rule
""")

_TEMPLATES = text("""
    INSERT INTO templates SELECT * FROM public.templates
    WHERE id::text = ANY(CAST(:named AS text[])) OR slug = ANY(CAST(:named AS text[]))
""")
_TEMPLATE_VERSIONS = text("""
    INSERT INTO template_versions SELECT * FROM public.template_versions
    WHERE template_id IN (SELECT id FROM templates)
""")

_JOURNEY = text("""
    INSERT INTO journeys (id, workspace_id, name, slug, graph, settings)
    VALUES (:id, :workspace_id, :name, :slug, CAST(:graph AS jsonb), CAST(:settings AS jsonb))
""")

_SEGMENT = text("SELECT 1 FROM public.segments WHERE id = :id")
_SAMPLE = text("""
    SELECT contact_id FROM public.segment_members WHERE segment_id = :id
    ORDER BY md5(:seed || contact_id::text), contact_id LIMIT :most
""")
_POPULATION = text("SELECT count(*) FROM public.segment_members WHERE segment_id = :id")
_NAMED = text("""
    SELECT id FROM public.contacts
    WHERE id IN (SELECT CAST(n AS uuid) FROM unnest(CAST(:named AS text[])) n WHERE n ~ '^[0-9a-f-]{36}$')
       OR email = ANY(CAST(:named AS text[])) ORDER BY id
""")
_CONTACTS = text("INSERT INTO contacts SELECT * FROM public.contacts WHERE id = ANY(CAST(:ids AS uuid[]))")
_MADE_UP = text("""
    INSERT INTO contacts (id, workspace_id, email, first_name, last_name, country, city, language, lifecycle, time_zone,
                          tags, attributes)
    SELECT id, workspace_id, email, first_name, last_name, country, city, language, lifecycle, time_zone, tags, attributes
    FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS x(id uuid, workspace_id uuid, email text, first_name text,
        last_name text, country text, city text, language text, lifecycle text, time_zone text, tags text[],
        attributes jsonb)
""")

_ENTRIES = text("""
    INSERT INTO entries SELECT * FROM public.entries
    WHERE journey_id = :journey_id AND contact_id = ANY(CAST(:ids AS uuid[]))
""")
_SUPPRESSIONS = text("""
    INSERT INTO suppressions SELECT s.* FROM public.suppressions s
    WHERE s.address IN (SELECT email FROM contacts WHERE email IS NOT NULL)
""")
_STATS = text("""
    INSERT INTO contact_event_stats SELECT * FROM public.contact_event_stats
    WHERE contact_id = ANY(CAST(:ids AS uuid[])) AND name = ANY(CAST(:named AS text[]))
""")
_EVENTS = text("""
    INSERT INTO events SELECT * FROM public.events
    WHERE contact_id = ANY(CAST(:ids AS uuid[])) AND name = ANY(CAST(:named AS text[]))
      AND occurred_at > pg_catalog.now() - CAST(:reach AS interval)
""")
_MEMBERS = text("""
    INSERT INTO segment_members SELECT * FROM public.segment_members
    WHERE contact_id = ANY(CAST(:ids AS uuid[])) AND segment_id = ANY(CAST(:segments AS uuid[]))
""")
