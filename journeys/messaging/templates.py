"""Templates and their versions: saving makes the next version, because what was sent stays as it was."""

from hashlib import sha256
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from journeys.auth.workspaces import slugify
from journeys.db.ids import new_id
from journeys.db.room import ensure_room
from journeys.errors import Conflict, NotFound
from journeys.messaging.compose import TemplateSource
from journeys.messaging.models import Template, TemplateVersion


class Saved(NamedTuple):
    """A template and one of its versions."""

    template: Template
    version: TemplateVersion


async def list_templates(
    session: AsyncSession, workspace_id: UUID, *, before: UUID | None = None, limit: int = 50
) -> list[Saved]:
    """Return the templates in use with their newest version, the newest first."""
    query = select(Template, TemplateVersion).join(TemplateVersion, TemplateVersion.id == Template.latest_version_id)
    query = query.where(Template.workspace_id == workspace_id, Template.archived_at.is_(None))
    if before:
        query = query.where(Template.id < before)
    rows = await session.execute(query.order_by(Template.id.desc()).limit(limit))
    return [Saved(template, version) for template, version in rows]


async def find_templates(session: AsyncSession, workspace_id: UUID, pattern: str, limit: int) -> list[Template]:
    """Return templates in use whose names are like a pattern."""
    query = select(Template).where(Template.workspace_id == workspace_id, Template.name.ilike(pattern))
    return list(await session.scalars(query.where(Template.archived_at.is_(None)).order_by(Template.name).limit(limit)))


async def get_template(session: AsyncSession, workspace_id: UUID, template_id: UUID) -> Saved:
    """Return a template with its newest version."""
    query = select(Template, TemplateVersion).join(TemplateVersion, TemplateVersion.id == Template.latest_version_id)
    query = query.where(Template.workspace_id == workspace_id, Template.id == template_id)
    row = (await session.execute(query)).one_or_none()
    if row is None:
        raise NotFound("There is no such template.")
    return Saved(*row)


async def list_versions(session: AsyncSession, workspace_id: UUID, template_id: UUID) -> list[TemplateVersion]:
    """Return the versions of a template, the newest first."""
    query = select(TemplateVersion).where(
        TemplateVersion.workspace_id == workspace_id, TemplateVersion.template_id == template_id
    )
    return list(await session.scalars(query.order_by(TemplateVersion.number.desc())))


async def create_template(
    session: AsyncSession, workspace_id: UUID, name: str, slug: str | None, source: TemplateSource, by: str
) -> Saved:
    """Make a template with its first version; without a slug, one is made from the name."""
    await ensure_room(session, workspace_id, Template)
    template = Template(
        id=new_id(), workspace_id=workspace_id, name=name, slug=await _slug(session, workspace_id, name, slug)
    )
    session.add(template)
    await session.flush()
    version = await _add_version(session, template, 1, source, by)
    await session.refresh(template)
    return Saved(template, version)


async def save_template(
    session: AsyncSession,
    workspace_id: UUID,
    template_id: UUID,
    name: str | None,
    source: TemplateSource | None,
    by: str,
) -> Saved:
    """Rename a template or give it new content: a content that it had before is that version again."""
    locked = select(Template).where(Template.workspace_id == workspace_id, Template.id == template_id).with_for_update()
    template = await session.scalar(locked)
    if template is None:
        raise NotFound("There is no such template.")
    template.name = name or template.name
    if source is not None:
        await _give(session, template, source, by)
    await session.execute(
        update(Template).where(Template.id == template_id).values(name=template.name, updated_at=func.now())
    )
    await session.flush()
    await session.refresh(template)
    return await get_template(session, workspace_id, template_id)


async def archive_template(session: AsyncSession, workspace_id: UUID, template_id: UUID) -> str:
    """Put a template away; journeys that were published with it go on sending it. Return its name."""
    archived: str | None = await session.scalar(
        update(Template)
        .where(Template.workspace_id == workspace_id, Template.id == template_id, Template.archived_at.is_(None))
        .values(archived_at=func.now())
        .returning(Template.name)
    )
    if archived is None:
        raise NotFound("There is no such template.")
    return archived


def source_of(version: TemplateVersion) -> TemplateSource:
    """Return a version's content as its author wrote it."""
    return TemplateSource(
        subject=version.subject,
        preheader=version.preheader,
        html=version.html,
        mjml=version.mjml,
        text=version.text,
    )


async def _give(session: AsyncSession, template: Template, source: TemplateSource, by: str) -> None:
    known = await session.scalar(
        select(TemplateVersion.id).where(
            TemplateVersion.template_id == template.id, TemplateVersion.content_hash == _hash(source)
        )
    )
    if known:
        template.latest_version_id = known
        return
    newest = await session.scalar(
        select(func.max(TemplateVersion.number)).where(TemplateVersion.template_id == template.id)
    )
    await _add_version(session, template, (newest or 0) + 1, source, by)


async def _add_version(
    session: AsyncSession, template: Template, number: int, source: TemplateSource, by: str
) -> TemplateVersion:
    version = TemplateVersion(
        id=new_id(),
        workspace_id=template.workspace_id,
        template_id=template.id,
        number=number,
        content_hash=_hash(source),
        created_by=by,
        **source.model_dump(),
    )
    session.add(version)
    await session.flush()
    template.latest_version_id = version.id
    await session.flush()
    return version


def _hash(source: TemplateSource) -> str:
    return sha256(source.model_dump_json().encode()).hexdigest()


async def _slug(session: AsyncSession, workspace_id: UUID, name: str, wanted: str | None) -> str:
    base = wanted or slugify(name)
    query = select(Template.slug).where(
        Template.workspace_id == workspace_id, Template.slug.startswith(base, autoescape=True)
    )
    taken = set(await session.scalars(query))
    if wanted and wanted in taken:
        raise Conflict(f"There is a template with the slug {wanted!r} already.")
    return next(slug for n in range(len(taken) + 1) if (slug := f"{base}-{n + 1}" if n else base) not in taken)
