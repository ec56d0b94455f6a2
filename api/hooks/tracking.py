"""Opens and clicks: the invisible picture, and the redirect behind each link of a mail."""

from base64 import b64decode
from functools import lru_cache
from typing import Annotated, Any, Literal
from uuid import UUID

import structlog
from fastapi import APIRouter, Query, Request, Response
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from starlette.responses import RedirectResponse

from api.hooks.messages import Mailbox, MailboxDep
from journeys.errors import NotFound
from journeys.messaging.compose import TemplateSource, compile_message
from journeys.messaging.engagement import SentMessage, record_engagement
from journeys.messaging.models import TemplateVersion
from journeys.messaging.templates import source_of

log = structlog.get_logger()
router = APIRouter(prefix="/t", tags=["tracking"])

PIXEL = b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
_UNCACHED = {"Cache-Control": "no-store, private"}
_GIF: dict[int | str, dict[str, Any]] = {200: {"content": {"image/gif": {}}}}


@router.get("/o/{token}", response_class=Response, responses=_GIF)
async def record_open(token: str, request: Request, mailbox: MailboxDep) -> Response:
    """Note that a mail was opened; whatever happens, the picture is sent."""
    await _note(mailbox, token, "opened", request, None)
    return Response(PIXEL, media_type="image/gif", headers=_UNCACHED)


@router.get("/c/{token}/{number}", response_class=RedirectResponse, status_code=302)
async def follow_link(
    token: str,
    number: int,
    request: Request,
    mailbox: MailboxDep,
    to: Annotated[str | None, Query(max_length=8_000)] = None,
    s: Annotated[str | None, Query(max_length=100)] = None,
) -> Response:
    """Note a click and lead on to where the mail's author pointed, never anywhere else."""
    if to is not None:
        url = to if s and mailbox.tokens.verify_destination(token, to, s) else None
    else:
        url = await _destination(mailbox, token, number)
    if url is None or not url.lower().startswith(("http://", "https://")):
        raise NotFound("This link leads nowhere.")
    await _note(mailbox, token, "clicked", request, {"url": url, "link": number})
    return RedirectResponse(url, 302, headers=_UNCACHED)


async def _destination(mailbox: Mailbox, token: str, number: int) -> str | None:
    """Return where the nth link of a mail leads."""
    message = await mailbox.find(token)
    if message is None or message.template_version_id is None:
        return None
    destinations = await _destinations(mailbox, message, message.template_version_id)
    return destinations[number] if 0 <= number < len(destinations) else None


async def _destinations(mailbox: Mailbox, message: SentMessage, version_id: UUID) -> tuple[str | None, ...]:
    async with mailbox.database.workspace(message.workspace_id) as session:
        version = await session.scalar(select(TemplateVersion).where(TemplateVersion.id == version_id))
    return _compiled(source_of(version).model_dump_json()) if version else ()


@lru_cache(256)
def _compiled(source: str) -> tuple[str | None, ...]:
    return compile_message(TemplateSource.model_validate_json(source)).destinations


async def _note(
    mailbox: Mailbox,
    token: str,
    action: Literal["opened", "clicked"],
    request: Request,
    properties: dict[str, str | int] | None,
) -> None:
    """Write it down if it can be: a reader is never kept waiting for our store."""
    try:
        message = await mailbox.find(token)
        if message is None or message.address is None or not await mailbox.may_count(message):
            return
        user_agent = request.headers.get("User-Agent")
        async with mailbox.database.workspace(message.workspace_id) as session:
            await record_engagement(session, message, action, properties=properties, user_agent=user_agent)
    except (SQLAlchemyError, OSError) as error:
        log.warning("engagement.lost", action=action, error=type(error).__name__)
