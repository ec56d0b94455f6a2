"""Forms: made here, pasted into other pages, sent to `/f/{key}`."""

from html import escape
from uuid import UUID

from fastapi import APIRouter

from api.deps import Editor, Reader, Session, SettingsDep
from api.idempotency import IdempotentRoute
from api.schemas.base import Page
from api.schemas.forms import FormCreate, FormRead, FormUpdate
from journeys.auth.audit import record_change
from journeys.events import forms
from journeys.events.models import Form
from journeys.settings import Settings

router = APIRouter(prefix="/api/forms", tags=["forms"], route_class=IdempotentRoute)


@router.get("")
async def list_forms(session: Session, reader: Reader, settings: SettingsDep) -> Page[FormRead]:
    """Return every form."""
    return Page(items=[_read(form, settings) for form in await forms.list_forms(session, reader.workspace_id)])


@router.post("", status_code=201)
async def create_form(body: FormCreate, session: Session, actor: Editor, settings: SettingsDep) -> FormRead:
    """Make a form."""
    form = await forms.create_form(session, actor.workspace_id, **body.model_dump())
    await record_change(session, actor, "created", "form", form.id, body.model_dump())
    return _read(form, settings)


@router.get("/{form_id}")
async def read_form(form_id: UUID, session: Session, reader: Reader, settings: SettingsDep) -> FormRead:
    """Return one form."""
    return _read(await forms.get_form(session, reader.workspace_id, form_id), settings)


@router.patch("/{form_id}")
async def update_form(
    form_id: UUID, body: FormUpdate, session: Session, actor: Editor, settings: SettingsDep
) -> FormRead:
    """Change a form, close it, or open it again."""
    changes = body.model_dump(exclude_unset=True)
    clearable = {name: value for name, value in changes.items() if value is not None or name == "redirect_url"}
    form = await forms.update_form(session, actor.workspace_id, form_id, clearable)
    await record_change(session, actor, "changed", "form", form_id, changes)
    return _read(form, settings)


@router.delete("/{form_id}", status_code=204)
async def delete_form(form_id: UUID, session: Session, actor: Editor) -> None:
    """Forget a form that nothing uses; pages that still send to it are told that it is gone."""
    form = await forms.delete_form(session, actor.workspace_id, form_id)
    await record_change(session, actor, "deleted", "form", form_id, {"name": form.name})


def _read(form: Form, settings: Settings) -> FormRead:
    url = f"{settings.public_url.rstrip('/')}/f/{form.key}"
    return FormRead(
        id=form.id,
        key=form.key,
        name=form.name,
        fields=form.fields,
        honeypot=form.honeypot,
        redirect_url=form.redirect_url,
        origins=form.origins,
        url=url,
        html=_html(form, url),
        disabled=form.disabled_at is not None,
        created_at=form.created_at,
    )


def _html(form: Form, url: str) -> str:
    """Return HTML to paste into a page. The last input is out of sight: only robots fill it in."""
    lines = [f'<form action="{escape(url)}" method="post">']
    for field in forms.parse_fields(form.fields):
        kind = "email" if field.name == forms.EMAIL else "text"
        required = " required" if field.required or field.name == forms.EMAIL else ""
        label = escape(field.label or field.name.replace("_", " ").capitalize())
        lines.append(f'  <label>{label} <input type="{kind}" name="{field.name}"{required}></label>')
    hidden = 'tabindex="-1" autocomplete="off" aria-hidden="true" style="position:absolute;left:-9999px"'
    lines += [f'  <input name="{form.honeypot}" {hidden}>', '  <button type="submit">Send</button>', "</form>"]
    return "\n".join(lines)
