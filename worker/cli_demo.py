"""`sojourn demo`: a shop to look at, played against the Sojourn that runs here."""

import asyncio
from typing import Annotated

import httpx
import typer
from rich.console import Console

from journeys.auth.keys import create_key
from journeys.errors import Unavailable
from worker.addresses import connected_settings
from worker.cli_database import open_database
from worker.demo.play import Demo, Plan

console = Console(soft_wrap=True, highlight=False)


def demo(
    contacts: Annotated[int, typer.Option(min=10, max=1_000_000, help="People who are customers already.")] = 2_000,
    newcomers: Annotated[int, typer.Option(min=0, max=100_000, help="People who sign up while it plays.")] = 60,
    days: Annotated[int, typer.Option(min=1, max=365, help="How many days to play.")] = 6,
    day_seconds: Annotated[float, typer.Option(min=1, help="How long a day lasts; waits shorten to match.")] = 10,
    seed: Annotated[int, typer.Option(help="The same seed makes the same shop.")] = 7,
) -> None:
    """Load a shop, publish the example journeys, and play events at a chosen speed."""
    asyncio.run(_play(Plan(contacts, newcomers, days, day_seconds, seed)))


async def _play(plan: Plan) -> None:
    url = connected_settings().public_url
    await _ensure_running(url)
    async with open_database() as database:
        api_key = await create_key(database, "api", "owner", "demo")
        write_key = await create_key(database, "write", None, "demo")
    try:
        await Demo(plan, url, api_key, write_key, lambda line: console.print(line, markup=False)).play()
    except httpx.TransportError as error:
        raise Unavailable(
            f"Sojourn at {url} stopped answering while the demo played ({type(error).__name__})."
        ) from None
    console.print(f"\nLook around at {url}", markup=False)


async def _ensure_running(url: str) -> None:
    try:
        async with httpx.AsyncClient() as client:
            (await client.get(f"{url}/healthz")).raise_for_status()
    except httpx.HTTPError:
        raise Unavailable(f"Sojourn does not answer at {url}: start it with `make up` first.") from None
