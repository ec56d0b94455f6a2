"""Measure everything side by side, in one run on one machine (`python -m tests.bench`, `make bench`)."""

import asyncio
import signal
from collections.abc import Coroutine
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from tests.bench.report import find_aims, write_report
from tests.bench.sections import SECTIONS, Bench, Findings
from tests.bench.world import open_world

REPORT = Path(__file__).parents[2] / "BENCHMARKS.md"

console = Console(highlight=False, soft_wrap=True)


def main(
    quick: Annotated[bool, typer.Option(help="Smaller numbers, in a few minutes.")] = False,
    only: Annotated[list[str] | None, typer.Option(help=f"One section: {', '.join(SECTIONS)}.")] = None,
    report: Annotated[Path, typer.Option(help="The file to write.")] = REPORT,
) -> None:
    """Measure, show what is found as it is found, and write it down."""
    unknown = set(only or ()) - set(SECTIONS)
    if unknown:
        raise typer.BadParameter(f"there is no section {', '.join(sorted(unknown))}")
    findings = Findings()
    try:
        asyncio.run(_until_told(_run(quick, only or list(SECTIONS), findings)))
    except asyncio.CancelledError:
        console.print("Stopped; what was found until now is written down.")
    options = [*(["--quick"] if quick else []), *(f"--only {name}" for name in only or ())]
    for aim in find_aims(findings):
        console.print(f"{'reached' if aim.reached else 'SHORT  '} {aim.name}: {aim.found} (aim {aim.target or '-'})")
    write_report(report, findings, " ".join(["python -m tests.bench", *options]))
    console.print(f"Written to {report}")


async def _run(quick: bool, names: list[str], findings: Findings) -> None:
    async with open_world() as world:
        bench = Bench(world, quick, findings, lambda finding: console.print(str(finding)))
        for name in names:
            console.rule(name)
            await SECTIONS[name](bench)


async def _until_told(work: Coroutine[Any, Any, None]) -> None:
    """Do the work; when told to stop, stop what was started too."""
    task: asyncio.Task[None] = asyncio.create_task(work)
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    await task


if __name__ == "__main__":
    typer.run(main)
