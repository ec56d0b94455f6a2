"""What a journey may refer to in its workspace: templates, segments, topics, connections."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from journeys.messaging.compose import TemplateSource

BUILT_IN_TOPIC = "marketing"


@dataclass(frozen=True)
class KnownTemplate:
    """A template's newest version, which a journey published now would pin."""

    version_id: UUID
    source: TemplateSource


@dataclass(frozen=True)
class Catalogue:
    """Everything known; templates by id and by slug."""

    workspace_id: UUID
    journey_id: UUID
    templates: Mapping[str, KnownTemplate] = field(default_factory=dict)
    segments: frozenset[UUID] = frozenset()
    topics: frozenset[str] = frozenset({BUILT_IN_TOPIC})
    connections: frozenset[str] = frozenset()
    models: frozenset[str] = frozenset()
    """Scoring models, by slug."""
    journeys: frozenset[UUID] = frozenset()
    forms: frozenset[str] = frozenset()
    """By key."""


async def load_catalogue(session: AsyncSession, workspace_id: UUID, journey_id: UUID) -> Catalogue:
    """Return what a journey of this workspace may refer to now."""
    workspace = {"workspace_id": workspace_id}
    return Catalogue(
        workspace_id,
        journey_id,
        templates=_by_id_and_slug((await session.execute(_TEMPLATES, workspace)).all()),
        segments=frozenset(await session.scalars(_SEGMENTS, workspace)),
        topics=frozenset(await session.scalars(_TOPICS, workspace)) | {BUILT_IN_TOPIC},
        connections=frozenset(await session.scalars(_CONNECTIONS, workspace)),
        forms=frozenset(await session.scalars(_FORMS, workspace)),
        journeys=frozenset(await session.scalars(_JOURNEYS, workspace)),
        models=frozenset(await session.scalars(_MODELS, workspace)),
    )


def _by_id_and_slug(rows: Any) -> dict[str, KnownTemplate]:
    found = {}
    for row in rows:
        source = TemplateSource(
            subject=row.subject, preheader=row.preheader, html=row.html, mjml=row.mjml, text=row.text
        )
        found[str(row.id)] = found[row.slug] = KnownTemplate(row.version_id, source)
    return found


_TEMPLATES = text("""
    SELECT t.id, t.slug, v.id AS version_id, v.subject, v.preheader, v.html, v.mjml, v.text
    FROM templates t JOIN template_versions v ON v.id = t.latest_version_id
    WHERE t.workspace_id = :workspace_id AND t.archived_at IS NULL
""")
_SEGMENTS = text("SELECT id FROM segments WHERE workspace_id = :workspace_id AND journey_id IS NULL")
_FORMS = text("SELECT key FROM forms WHERE workspace_id = :workspace_id AND disabled_at IS NULL")
_JOURNEYS = text("SELECT id FROM journeys WHERE workspace_id = :workspace_id AND state <> 'archived'")
_MODELS = text("SELECT slug FROM scoring_models WHERE workspace_id = :workspace_id")
_TOPICS = text("SELECT key FROM topics WHERE workspace_id = :workspace_id")
_CONNECTIONS = text("SELECT name FROM connections WHERE workspace_id = :workspace_id AND disabled_at IS NULL")
