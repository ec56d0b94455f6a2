"""The send ledger, and the mails of the built-in outbox."""

import asyncio
from collections.abc import Sequence
from email import message_from_binary_file
from email.policy import default
from pathlib import Path
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query
from sqlalchemy import Row

from api.deps import Reader, Session, SettingsDep
from api.paging import PAGE, Cursor, Limit, decode_cursor, page
from api.schemas.base import Page
from api.schemas.messages import MessageEvent, MessageRead, OutboxItem, OutboxMail
from journeys.connectors.outbox.files import mail_path, read_mail
from journeys.messaging import queries

router = APIRouter(prefix="/api", tags=["messages"])
State = Literal["queued", "sending", "sent", "delivered", "deferred", "bounced", "failed", "skipped", "unknown"]
OUTBOX = "outbox"


@router.get("/messages")
async def list_messages(
    session: Session,
    reader: Reader,
    contact: UUID | None = None,
    journey: UUID | None = None,
    enrollment: UUID | None = None,
    node: Annotated[str | None, Query(max_length=100)] = None,
    state: State | None = None,
    limit: Limit = PAGE,
    cursor: Cursor = None,
) -> Page[MessageRead]:
    """Return messages, the newest first."""
    rows = await queries.list_messages(
        session,
        reader.workspace_id,
        contact_id=contact,
        journey_id=journey,
        enrollment_id=enrollment,
        node_id=node,
        state=state,
        before=decode_cursor(cursor, UUID),
        limit=limit + 1,
    )
    return page(rows, limit, lambda row: row.id, MessageRead.model_validate)


@router.get("/messages/{message_id}")
async def read_message(message_id: UUID, session: Session, reader: Reader) -> MessageRead:
    """Return a message with what happened to it."""
    row = await queries.get_message(session, reader.workspace_id, message_id)
    events = await queries.list_events_about(session, row.contact_id, message_id)
    message = MessageRead.model_validate(row)
    return message.model_copy(update={"events": [MessageEvent.model_validate(event) for event in events]})


@router.get("/outbox")
async def list_outbox(
    session: Session, reader: Reader, settings: SettingsDep, limit: Limit = PAGE, cursor: Cursor = None
) -> Page[OutboxItem]:
    """Return the mails of the built-in outbox, the newest first."""
    before = decode_cursor(cursor, UUID)
    rows = await queries.list_messages(
        session, reader.workspace_id, provider=OUTBOX, state="sent", before=before, limit=limit + 1
    )
    folder = settings.home / OUTBOX
    heads = await asyncio.to_thread(_read_heads, folder, reader.workspace_id, rows[:limit])
    return page(rows, limit, lambda row: row.id, lambda row: OutboxItem(**_item(row), **heads[row.id]))


@router.get("/outbox/{message_id}")
async def read_outbox_mail(message_id: UUID, session: Session, reader: Reader, settings: SettingsDep) -> OutboxMail:
    """Return a mail as it was written."""
    row = await queries.get_message(session, reader.workspace_id, message_id)
    mail = await asyncio.to_thread(read_mail, mail_path(settings.home / OUTBOX, reader.workspace_id, message_id))
    headers = dict(mail.headers)
    return OutboxMail(
        **_item(row),
        subject=headers.get("Subject", ""),
        sender=headers.get("From"),
        html=mail.html or None,
        text=mail.text or None,
        headers=mail.headers,
        raw=mail.raw.decode(errors="replace"),
    )


def _item(row: Row[Any]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ("id", "contact_id", "journey_id", "to", "sent_at")}


def _read_heads(folder: Path, workspace_id: UUID, rows: Sequence[Row[Any]]) -> dict[UUID, dict[str, str | None]]:
    """Return subject and sender of each mail, as they were written."""
    return {row.id: _read_head(mail_path(folder, workspace_id, row.id), row.subject or "") for row in rows}


def _read_head(path: Path, subject: str) -> dict[str, str | None]:
    try:
        with path.open("rb") as file:
            head = message_from_binary_file(file, policy=default)
    except FileNotFoundError:
        return {"subject": subject, "sender": None}
    return {"subject": str(head.get("Subject", subject)), "sender": str(head.get("From", "")) or None}
