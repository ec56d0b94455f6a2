"""Contacts: made, found, changed, erased."""

import asyncio
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response

from api.deps import Editor, Reader, Session, SettingsDep
from api.idempotency import IdempotentRoute
from api.paging import PAGE, Cursor, Limit, decode_cursor, page
from api.routers.audience import contact_page
from api.schemas.base import Page
from api.schemas.contacts import (
    ConsentRead,
    ConsentUpdate,
    ContactCreate,
    ContactDetail,
    ContactFields,
    ContactRead,
    ContactUpdate,
    EnrollmentOf,
    Erase,
    ScoreOf,
    SegmentOf,
    SuppressContact,
    SuppressionRead,
    TimelineEvent,
)
from api.schemas.messages import MessageRead
from journeys.auth.audit import record_change
from journeys.connectors.outbox.files import forget_mails
from journeys.contacts import consent, queries
from journeys.contacts.models import Contact
from journeys.contacts.personal_data import erase_contact, export_contact, take_files
from journeys.contacts.rows import ContactRow, read_contact
from journeys.contacts.timeline import list_events_of
from journeys.contacts.upsert import change_contact, upsert_contacts
from journeys.db.retention import delete_files
from journeys.enrollments.exits import exit_contact
from journeys.errors import Conflict, InvalidInput
from journeys.messaging.queries import list_message_ids, list_messages
from journeys.scoring.queries import list_scores_of
from journeys.segments.audience import Audience
from journeys.segments.sorting import NEWEST, Sort

router = APIRouter(prefix="/api/contacts", tags=["contacts"], route_class=IdempotentRoute)
Search = Annotated[str | None, Query(max_length=200, description="Part of an address, a name or an external id.")]
TagFilter = Annotated[str | None, Query(max_length=200)]


@router.get("")
async def list_contacts(
    session: Session,
    reader: Reader,
    q: Search = None,
    segment: UUID | None = None,
    tag: TagFilter = None,
    sort: Sort = NEWEST,
    limit: Limit = PAGE,
    cursor: Cursor = None,
) -> Page[ContactRead]:
    """Return contacts, the newest first unless asked otherwise."""
    who = Audience(q=q, segment_id=segment, tag=tag)
    return await contact_page(session, reader.workspace_id, who, sort, limit, cursor)


@router.post(
    "", status_code=201, responses={200: {"model": ContactRead, "description": "It was known and is updated."}}
)
async def create_contact(body: ContactCreate, response: Response, session: Session, actor: Editor) -> ContactRead:
    """Make a contact, or update the one with this external_id or address."""
    row = _row(body, add_tags=body.tags)
    [result] = await upsert_contacts(session, actor.workspace_id, [row])
    if result.contact_id is None:
        raise Conflict(result.reason or "This contact cannot be stored.")
    response.status_code = 201 if result.outcome == "created" else 200
    return ContactRead.model_validate(await queries.get_contact(session, actor.workspace_id, result.contact_id))


@router.get("/{contact_id}")
async def read_contact_detail(contact_id: UUID, session: Session, reader: Reader) -> ContactDetail:
    """Return a contact with consents, segments, journeys and the last messages."""
    contact = await queries.get_contact(session, reader.workspace_id, contact_id)
    suppression = await consent.find_suppression(session, reader.workspace_id, contact.email)
    messages = await list_messages(session, reader.workspace_id, contact_id=contact_id, limit=50)
    return ContactDetail(
        **ContactRead.model_validate(contact).model_dump(),
        consents=[ConsentRead.model_validate(each) for each in await consent.list_consents(session, contact_id)],
        suppression=SuppressionRead.model_validate(suppression) if suppression else None,
        segments=[SegmentOf.model_validate(each) for each in await queries.list_segments_of(session, contact_id)],
        enrollments=[
            EnrollmentOf.model_validate(each) for each in await queries.list_enrollments_of(session, contact_id)
        ],
        scores=[ScoreOf.model_validate(each) for each in await list_scores_of(session, contact_id)],
        messages=[MessageRead.model_validate(each) for each in messages],
    )


@router.patch("/{contact_id}")
async def update_contact(contact_id: UUID, body: ContactUpdate, session: Session, actor: Editor) -> ContactRead:
    """Change a contact; null clears a field or removes an attribute."""
    await queries.get_contact(session, actor.workspace_id, contact_id)
    row = _row(body, add_tags=body.add_tags, remove_tags=body.remove_tags)
    await change_contact(session, actor.workspace_id, contact_id, row)
    return ContactRead.model_validate(await queries.get_contact(session, actor.workspace_id, contact_id))


@router.delete("/{contact_id}", status_code=204)
async def delete_contact(contact_id: UUID, session: Session, settings: SettingsDep, actor: Editor) -> None:
    """Erase a contact; the address may come back in. To keep it out, use `erase`."""
    contact = await queries.get_contact(session, actor.workspace_id, contact_id)
    await _erase(session, settings, actor, contact, keep_out=False)


@router.post("/{contact_id}/erase", status_code=204)
async def erase_contact_for_good(
    contact_id: UUID, session: Session, settings: SettingsDep, actor: Editor, body: Erase | None = None
) -> None:
    """Erase a person: their journeys end, their data goes, and the address cannot come back in."""
    contact = await queries.get_contact(session, actor.workspace_id, contact_id)
    await _erase(session, settings, actor, contact, keep_out=(body or Erase()).keep_out)


@router.get("/{contact_id}/timeline")
async def list_contact_timeline(
    contact_id: UUID, session: Session, reader: Reader, limit: Limit = PAGE, cursor: Cursor = None
) -> Page[TimelineEvent]:
    """Return what a contact did, the newest first."""
    await queries.get_contact(session, reader.workspace_id, contact_id)
    before = decode_cursor(cursor, tuple[datetime, UUID])
    rows = await list_events_of(session, reader.workspace_id, contact_id, before=before, limit=limit + 1)
    return page(rows, limit, lambda row: (row.occurred_at, row.id), TimelineEvent.model_validate)


@router.get("/{contact_id}/export")
async def export_contact_data(contact_id: UUID, session: Session, reader: Reader) -> dict[str, Any]:
    """Return everything that is stored about a person."""
    return await export_contact(session, await queries.get_contact(session, reader.workspace_id, contact_id))


@router.post("/{contact_id}/suppress")
async def suppress_contact(contact_id: UUID, body: SuppressContact, session: Session, actor: Editor) -> SuppressionRead:
    """Stop mail to a contact's address."""
    contact = await queries.get_contact(session, actor.workspace_id, contact_id)
    if contact.email is None:
        raise Conflict("This contact has no address.")
    await consent.suppress(session, actor.workspace_id, [contact.email], body.reason, actor.name, body.scope)
    await record_change(
        session, actor, "suppressed", "contact", contact_id, {"scope": body.scope, "reason": body.reason}
    )
    return SuppressionRead.model_validate(await consent.find_suppression(session, actor.workspace_id, contact.email))


@router.put("/{contact_id}/consents/{topic}")
async def set_contact_consent(
    contact_id: UUID, topic: str, body: ConsentUpdate, session: Session, actor: Editor
) -> list[ConsentRead]:
    """Write down what a contact says about a topic; return all they said."""
    await queries.get_contact(session, actor.workspace_id, contact_id)
    await consent.get_topic(session, actor.workspace_id, topic)
    await consent.record_consent(session, actor.workspace_id, contact_id, topic, body.state, actor.name)
    return [ConsentRead.model_validate(each) for each in await consent.list_consents(session, contact_id)]


def _row(body: ContactFields, add_tags: list[str], remove_tags: list[str] | None = None) -> ContactRow:
    values = body.model_dump(exclude_unset=True, exclude={"tags", "add_tags", "remove_tags", "attributes"})
    row, faults = read_contact(values, body.attributes, add_tags, remove_tags)
    if faults:
        raise InvalidInput("; ".join(f"{fault.pointer}: {fault.message}" for fault in faults[:3]), faults)
    return row


async def _erase(session: Session, settings: SettingsDep, actor: Editor, contact: Contact, *, keep_out: bool) -> None:
    await exit_contact(session, actor.workspace_id, contact.id, "erased")
    message_ids = await list_message_ids(session, contact.id)
    await erase_contact(session, contact, keep_out=keep_out)
    await asyncio.to_thread(delete_files, await take_files(session, actor.workspace_id))
    await asyncio.to_thread(forget_mails, settings.home / "outbox", actor.workspace_id, message_ids)
    await record_change(session, actor, "erased", "contact", contact.id, {"keep_out": keep_out})
