"""Contacts read: one, a page of them, and what the product knows around them."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from journeys.contacts.models import Contact
from journeys.errors import Fault, InvalidInput, NotFound


async def get_contact(session: AsyncSession, workspace_id: UUID, contact_id: UUID) -> Contact:
    """Return a contact; one that was erased is gone."""
    query = select(Contact).where(Contact.workspace_id == workspace_id, Contact.id == contact_id)
    contact = await session.scalar(query.where(Contact.erased_at.is_(None)).execution_options(populate_existing=True))
    if contact is None:
        raise NotFound("There is no such contact.")
    return contact


async def list_by_ids(session: AsyncSession, workspace_id: UUID, ids: Sequence[UUID]) -> list[Contact]:
    """Return these contacts in this order; those that are gone are left out."""
    query = select(Contact).where(
        Contact.workspace_id == workspace_id, Contact.id.in_(ids), Contact.erased_at.is_(None)
    )
    by_id = {contact.id: contact for contact in await session.scalars(query)}
    return [by_id[each] for each in ids if each in by_id]


async def ensure_contacts(session: AsyncSession, workspace_id: UUID, ids: Sequence[UUID]) -> None:
    """Refuse ids that are no contacts of this workspace, naming each."""
    query = select(Contact.id).where(
        Contact.workspace_id == workspace_id, Contact.id.in_(ids), Contact.erased_at.is_(None)
    )
    known = set(await session.scalars(query))
    faults = [
        Fault(f"/contact_ids/{n}", "There is no such contact.") for n, each in enumerate(ids) if each not in known
    ]
    if faults:
        raise InvalidInput("Some of these are no contacts.", faults)


async def list_segments_of(session: AsyncSession, contact_id: UUID) -> Sequence[Row[Any]]:
    """Return the named segments that a contact is in."""
    return await _rows(session, _SEGMENTS, contact_id)


async def list_enrollments_of(session: AsyncSession, contact_id: UUID) -> Sequence[Row[Any]]:
    """Return a contact's passages through journeys, the newest first, with where each is now."""
    return await _rows(session, _ENROLLMENTS, contact_id)


async def _rows(session: AsyncSession, statement: str, contact_id: UUID) -> Sequence[Row[Any]]:
    return (await session.execute(text(statement), {"contact_id": contact_id})).all()


_SEGMENTS = """
    SELECT s.id, s.name, m.entered_at FROM segment_members m JOIN segments s ON s.id = m.segment_id
    WHERE m.contact_id = :contact_id AND s.journey_id IS NULL ORDER BY s.name
"""

_ENROLLMENTS = """
    SELECT e.id, e.journey_id, j.name AS journey_name, e.contact_id, v.number AS version, e.state,
           CASE WHEN e.state = 'active' THEN b.node_id END AS node_id,
           CASE WHEN e.state = 'active' THEN b.wake_at END AS wake_at,
           e.entered_at, e.ended_at, e.end_reason AS reason, e.goal_at, e.key
    FROM enrollments e LEFT JOIN journeys j ON j.id = e.journey_id LEFT JOIN journey_versions v ON v.id = e.version_id
    LEFT JOIN batches b ON b.id = e.batch_id
    WHERE e.contact_id = :contact_id ORDER BY e.id DESC LIMIT 100
"""
