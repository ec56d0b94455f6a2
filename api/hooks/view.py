"""A mail as a page, for readers whose mail program shows it badly."""

from fastapi import APIRouter, Response
from sqlalchemy import select, text
from starlette.responses import HTMLResponse

from api.deps import SettingsDep
from api.hooks.messages import MailboxDep
from api.hooks.pages import page
from journeys.errors import NotFound, SojournError
from journeys.messaging.compose import compile_message
from journeys.messaging.models import TemplateVersion
from journeys.messaging.preview import links_of, load_context
from journeys.messaging.templates import source_of

router = APIRouter(prefix="/v", tags=["view"])
_POLICY = (
    "default-src 'none'; img-src https: http: data:; style-src 'unsafe-inline' https:; font-src https:;"
    " sandbox allow-popups"
)


@router.get("/{token}", response_class=HTMLResponse)
async def view_in_browser(token: str, mailbox: MailboxDep, settings: SettingsDep) -> Response:
    """Show a mail as it was sent, with the reader's data as it is now."""
    try:
        message = await mailbox.get(token)
        async with mailbox.database.workspace(message.workspace_id) as session:
            query = select(TemplateVersion).where(TemplateVersion.id == message.template_version_id)
            version = await session.scalar(query)
            context = await load_context(session, message.workspace_id, message.contact_id)
            context["event"] = await session.scalar(_PAYLOAD, {"id": message.enrollment_id}) or {}
            context["journey"] = {"name": await session.scalar(_JOURNEY, {"id": message.journey_id})}
        if version is None:
            raise NotFound("The mail is gone.")
        links = links_of(mailbox.tokens, settings.public_url, message.workspace_id, message.id)
        html = compile_message(source_of(version), tracked=False).render(context, links).html
    except SojournError:
        return page("This mail is not here any more", "It may have been deleted since it was sent.", status=404)
    return HTMLResponse(html, headers={"Content-Security-Policy": _POLICY})


_PAYLOAD = text("SELECT payload FROM enrollments WHERE id = :id")
_JOURNEY = text("SELECT name FROM journeys WHERE id = :id")
