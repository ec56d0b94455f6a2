"""What people agreed to: topics, what each contact said about them, and addresses that get nothing."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import delete, func, select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from journeys.contacts.models import Consent, Suppression, Topic
from journeys.db.room import ensure_room
from journeys.errors import Conflict, NotFound

EMAIL = "email"
MARKETING = "marketing"
"""The built-in topic: mails of it need no sign-up, and each offers a way out."""

ConsentState = Literal["subscribed", "unsubscribed"]
Scope = Literal["all", "marketing"]


async def list_topics(session: AsyncSession, workspace_id: UUID) -> list[Topic]:
    """Return the topics of a workspace, the oldest first."""
    return list(await session.scalars(select(Topic).where(Topic.workspace_id == workspace_id).order_by(Topic.id)))


async def get_topic(session: AsyncSession, workspace_id: UUID, key: str) -> Topic:
    """Return a topic by its key."""
    topic = await session.scalar(select(Topic).where(Topic.workspace_id == workspace_id, Topic.key == key))
    if topic is None:
        raise NotFound(f"There is no topic {key!r}.")
    return topic


async def create_topic(session: AsyncSession, workspace_id: UUID, key: str, name: str, policy: str) -> Topic:
    """Make a topic; its key is what journeys and links name it by."""
    await ensure_room(session, workspace_id, Topic)
    values = {"workspace_id": workspace_id, "key": key, "name": name, "policy": policy}
    made: Topic | None = await session.scalar(insert(Topic).values(values).on_conflict_do_nothing().returning(Topic))
    if made is None:
        raise Conflict(f"There is a topic {key!r} already.")
    return made


async def delete_topic(session: AsyncSession, workspace_id: UUID, key: str) -> None:
    """Remove a topic; what people said about it stays."""
    if key == MARKETING:
        raise Conflict("The topic marketing is built in.")
    topic = await get_topic(session, workspace_id, key)
    await session.delete(topic)
    await session.flush()


async def record_consent(
    session: AsyncSession, workspace_id: UUID, contact_id: UUID, topic: str, state: ConsentState, source: str
) -> None:
    """Write down what a contact says about a topic; the last word counts."""
    values = {"state": state, "source": source, "at": func.now()}
    said = insert(Consent).values(
        workspace_id=workspace_id, contact_id=contact_id, channel=EMAIL, topic=topic, **values
    )
    await session.execute(said.on_conflict_do_update(index_elements=["contact_id", "channel", "topic"], set_=values))


async def list_consents(session: AsyncSession, contact_id: UUID) -> list[Consent]:
    """Return what a contact said about each topic."""
    return list(await session.scalars(select(Consent).where(Consent.contact_id == contact_id).order_by(Consent.topic)))


async def suppress(
    session: AsyncSession, workspace_id: UUID, addresses: Sequence[str], reason: str, source: str, scope: Scope = "all"
) -> None:
    """Stop mail to these addresses. An address that gets nothing at all keeps that, whatever comes later."""
    rows = [
        {
            "workspace_id": workspace_id,
            "channel": EMAIL,
            "address": address,
            "scope": scope,
            "reason": reason,
            "source": source,
        }
        for address in sorted(set(addresses))
    ]
    if not rows:
        return
    statement = insert(Suppression).values(rows)
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=["workspace_id", "channel", "address"],
            set_={name: statement.excluded[name] for name in ("scope", "reason", "source")},
            where=(Suppression.scope == "marketing") & (statement.excluded.scope == "all"),
        )
    )


async def unsuppress(session: AsyncSession, workspace_id: UUID, address: str) -> None:
    """Let mail to an address go again. Someone who was erased stays out."""
    found = await find_suppression(session, workspace_id, address)
    if found is None:
        raise NotFound("This address is not suppressed.")
    if found.reason == "erased":
        raise Conflict("The person with this address was erased and does not come back.")
    await session.execute(
        delete(Suppression).where(
            Suppression.workspace_id == workspace_id, Suppression.channel == EMAIL, Suppression.address == address
        )
    )


async def find_suppression(session: AsyncSession, workspace_id: UUID, address: str | None) -> Suppression | None:
    """Return why an address gets no mail, or None."""
    if address is None:
        return None
    return await session.get(Suppression, (workspace_id, EMAIL, address))


async def list_suppressions(
    session: AsyncSession,
    workspace_id: UUID,
    *,
    search: str | None = None,
    before: tuple[datetime, str] | None = None,
    limit: int = 50,
) -> list[Suppression]:
    """Return suppressed addresses, the newest first."""
    query = select(Suppression).where(Suppression.workspace_id == workspace_id)
    if search:
        query = query.where(Suppression.address.icontains(search, autoescape=True))
    if before:
        query = query.where(tuple_(Suppression.created_at, Suppression.address) < before)
    query = query.order_by(Suppression.created_at.desc(), Suppression.address.desc()).limit(limit)
    return list(await session.scalars(query))
