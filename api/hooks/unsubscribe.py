"""Unsubscribing, by a page that needs no sign-in and by the one-click POST of mail clients (RFC 8058).

A GET changes nothing: scanners open every link of a mail.
"""

from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from api.hooks.messages import MailboxDep
from api.hooks.pages import page
from journeys.auth.workspaces import get_workspace
from journeys.contacts.consent import EMAIL, ConsentState, list_consents, list_topics
from journeys.contacts.models import Topic
from journeys.errors import NotFound
from journeys.messaging.brand import workspace_facts
from journeys.messaging.engagement import SentMessage, record_choice

router = APIRouter(prefix="/u", tags=["unsubscribe"])
_HTML: dict[int | str, dict[str, Any]] = {200: {"content": {"text/html": {}}}, 404: {"content": {"text/html": {}}}}


@router.get("/{token}", response_class=Response, responses=_HTML)
async def show_unsubscribe(token: str, mailbox: MailboxDep) -> Response:
    """Ask whether to unsubscribe."""
    try:
        message = await mailbox.get(token)
    except NotFound:
        return _gone()
    async with mailbox.database.workspace(message.workspace_id) as session:
        workspace, topic = await _names(session, message)
    return page(
        f"Unsubscribe from {topic}?",
        "We will stop sending this to",
        address=message.address,
        workspace=workspace,
        action=f"/u/{token}",
        button="Unsubscribe",
        more_url=f"/u/{token}/preferences",
        more="Choose what you hear about",
    )


@router.post("/{token}", response_class=Response, responses=_HTML)
async def unsubscribe(token: str, request: Request, mailbox: MailboxDep) -> Response:
    """Unsubscribe at once from what the mail was about."""
    try:
        message = await mailbox.get(token)
    except NotFound:
        return _gone()
    how = "one-click" if await _is_one_click(request) else "page"
    async with mailbox.database.workspace(message.workspace_id) as session:
        await record_choice(session, message, message.topic, "unsubscribed", how=how)
        workspace, topic = await _names(session, message)
    return page(
        "You are unsubscribed",
        f"We will not send {topic} any more to",
        address=message.address,
        workspace=workspace,
        action=f"/u/{token}/undo",
        button="That was a mistake, subscribe me again",
        quiet=True,
        more_url=f"/u/{token}/preferences",
        more="Choose what you hear about",
    )


@router.post("/{token}/undo", response_class=Response, responses=_HTML)
async def subscribe_again(token: str, mailbox: MailboxDep) -> Response:
    """Take back an unsubscribe."""
    try:
        message = await mailbox.get(token)
    except NotFound:
        return _gone()
    async with mailbox.database.workspace(message.workspace_id) as session:
        await record_choice(session, message, message.topic, "subscribed", how="page")
        workspace, topic = await _names(session, message)
    return page("Welcome back", f"We will go on sending {topic} to", address=message.address, workspace=workspace)


@router.get("/{token}/preferences", response_class=Response, responses=_HTML)
async def show_preferences(token: str, mailbox: MailboxDep) -> Response:
    """Show what the reader hears about."""
    try:
        message = await mailbox.get(token)
    except NotFound:
        return _gone()
    async with mailbox.database.workspace(message.workspace_id) as session:
        return await _preferences(session, message, token, "Choose what you hear about", "These mails go to")


@router.post("/{token}/preferences", response_class=Response, responses=_HTML)
async def save_preferences(token: str, request: Request, mailbox: MailboxDep) -> Response:
    """Write down what the reader chose."""
    try:
        message = await mailbox.get(token)
    except NotFound:
        return _gone()
    async with request.form(max_files=0, max_fields=200) as form:
        wanted = set(form.getlist("topic"))
    async with mailbox.database.workspace(message.workspace_id) as session:
        on_now = await _subscribed_keys(session, message)
        for topic in await list_topics(session, message.workspace_id):
            if (topic.key in wanted) != (topic.key in on_now):
                state: ConsentState = "subscribed" if topic.key in wanted else "unsubscribed"
                await record_choice(session, message, topic.key, state, how="preferences")
        return await _preferences(session, message, token, "Saved", "From now on, only what is ticked goes to")


async def _preferences(session: AsyncSession, message: SentMessage, token: str, title: str, says: str) -> Response:
    workspace, _ = await _names(session, message)
    topics = await list_topics(session, message.workspace_id)
    on_now = await _subscribed_keys(session, message, topics)
    return page(
        title,
        says,
        address=message.address,
        workspace=workspace,
        action=f"/u/{token}/preferences",
        legend="Send me",
        topics=[{"key": topic.key, "name": topic.name, "on": topic.key in on_now} for topic in topics],
        button="Save",
    )


async def _subscribed_keys(
    session: AsyncSession, message: SentMessage, topics: Sequence[Topic] | None = None
) -> set[str]:
    """Return the topics that the reader hears about: by what they said, else by the topic's policy."""
    topics = topics or await list_topics(session, message.workspace_id)
    said = {
        each.topic: each.state for each in await list_consents(session, message.contact_id) if each.channel == EMAIL
    }
    default = {"opt_out": "subscribed", "opt_in": "unsubscribed"}
    return {topic.key for topic in topics if said.get(topic.key, default[topic.policy]) == "subscribed"}


async def _names(session: AsyncSession, message: SentMessage) -> tuple[dict[str, Any], str]:
    """Return what is said of the workspace, and what the mail's topic is called."""
    workspace = await get_workspace(session, message.workspace_id)
    topics = {topic.key: topic.name for topic in await list_topics(session, message.workspace_id)}
    return workspace_facts(workspace.name, workspace.settings), topics.get(message.topic, message.topic)


async def _is_one_click(request: Request) -> bool:
    """Say whether a mail client asks, and not the button of our page. Source: RFC 8058, section 3.2."""
    async with request.form(max_files=0, max_fields=10) as form:
        return form.get("List-Unsubscribe") == "One-Click"


def _gone() -> Response:
    return page(
        "This link is not valid any more",
        "It may have been copied only in part. The unsubscribe link of a newer mail works.",
        status=404,
    )
