"""`sojourn activity`: what custom activities are installed, and one of them run here, for one contact."""

import asyncio
import json
from typing import Annotated, Any
from uuid import UUID

import typer
from rich.console import Console
from rich.table import Table
from sqlalchemy import text

from journeys.contacts.addresses import normalize_address
from journeys.db.ids import new_id
from journeys.errors import InvalidInput, NotFound
from journeys.sdk.definition import ActivityDefinition
from journeys.sdk.discovery import find_activities
from journeys.sdk.invoke import Invoker
from journeys.sdk.wire import Answer, Call, Reply, Request
from worker.addresses import connected_settings
from worker.cli_database import open_workspace

app = typer.Typer(help="Custom activities.", no_args_is_help=True)
console = Console(soft_wrap=True, highlight=False)

NOWHERE = UUID(int=0)


@app.command("list")
def list_installed() -> None:
    """List the installed activities, and name what could not be loaded."""
    found = find_activities(connected_settings().activities)
    table = Table("name", "title", "outlets", "from", box=None)
    for each in found.activities.values():
        table.add_row(each.name, each.title, ", ".join(each.outlets), each.function.__module__)
    console.print(table if found.activities else "No custom activity is installed here.")
    for source, fault in found.faults.items():
        console.print(f"error: {source}: {fault}", markup=False)
    if found.faults:
        raise typer.Exit(1)


@app.command()
def run(
    name: Annotated[str, typer.Argument(help="The activity.")],
    contact: Annotated[str, typer.Option(help="The address of the contact; one who is not known is made up.")],
    config: Annotated[str, typer.Option(help="The config, as JSON.")] = "{}",
    event: Annotated[str, typer.Option(help="The properties of the event, as JSON.")] = "{}",
    attributes: Annotated[str, typer.Option(help="Attributes to give the contact for this call, as JSON.")] = "{}",
    key: Annotated[str | None, typer.Option(help="The idempotency key; a new one when not said.")] = None,
    workspace: Annotated[UUID | None, typer.Option(help="The workspace; the first one when not said.")] = None,
) -> None:
    """Run an activity in this process, for one contact, and print how it ends. Nothing is recorded; what it calls is real."""
    definition = _get(name)
    person = asyncio.run(_contact(contact, workspace))
    person["attributes"] = {**person.get("attributes", {}), **_object("attributes", attributes)}
    call = Call(key or f"{new_id()}:local:1", 1, person, _object("event", event))
    request = Request(name, _object("config", config), workspace or NOWHERE, NOWHERE, "local", [call])
    reply = asyncio.run(_invoke(definition, request))
    if reply.refused:
        raise InvalidInput(f"{name} does not take this config: {reply.refused}")
    _show(reply.answers[0])


def _get(name: str) -> ActivityDefinition:
    found = find_activities(connected_settings().activities)
    if name not in found.activities:
        known = ", ".join(found.activities) or "none"
        faults = "".join(f"\n{source} could not be loaded: {fault}" for source, fault in found.faults.items())
        raise NotFound(f"No activity called {name} is installed here; there are: {known}.{faults}")
    return found.activities[name]


def _object(name: str, said: str) -> dict[str, Any]:
    try:
        value = json.loads(said)
    except ValueError as error:
        raise InvalidInput(f"--{name} is not JSON: {error}") from None
    if not isinstance(value, dict):
        raise InvalidInput(f"--{name} is not an object")
    return value


async def _contact(email: str, workspace: UUID | None) -> dict[str, Any]:
    """Return a contact of the running installation as JSON; a made-up one when there is none."""
    made_up = {"id": str(new_id()), "email": email, "attributes": {}}
    if not connected_settings().database_url:
        return made_up
    async with open_workspace(workspace) as here:
        found = await here.session.scalar(
            text("SELECT to_jsonb(c) FROM contacts c WHERE workspace_id = :workspace_id AND email = :email"),
            {"workspace_id": here.workspace_id, "email": normalize_address(email) or email},
        )
    return found or made_up


async def _invoke(definition: ActivityDefinition, request: Request) -> Reply:
    invoker = Invoker(definition)
    try:
        return await invoker(request)
    finally:
        await invoker.close()


def _show(answer: Answer) -> None:
    """Print an answer; one that is no outcome ends the command with an error."""
    if answer.ending == "done":
        console.print(f"outlet: {answer.outlet}", markup=False)
        for name, value in answer.attributes.items():
            console.print(f"sets {name}: {json.dumps(value)}", markup=False)
        if answer.detail:
            console.print(f"detail: {answer.detail}", markup=False)
        return
    again = "it would be tried again" if answer.ending == "later" else "it would not be tried again"
    words = f": {answer.error}" if answer.error else ""
    console.print(f"{answer.reason}{words} ({again})", markup=False)
    raise typer.Exit(1)
