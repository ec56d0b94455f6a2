"""`sojourn journey`: journeys as files, from a terminal."""

import asyncio
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer
from rich.console import Console
from sqlalchemy import select

from journeys.enrollments.publishing import InFlight, Publication, publish_journey
from journeys.errors import NotFound
from journeys.graph import drafts
from journeys.graph.catalogue import load_catalogue
from journeys.graph.checks import Checked, check_graph
from journeys.graph.files import JourneyFile, export_journey, import_journey
from journeys.graph.models import Journey
from journeys.nodes.custom import install_activities
from worker.addresses import connected_settings
from worker.cli_database import WorkspaceSession, open_workspace
from worker.cli_files import read_text
from worker.cli_simulate import simulate_file

app = typer.Typer(help="Journeys as files.", no_args_is_help=True)
console = Console(soft_wrap=True, highlight=False)

File = Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A journey as YAML.")]
WorkspaceOption = Annotated[
    UUID | None, typer.Option("--workspace", help="The workspace; the first one when not said.")
]


@app.callback()
def prepare() -> None:
    """Journeys as files."""
    install_activities(connected_settings().activities)


app.command("simulate")(simulate_file)


@app.command()
def validate(file: File, workspace: WorkspaceOption = None) -> None:
    """Name every fault of a journey file, and what is legal but odd."""
    checked = asyncio.run(_check(import_journey(read_text(file)), workspace))
    for problem in checked.errors:
        console.print(f"error: {problem.node_id or 'journey'}: {problem.message}", markup=False)
    for problem in checked.warnings:
        console.print(f"warning: {problem.node_id or 'journey'}: {problem.message}", markup=False)
    if checked.errors:
        raise typer.Exit(1)
    console.print("The journey can be published.")


@app.command("import")
def import_file(file: File, workspace: WorkspaceOption = None) -> None:
    """Make a draft from a file, or change the draft of the journey with its slug; print its id."""
    typer.echo(asyncio.run(_import(import_journey(read_text(file)), workspace)))


@app.command()
def publish(
    file: File,
    in_flight: Annotated[str, typer.Option(help="What becomes of those inside: finish or exit.")] = "finish",
    workspace: WorkspaceOption = None,
) -> None:
    """Import a file and publish it; print the version."""
    if in_flight not in ("finish", "exit"):
        raise typer.BadParameter("Say finish or exit.", param_hint="--in-flight")
    policy: InFlight = "exit" if in_flight == "exit" else "finish"
    typer.echo(asyncio.run(_publish(import_journey(read_text(file)), policy, workspace)))


@app.command()
def export(slug: Annotated[str, typer.Argument(help="The journey's slug.")], workspace: WorkspaceOption = None) -> None:
    """Print a journey's draft as YAML."""
    typer.echo(asyncio.run(_export(slug, workspace)), nl=False)


async def _check(file: JourneyFile, workspace: UUID | None) -> Checked:
    async with open_workspace(workspace) as here:
        journey = await _find(here, file.slug)
        catalogue = await load_catalogue(here.session, here.workspace_id, journey.id if journey else here.workspace_id)
    return check_graph(file.graph, file.settings, catalogue)


async def _import(file: JourneyFile, workspace: UUID | None) -> UUID:
    async with open_workspace(workspace) as here:
        return (await _draft(here, file)).id


async def _publish(file: JourneyFile, in_flight: InFlight, workspace: UUID | None) -> str:
    async with open_workspace(workspace) as here:
        journey = await _draft(here, file)
        version = await publish_journey(
            here.session, here.workspace_id, journey.id, Publication("command line", in_flight=in_flight)
        )
        return f"{journey.slug} version {version.number} ({version.hash[:12]})"


async def _export(slug: str, workspace: UUID | None) -> str:
    async with open_workspace(workspace) as here:
        journey = await _find(here, slug)
        if journey is None:
            raise NotFound(f"There is no journey with the slug {slug}.")
        graph, settings = drafts.parse_graph(journey.graph), drafts.parse_settings(journey.settings)
        return export_journey(journey.name, journey.slug, graph, settings)


async def _draft(here: WorkspaceSession, file: JourneyFile) -> Journey:
    """Make or change the journey that a file is about."""
    journey = await _find(here, file.slug)
    if journey is None:
        return await drafts.create_journey(
            here.session, here.workspace_id, file.name, file.graph, file.settings, file.slug
        )
    return await drafts.update_draft(
        here.session, here.workspace_id, journey.id, name=file.name, graph=file.graph, settings=file.settings
    )


async def _find(here: WorkspaceSession, slug: str | None) -> Journey | None:
    query = select(Journey).where(Journey.workspace_id == here.workspace_id, Journey.slug == slug)
    journey: Journey | None = await here.session.scalar(query)
    return journey
