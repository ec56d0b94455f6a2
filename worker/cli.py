"""The `sojourn` command: what the API does, from a terminal."""

import asyncio
import os
import sys
from importlib.util import find_spec
from typing import NoReturn

import typer
from pydantic import ValidationError
from rich.console import Console
from rich.table import Table
from sqlalchemy.exc import SQLAlchemyError

from journeys.db.migrate import upgrade
from journeys.errors import SojournError, Unavailable, first_line
from journeys.settings import Settings
from journeys.temporal import connect
from worker import cli_activity, cli_contact, cli_demo, cli_journey, cli_key, cli_trial, cli_why
from worker.addresses import connected_settings
from worker.doctor import examine
from worker.embedded.ports import PortTaken
from worker.embedded.stack import AlreadyRunning
from worker.managed import ProcessFailed
from worker.supervisor import Supervisor, stop_running
from worker.versions import installed_version, promote

app = typer.Typer(name="sojourn", help="Customer journeys that last.", no_args_is_help=True, add_completion=False)
app.add_typer(cli_key.app, name="key")
app.add_typer(cli_journey.app, name="journey")
app.add_typer(cli_contact.app, name="contact")
app.add_typer(cli_activity.app, name="activity")
app.command()(cli_contact.where)
app.command()(cli_why.why)
app.command()(cli_demo.demo)
app.command("send-test")(cli_trial.send_test)
console = Console(soft_wrap=True, highlight=False)


@app.command()
def up() -> None:
    """Start everything, and run until Ctrl-C or `sojourn down`."""
    asyncio.run(Supervisor(Settings(), lambda line: console.print(line, markup=False)).run())


@app.command()
def down() -> None:
    """Stop the Sojourn that runs here."""
    stopped = asyncio.run(stop_running(Settings()))
    console.print("Stopped." if stopped else "Nothing was running.")


@app.command()
def doctor() -> None:
    """Check the database, its migrations, Redis, Temporal and the disk."""
    findings = asyncio.run(examine(connected_settings()))
    table = Table("part", "", "detail", box=None)
    for finding in findings:
        table.add_row(finding.part, "[green]ok[/]" if finding.healthy else "[red]broken[/]", finding.detail)
    console.print(table)
    if not all(finding.healthy for finding in findings):
        raise typer.Exit(1)


@app.command("promote")
def promote_installed() -> None:
    """Make the installed version the one that carries runs; its worker must be running."""
    asyncio.run(_promote(connected_settings()))
    console.print(f"Version {installed_version()} carries the runs.")


async def _promote(settings: Settings) -> None:
    try:
        client = await connect(settings)
    except RuntimeError as error:  # which is how the client says that nobody answers
        where = settings.temporal_address or "its usual address"
        raise Unavailable(f"Temporal does not answer at {where}: start it with `sojourn up`.") from error
    await promote(client, installed_version())


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def bench(context: typer.Context) -> None:
    """Measure everything side by side on this machine; options go to `python -m tests.bench`."""
    if find_spec("tests.bench") is None:
        raise Unavailable("The benchmarks are part of the source: run this in a checkout.")
    os.execv(sys.executable, [sys.executable, "-m", "tests.bench", *context.args])


@app.command()
def migrate() -> None:
    """Bring the database to the newest schema."""
    settings = connected_settings()
    if not settings.database_url:
        raise Unavailable("No database: start one with `sojourn up`, or set DATABASE_URL.")
    upgrade(settings.database_url, settings.events_retain_days)


def main() -> None:
    """Run a command; what a person can mend is one sentence, not a traceback."""
    try:
        app()
    except (SojournError, ProcessFailed, PortTaken, AlreadyRunning, OSError) as error:
        fail(str(error))
    except ValidationError as error:
        fail("; ".join(f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors()) + ".")
    except SQLAlchemyError as error:
        fail(f"The database cannot be used: {first_line(error)}")


def fail(sentence: str) -> NoReturn:
    """Say what is wrong, and end the command."""
    Console(stderr=True, soft_wrap=True, highlight=False).print(sentence, markup=False)
    sys.exit(1)
