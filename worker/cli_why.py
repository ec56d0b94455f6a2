"""`sojourn why`: why a contact did not enter a journey."""

import asyncio
from typing import Annotated
from uuid import UUID

import typer
from rich.console import Console
from sqlalchemy import text

from journeys.contacts.addresses import normalize_address
from journeys.enrollments.why import WhyNot, explain_entry
from journeys.errors import NotFound
from worker.cli_database import WorkspaceSession, open_workspace

console = Console(soft_wrap=True, highlight=False)


def why(
    email: Annotated[str, typer.Argument(help="The contact's address.")],
    journey: Annotated[str, typer.Argument(help="The journey's slug or id.")],
    workspace: Annotated[
        UUID | None, typer.Option("--workspace", help="The workspace; the first one when not said.")
    ] = None,
) -> None:
    """Say why a contact did not enter a journey: each trigger, the clause that failed, what was refused."""
    _show(asyncio.run(_explain(email, journey, workspace)))


async def _explain(email: str, journey: str, workspace: UUID | None) -> WhyNot:
    async with open_workspace(workspace) as here:
        contact_id = await _id_of(here, "contacts", "email = :name", normalize_address(email) or email)
        journey_id = await _id_of(here, "journeys", "(slug = :name OR CAST(id AS text) = :name)", journey)
        return await explain_entry(here.session, here.workspace_id, journey_id, contact_id)


async def _id_of(here: WorkspaceSession, table: str, condition: str, name: str) -> UUID:
    found: UUID | None = await here.session.scalar(
        text(f"SELECT id FROM {table} WHERE workspace_id = :workspace_id AND {condition}"),
        {"workspace_id": here.workspace_id, "name": name},
    )
    if found is None:
        raise NotFound(f"There is nothing called {name} among the {table}.")
    return found


def _show(found: WhyNot) -> None:
    console.print(found.summary, markup=False)
    for saw in found.triggers:
        at = f"  ({saw.at:%Y-%m-%d %H:%M} UTC)" if saw.at else ""
        clause = f"  at {saw.clause}" if saw.clause else ""
        console.print(f"  {'✓' if saw.matched else '✗'} {saw.title}: {saw.why}{clause}{at}", markup=False)
    for refusal in found.refusals:
        console.print(f"  turned away {refusal.at:%Y-%m-%d %H:%M} UTC: {refusal.reason}", markup=False)
    for note in found.notes:
        console.print(f"  {note}", markup=False)
