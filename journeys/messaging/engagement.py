"""What readers do with a mail: opens, clicks and unsubscribing, written to the ledger and into the events."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from journeys.contacts.consent import EMAIL, MARKETING, ConsentState, record_consent
from journeys.events.record import NewEvent, record_events

OPENED, CLICKED, UNSUBSCRIBED, SUBSCRIBED = "Email Opened", "Email Clicked", "Email Unsubscribed", "Email Subscribed"
SOURCE = "link"


@dataclass(frozen=True)
class SentMessage:
    """A row of the ledger, as far as links in its mail need it."""

    id: UUID
    workspace_id: UUID
    contact_id: UUID
    journey_id: UUID | None
    node_id: str | None
    enrollment_id: UUID
    template_version_id: UUID | None
    topic: str
    address: str | None
    """Where it went; None for someone who was erased since."""


async def find_message(session: AsyncSession, workspace_id: UUID, message_id: UUID) -> SentMessage | None:
    """Return the message that a link names, or None."""
    row = (
        await session.execute(
            text("""
                SELECT m.id, m.workspace_id, m.contact_id, m.journey_id, m.node_id, m.enrollment_id,
                       m.template_version_id, coalesce(m.topic, :marketing) AS topic, m.to_address AS address
                FROM messages m WHERE m.id = :id AND m.workspace_id = :workspace_id
            """),
            {"id": message_id, "workspace_id": workspace_id, "marketing": MARKETING},
        )
    ).one_or_none()
    return SentMessage(*row) if row else None


async def record_engagement(
    session: AsyncSession,
    message: SentMessage,
    action: Literal["opened", "clicked"],
    *,
    properties: Mapping[str, Any] | None = None,
    user_agent: str | None = None,
) -> None:
    """Note an open or a click; a click shows that the mail was open, even where pictures are blocked."""
    await record_engagements(session, [message], action, properties=properties, user_agent=user_agent)


async def record_engagements(
    session: AsyncSession,
    messages: Sequence[SentMessage],
    action: Literal["opened", "clicked"],
    *,
    properties: Mapping[str, Any] | None = None,
    user_agent: str | None = None,
) -> None:
    """Note the same of several mails of one workspace."""
    if not messages:
        return
    values = {"ids": [each.id for each in messages], "workspace_id": messages[0].workspace_id}
    await session.execute(_OPENED if action == "opened" else _CLICKED, values)
    name = OPENED if action == "opened" else CLICKED
    await record_events(session, [_event(each, name, properties, user_agent) for each in messages])


async def record_choice(
    session: AsyncSession, message: SentMessage, topic: str, state: ConsentState, *, how: str
) -> None:
    """Write down that the reader leaves a topic, or comes back to it; what is queued for them is skipped from now on."""
    await record_consent(session, message.workspace_id, message.contact_id, topic, state, SOURCE)
    name = UNSUBSCRIBED if state == "unsubscribed" else SUBSCRIBED
    await record_events(session, [_event(message, name, {"topic": topic, "how": how, "channel": EMAIL}, None)])


def _event(message: SentMessage, name: str, properties: Mapping[str, Any] | None, user_agent: str | None) -> NewEvent:
    return NewEvent(
        workspace_id=message.workspace_id,
        contact_id=message.contact_id,
        name=name,
        properties=dict(properties) if properties else None,
        context={"user_agent": user_agent[:500]} if user_agent else None,
        message_id=message.id,
        journey_id=message.journey_id,
        node_id=message.node_id,
    )


_OPENED = text("""
    UPDATE messages SET opened_at = now()
    WHERE id = ANY(CAST(:ids AS uuid[])) AND workspace_id = :workspace_id AND opened_at IS NULL
""")
_CLICKED = text("""
    UPDATE messages SET clicked_at = coalesce(clicked_at, now()), opened_at = coalesce(opened_at, now())
    WHERE id = ANY(CAST(:ids AS uuid[])) AND workspace_id = :workspace_id
      AND (clicked_at IS NULL OR opened_at IS NULL)
""")
