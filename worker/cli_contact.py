"""`sojourn contact` and `sojourn where`: who someone is, and where they are in which journey, and why."""

import asyncio
from typing import Annotated, Any
from uuid import UUID

import typer
from rich.console import Console
from rich.table import Table
from sqlalchemy import text

from journeys.contacts.addresses import normalize_address
from journeys.enrollments.queries import get_trace, list_enrollments, list_refusals
from journeys.errors import NotFound
from worker.cli_database import WorkspaceSession, open_workspace

app = typer.Typer(help="Contacts.", no_args_is_help=True)
console = Console(soft_wrap=True, highlight=False)

Email = Annotated[str, typer.Argument(help="The contact's address.")]
WorkspaceOption = Annotated[
    UUID | None, typer.Option("--workspace", help="The workspace; the first one when not said.")
]


@app.command()
def show(email: Email, workspace: WorkspaceOption = None) -> None:
    """Show a contact's profile."""
    asyncio.run(_show(email, workspace))


def where(email: Email, workspace: WorkspaceOption = None) -> None:
    """Show where a contact is in each journey, the way there with its reasons, and what they did not enter."""
    asyncio.run(_where(email, workspace))


async def _show(email: str, workspace: UUID | None) -> None:
    async with open_workspace(workspace) as here:
        contact = await _find(here, email)
    table = Table(box=None, show_header=False)
    for name, value in {**contact._mapping, **contact.attributes}.items():
        if name != "attributes" and value not in (None, [], {}):
            table.add_row(name, str(value))
    console.print(table)


async def _where(email: str, workspace: UUID | None) -> None:
    async with open_workspace(workspace) as here:
        contact = await _find(here, email)
        enrollments = await list_enrollments(here.session, here.workspace_id, contact_id=contact.id)
        for each in enrollments:
            now = f"at {each.node_id}" + (f" until {each.wake_at:%Y-%m-%d %H:%M} UTC" if each.wake_at else "")
            stands = now if each.state == "active" else f"{each.state} {each.end_reason or ''}"
            console.print(f"{each.journey_name}, version {each.version}: {stands}".rstrip(), markup=False)
            for step in await get_trace(here.session, each):
                line = (
                    f"  {step['at']:%Y-%m-%d %H:%M:%S}  {step['title']}  {step['outlet'] or ''}  {step['reason'] or ''}"
                )
                console.print(line.rstrip(), markup=False)
        for refusal in await list_refusals(here.session, here.workspace_id, contact.id):
            console.print(
                f"{refusal.journey_name}: not entered at {refusal.at:%Y-%m-%d %H:%M}: {refusal.reason}", markup=False
            )
    if not enrollments:
        console.print("In no journey.")


async def _find(here: WorkspaceSession, email: str) -> Any:
    row = (
        await here.session.execute(
            text("""
                SELECT id, email, external_id, first_name, last_name, phone, city, country, time_zone, language,
                       lifecycle, tags, attributes, created_at FROM contacts
                WHERE workspace_id = :workspace_id AND email = :email
            """),
            {"workspace_id": here.workspace_id, "email": normalize_address(email) or email},
        )
    ).one_or_none()
    if row is None:
        raise NotFound(f"There is no contact with the address {email}.")
    return row
