"""`sojourn send-test`: one mail of a template to a real inbox, as a chosen contact would get it."""

import asyncio
from typing import Annotated
from uuid import UUID

import typer
from rich.console import Console
from sqlalchemy import text

from api.schemas.templates import SendTest, Sent
from api.trials import TrialSender
from journeys.auth.roles import Principal
from journeys.auth.secret_key import load_secret_key
from journeys.contacts.addresses import normalize_address
from journeys.db.ids import new_id
from journeys.errors import InvalidInput, NotFound
from journeys.messaging.links import TrackingTokens
from worker.addresses import connected_settings
from worker.cli_contact import WorkspaceOption
from worker.cli_database import WorkspaceSession, open_database, open_workspace

console = Console(soft_wrap=True, highlight=False)


def send_test(
    template: Annotated[str, typer.Argument(help="The template's id or slug.")],
    to: Annotated[str, typer.Argument(help="Where to send it.")],
    contact: Annotated[str | None, typer.Option(help="Address of the contact whose values to merge.")] = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Send a template's newest version once, by the workspace's default connection."""
    sent = asyncio.run(_send(template, to, contact, workspace))
    console.print(f"{sent.state}: {sent.reason or f'message {sent.message_id}'}", markup=False)
    if sent.state != "sent":
        raise typer.Exit(1)


async def _send(template: str, to: str, contact: str | None, workspace: UUID | None) -> Sent:
    address = normalize_address(to)
    if address is None:
        raise InvalidInput(f"{to} is no address")
    async with open_workspace(workspace) as here:
        template_id = await _find(here, "templates", "slug", template)
        contact_id = await _find(here, "contacts", "email", contact) if contact else None
    settings = connected_settings()
    actor = Principal("key", new_id(), "the command line", here.workspace_id, "owner")
    async with open_database() as database:
        sender = TrialSender(database, settings, TrackingTokens(load_secret_key(settings)))
        return await sender.send(actor, template_id, SendTest(to=address, contact_id=contact_id))


async def _find(here: WorkspaceSession, table: str, column: str, name: str) -> UUID:
    """Return the id of what is called so, or has this id."""
    found = await here.session.scalar(
        text(f"SELECT id FROM {table} WHERE workspace_id = :w AND ({column} = :name OR CAST(id AS text) = :name)"),
        {"w": here.workspace_id, "name": name.lower()},
    )
    if found is None:
        raise NotFound(f"there is nothing called {name} among the {table}")
    return UUID(str(found))
