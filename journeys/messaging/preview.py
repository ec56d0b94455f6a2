"""A template rendered for somebody before it is sent, and sent once to try it."""

from collections.abc import Mapping
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from journeys.connectors.base import Outcome
from journeys.errors import NotFound, SojournError
from journeys.messaging.brand import workspace_facts
from journeys.messaging.checks import Category, Finding, check_message
from journeys.messaging.compose import RenderedMessage, TemplateSource, compile_message
from journeys.messaging.links import MessageLinks, TrackingTokens

NO_MESSAGE = UUID(int=0)
"""The message that links in a preview name: there is none, so they lead to a page that says so."""

SAMPLE = {
    "email": "ada@example.com",
    "first_name": "Ada",
    "last_name": "Lovelace",
    "city": "London",
    "country": "GB",
    "language": "en",
    "tags": [],
}


class Preview(NamedTuple):
    """A mail as it would look, as far as it could be rendered, and what was found."""

    rendered: RenderedMessage | None
    findings: list[Finding]


async def load_context(session: AsyncSession, workspace_id: UUID, contact_id: UUID | None) -> dict[str, Any]:
    """Return the Liquid context of a mail to this contact, or to somebody made up."""
    named = text("SELECT name, settings FROM workspaces WHERE id = :id")
    workspace = (await session.execute(named, {"id": workspace_id})).one()
    context: dict[str, Any] = {
        "contact": dict(SAMPLE),
        "event": {},
        "journey": {"name": "Preview", "slug": "preview"},
        "workspace": workspace_facts(workspace.name, workspace.settings),
    }
    if contact_id is not None:
        found = await session.scalar(
            text("""
                SELECT to_jsonb(c) - 'attributes' || c.attributes FROM contacts c
                WHERE c.id = :id AND c.workspace_id = :workspace_id AND c.erased_at IS NULL
            """),
            {"id": contact_id, "workspace_id": workspace_id},
        )
        if found is None:
            raise NotFound("There is no such contact.")
        context["contact"] = found
    return context


def preview(source: TemplateSource, category: Category, context: Mapping[str, Any], links: MessageLinks) -> Preview:
    """Render a template and check it; what cannot be rendered is a finding, not an error."""
    findings = check_message(source, category)
    try:
        return Preview(compile_message(source, tracked=False).render(context, links), findings)
    except SojournError as error:
        if not any(finding.level == "error" for finding in findings):
            findings = [*findings, Finding("error", "render", error.detail)]
        return Preview(None, findings)


def links_of(tokens: TrackingTokens, base_url: str, workspace_id: UUID, message_id: UUID = NO_MESSAGE) -> MessageLinks:
    """Return the links that a mail carries."""
    return MessageLinks.of(tokens, base_url, workspace_id, message_id)


class Trial(NamedTuple):
    """A mail sent once to try a template."""

    message_id: UUID
    workspace_id: UUID
    contact_id: UUID
    to: str
    template_version_id: UUID
    connection_id: UUID
    provider: str


async def record_trial(session: AsyncSession, trial: Trial, outcome: Outcome) -> None:
    """Write a trial into the ledger, where it shows like any mail; it belongs to no journey."""
    await session.execute(
        _RECORD_TRIAL,
        {
            **trial._asdict(),
            "state": outcome.state,
            "reason": outcome.reason,
            "provider_message_id": outcome.provider_message_id,
        },
    )


_RECORD_TRIAL = text("""
    INSERT INTO messages (enrollment_id, node_id, visit, id, workspace_id, contact_id, template_version_id, category,
        provider, connection_id, to_address, state, reason, provider_message_id, sent_at, detail)
    VALUES (:message_id, 'trial', 1, :message_id, :workspace_id, :contact_id, :template_version_id, 'transactional',
        :provider, :connection_id, :to, :state, :reason, :provider_message_id,
        CASE WHEN :state = 'sent' THEN now() END, '{"trial": true}')
""")
