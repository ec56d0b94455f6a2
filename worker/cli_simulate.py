"""`sojourn journey simulate`: try a journey file on a virtual clock, from a terminal."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer
from pydantic import ValidationError
from rich.console import Console
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from journeys.db.ids import new_id
from journeys.errors import InvalidInput
from journeys.graph.files import JourneyFile, import_journey
from journeys.graph.models import Journey
from journeys.rules.language import rule_faults
from journeys.simulation.assumptions import SimulationRequest
from journeys.simulation.copying import Draft
from journeys.simulation.report import SimulationResult
from journeys.simulation.simulate import simulate
from worker.addresses import connected_settings
from worker.cli_database import open_workspace
from worker.cli_files import read_mapping, read_text

MADE_UP = 100

console = Console(soft_wrap=True, highlight=False)


def simulate_file(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A journey as YAML.")],
    contact: Annotated[list[str] | None, typer.Option(help="Id or address; may be said again.")] = None,
    segment: Annotated[UUID | None, typer.Option(help="A segment to take a sample of.")] = None,
    made_up: Annotated[int, typer.Option(help="How many contacts to make up, where none are said.")] = MADE_UP,
    request: Annotated[
        Path | None,
        typer.Option(
            exists=True, dir_okay=False, help="More of the API's request as YAML: assumptions, synthetic, payload."
        ),
    ] = None,
    start_at: Annotated[datetime | None, typer.Option(help="When they come in, in UTC; now, if not said.")] = None,
    days: Annotated[int, typer.Option(help="How far to look ahead.")] = 90,
    seed: Annotated[int, typer.Option(help="The same seed gives the same answer.")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print everything as JSON.")] = False,
    workspace: Annotated[UUID | None, typer.Option(help="The workspace; the first one when not said.")] = None,
) -> None:
    """Send contacts, real or made up, through a journey file on a virtual clock; nothing leaves this machine."""
    said: dict[str, Any] = read_mapping(request) if request else {}
    said |= {"days": days, "seed": seed, "start_at": start_at.replace(tzinfo=UTC) if start_at else None}
    if contact or segment:
        said |= {"contacts": contact or None, "segment_id": segment}
    elif not {"contacts", "segment_id", "synthetic"} & said.keys():
        said["synthetic"] = [{"count": made_up}]
    try:
        order = SimulationRequest.model_validate(said)
    except ValidationError as error:
        raise InvalidInput("this cannot be simulated", rule_faults(error)) from error
    result = asyncio.run(_simulate(import_journey(read_text(file)), order, workspace))
    if as_json:
        typer.echo(result.model_dump_json(indent=2))
    else:
        _print(result)


async def _simulate(file: JourneyFile, order: SimulationRequest, workspace: UUID | None) -> SimulationResult:
    async with open_workspace(workspace) as here:
        draft = await _draft(here.session, here.workspace_id, file)
    url = connected_settings().database_url
    assert url, "open_workspace has refused to go on without one"
    return await simulate(url, here.workspace_id, draft, order)


async def _draft(session: AsyncSession, workspace_id: UUID, file: JourneyFile) -> Draft:
    """Return the file as a draft of the journey with its slug, so that splits fall as they will there."""
    query = select(Journey.id).where(Journey.workspace_id == workspace_id, Journey.slug == file.slug)
    journey_id = await session.scalar(query)
    return Draft(journey_id or new_id(), file.name, file.slug or "simulated", file.graph, file.settings)


def _print(result: SimulationResult) -> None:
    counts = result.counts
    console.print(
        f"{counts.contacts:,} contacts: {counts.entered:,} came in, {counts.completed:,} completed, {counts.exited:,} "
        f"exited, {counts.active:,} still inside on {result.ended_at:%d %B %Y}; {counts.sent:,} mails, "
        f"{counts.skipped:,} skipped."
    )
    if result.stopped:
        console.print(f"It ended early: {result.stopped}.")
    for reason, n in result.refusals.items():
        console.print(f"{n:,} did not come in: {reason}", markup=False)
    for node_id, reason in result.parked.items():
        console.print(f"stuck at {node_id}: {reason}", markup=False)
    for node in result.nodes:
        ways = ", ".join(f"{outlet} {n:,}" for outlet, n in node.outlets.items())
        reasons = "; ".join(f"{n:,} {reason}" for reason, n in [*node.skipped.items(), *node.failed.items()])
        waiting = f", {node.waiting:,} waiting" if node.waiting else ""
        console.print(
            f"  {node.title}: {node.entered:,} in, {ways or 'end'}{waiting}{f' ({reasons})' if reasons else ''}",
            markup=False,
        )
