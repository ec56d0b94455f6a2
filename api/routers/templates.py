"""Templates: written, previewed, checked, tried."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends

from api.deps import Editor, Publisher, Reader, Session, SettingsDep, TokensDep
from api.idempotency import IdempotentRoute
from api.paging import PAGE, Cursor, Limit, decode_cursor, page
from api.schemas.base import Page
from api.schemas.templates import (
    FindingRead,
    PreviewRead,
    PreviewRequest,
    SendTest,
    Sent,
    TemplateCreate,
    TemplateRead,
    TemplateUpdate,
    TemplateVersionRead,
)
from api.trials import TrialSender
from journeys.auth.audit import record_change
from journeys.messaging import templates
from journeys.messaging.compose import TemplateSource
from journeys.messaging.preview import links_of, load_context, preview
from journeys.messaging.templates import Saved, source_of

router = APIRouter(prefix="/api/templates", tags=["templates"], route_class=IdempotentRoute)
PARTS = set(TemplateSource.model_fields)


@router.get("")
async def list_templates(
    session: Session, reader: Reader, limit: Limit = PAGE, cursor: Cursor = None
) -> Page[TemplateRead]:
    """Return templates with their newest version, the newest first."""
    before = decode_cursor(cursor, UUID)
    rows = await templates.list_templates(session, reader.workspace_id, before=before, limit=limit + 1)
    return page(rows, limit, lambda row: row.template.id, _read)


@router.post("", status_code=201)
async def create_template(body: TemplateCreate, session: Session, actor: Editor) -> TemplateRead:
    """Make a template with its first version; a draft may have faults until a journey sends it."""
    source = TemplateSource(**body.model_dump(include=PARTS))
    saved = await templates.create_template(session, actor.workspace_id, body.name, body.slug, source, actor.name)
    await record_change(session, actor, "created", "template", saved.template.id, {"name": body.name})
    return _read(saved)


@router.post("/preview")
async def preview_template(
    body: PreviewRequest, session: Session, reader: Reader, settings: SettingsDep, tokens: TokensDep
) -> PreviewRead:
    """Render a mail that need not be saved, and check it."""
    context = await load_context(session, reader.workspace_id, body.contact_id)
    links = links_of(tokens, settings.public_url, reader.workspace_id)
    shown = preview(TemplateSource(**body.model_dump(include=PARTS)), body.category, context, links)
    rendered: dict[str, Any] = shown.rendered._asdict() if shown.rendered else dict.fromkeys(PARTS - {"mjml"}, "")
    return PreviewRead(**rendered, findings=[FindingRead.model_validate(each) for each in shown.findings])


@router.get("/{template_id}")
async def read_template(template_id: UUID, session: Session, reader: Reader) -> TemplateRead:
    """Return a template with its newest version."""
    return _read(await templates.get_template(session, reader.workspace_id, template_id))


@router.patch("/{template_id}")
async def update_template(template_id: UUID, body: TemplateUpdate, session: Session, actor: Editor) -> TemplateRead:
    """Rename a template or save its next version."""
    changes = body.model_dump(exclude_unset=True, include=PARTS)
    for part in ("subject", "preheader"):
        if part in changes:
            changes[part] = changes[part] or ""
    before = source_of((await templates.get_template(session, actor.workspace_id, template_id)).version)
    source = before.model_copy(update=changes) if changes else None
    saved = await templates.save_template(session, actor.workspace_id, template_id, body.name, source, actor.name)
    diff = {"name": saved.template.name, "version": saved.version.number}
    await record_change(session, actor, "changed", "template", template_id, diff)
    return _read(saved)


@router.delete("/{template_id}", status_code=204)
async def archive_template(template_id: UUID, session: Session, actor: Editor) -> None:
    """Put a template away; journeys published with it go on sending it."""
    name = await templates.archive_template(session, actor.workspace_id, template_id)
    await record_change(session, actor, "archived", "template", template_id, {"name": name})


@router.get("/{template_id}/versions")
async def list_template_versions(template_id: UUID, session: Session, reader: Reader) -> Page[TemplateVersionRead]:
    """Return the versions of a template, the newest first."""
    await templates.get_template(session, reader.workspace_id, template_id)
    rows = await templates.list_versions(session, reader.workspace_id, template_id)
    return Page(items=[TemplateVersionRead.model_validate(row) for row in rows])


@router.post("/{template_id}/send-test")
async def send_test(
    template_id: UUID, body: SendTest, actor: Publisher, sender: Annotated[TrialSender, Depends(TrialSender)]
) -> Sent:
    """Send the newest version once, to look at it in a real inbox. It is in the ledger and belongs to no journey."""
    return await sender.send(actor, template_id, body)


def _read(saved: Saved) -> TemplateRead:
    template, version = saved
    return TemplateRead(
        **source_of(version).model_dump(),
        id=template.id,
        name=template.name,
        slug=template.slug,
        version=version.number,
        version_id=version.id,
        created_at=template.created_at,
        updated_at=template.updated_at,
    )
