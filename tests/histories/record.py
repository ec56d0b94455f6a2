"""Record the histories of this release anew (`python -m tests.histories.record`), each release in a folder of its own.

Those of earlier releases are never touched: their runs may still be under way somewhere.
"""

import asyncio
import json
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from temporalio.api.history.v1 import WorkflowExecutionStartedEventAttributes
from temporalio.client import Client, WorkflowHistory
from temporalio.contrib.pydantic import pydantic_data_converter

from journeys.db.migrate import upgrade
from journeys.db.session import Database
from tests.conftest import make_workspace
from tests.fakes.provider import RecordingProvider
from tests.histories.kinds import KIND_SHAPES
from tests.histories.shapes import SHAPES, Shape, Stage, continued
from tests.workflows.test_journey import running
from worker.embedded.stack import EmbeddedStack
from worker.embedded.temporal import EmbeddedTemporal
from worker.versions import installed_version

FOLDER = Path(__file__).parent / installed_version()
LOW_LIMIT = 16
"""After how many events the server asks a run to continue as new."""


class ImpatientTemporal(EmbeddedTemporal):
    """A Temporal server that soon asks a run to continue as new."""

    def command(self) -> list[str]:
        """Return the program and its arguments."""
        return [*super().command(), "--dynamic-config-value", f"limit.historyCount.suggestContinueAsNew={LOW_LIMIT}"]


@asynccontextmanager
async def client_of(server: EmbeddedTemporal) -> AsyncIterator[Client]:
    """Start a server and connect to it."""
    await server.start()
    try:
        # The identity is written into every history: it should not tell on whose machine that was.
        yield await Client.connect(server.address, data_converter=pydantic_data_converter, identity="recorder")
    finally:
        await server.stop()


async def histories(stage: Stage) -> list[WorkflowHistory]:
    """Return every execution of every run of a workspace, in order."""
    found = []
    for handle in await stage.handles():
        chain = [await handle.fetch_history()]
        while earlier := _started(chain[0]).continued_execution_run_id:
            chain.insert(0, await stage.client.get_workflow_handle(handle.id, run_id=earlier).fetch_history())
        found += chain
    return found


def _started(history: WorkflowHistory) -> WorkflowExecutionStartedEventAttributes:
    return history.events[0].workflow_execution_started_event_attributes


async def record(home: Path) -> None:
    """Play every shape and write down what the server remembers of it."""
    async with EmbeddedStack(home, parts={"postgres"}, quick=True) as store:
        await asyncio.to_thread(upgrade, store.database_url)
        async with (
            closing(Database(store.database_url)) as database,
            client_of(EmbeddedTemporal(home / "patient", quick=True)) as patient,
            client_of(ImpatientTemporal(home / "impatient", quick=True)) as impatient,
        ):
            FOLDER.mkdir(exist_ok=True)
            for old in FOLDER.glob("*.json"):
                old.unlink()
            for shape in (*SHAPES, *KIND_SHAPES):
                await play(shape, impatient if shape is continued else patient, database)


async def play(shape: Shape, client: Client, database: Database) -> None:
    """Play one shape and write its histories."""
    provider = RecordingProvider()
    stage = Stage(client, database, provider, await make_workspace(database))
    async with running(client, database, provider):
        await shape(stage)
    for number, history in enumerate(await histories(stage), 1):
        events = json.loads(history.to_json(), object_hook=without_stack)
        kinds = {"kinds": sorted(stage.kinds), "node_kinds": sorted(stage.node_kinds)}
        document = {"workflow_id": history.workflow_id, **kinds, **events}
        path = FOLDER / f"{shape.__name__}-{number}.json"
        path.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n")


def without_stack(part: dict[str, Any]) -> dict[str, Any]:
    """Leave out where in this machine's files an error was raised; no replay looks at it."""
    return {name: value for name, value in part.items() if name != "stackTrace"}


@asynccontextmanager
async def closing(database: Database) -> AsyncIterator[Database]:
    """Close the pools at the end, or Postgres would wait for them."""
    try:
        yield database
    finally:
        await database.close()


def main() -> None:
    """Record into this folder."""
    with tempfile.TemporaryDirectory(prefix="sojourn-record-") as folder:
        home = Path(folder)
        home.chmod(0o755)  # Postgres runs as another account when we are root
        asyncio.run(record(home))


if __name__ == "__main__":
    main()
