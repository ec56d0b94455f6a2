"""`sojourn key`: keys for servers."""

import asyncio
from typing import Annotated
from uuid import UUID

import typer

from journeys.auth.keys import create_key
from journeys.auth.roles import Role
from worker.cli_database import open_database

app = typer.Typer(help="Keys for servers.", no_args_is_help=True)


@app.command()
def create(
    role: Annotated[Role | None, typer.Option(help="What the key may do.")] = None,
    write: Annotated[bool, typer.Option("--write", help="Make a write key, which may only send events.")] = False,
    name: Annotated[str, typer.Option(help="What the key is for.")] = "command line",
    workspace: Annotated[UUID | None, typer.Option(help="The workspace; the first one when not said.")] = None,
) -> None:
    """Make a key and print just its secret, which is shown only now."""
    if (role is None) is not write:
        raise typer.BadParameter("Say either --role or --write.")
    typer.echo(asyncio.run(_create(role, name, workspace)))


async def _create(role: Role | None, name: str, workspace: UUID | None) -> str:
    async with open_database() as database:
        return await create_key(database, "write" if role is None else "api", role, name, workspace)
