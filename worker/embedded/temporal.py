"""The local Temporal server, with its web page, on one SQLite file."""

import signal
import sys
from pathlib import Path

from temporalio.client import Client
from temporalio.service import RPCError

from journeys.contracts import SEARCH_ATTRIBUTES
from worker.embedded.ports import LOOPBACK, find_free_port
from worker.embedded.server import EmbeddedServer, find_program


class EmbeddedTemporal(EmbeddedServer):
    """Temporal's development server, set to lose nothing it has acknowledged."""

    def __init__(self, home: Path, *, port: int = 0, ui_port: int = 0, quick: bool = False) -> None:
        super().__init__("temporal", home, port=port, quick=quick)
        if quick:  # what is kept in memory only needs no time to be put away
            self.stop_signal = signal.SIGKILL
        self.ui_port = ui_port

    @property
    def address(self) -> str:
        """Host and port for clients."""
        return f"{LOOPBACK}:{self.port}"

    @property
    def ui_url(self) -> str:
        """The web page of workflows; empty when it is not served."""
        return "" if self.quick else f"http://{LOOPBACK}:{self.ui_port}"

    async def prepare(self) -> None:
        """Choose the page's port."""
        self.ui_port = self.ui_port or find_free_port()

    def command(self) -> list[str]:
        """Return the program and its arguments."""
        return [
            str(find_program("SOJOURN_TEMPORAL_BIN", Path(sys.executable).parent / "temporal", "temporal")),
            *("server", "start-dev", "--ip", LOOPBACK, "--port", str(self.port), "--log-level", "warn"),
            *(self._in_memory() if self.quick else self._on_disk()),
            *("--dynamic-config-value", "matching.enableFairness=true"),
            *(f"--search-attribute={name}={kind}" for name, kind in SEARCH_ATTRIBUTES.items()),
        ]

    async def probe(self) -> bool:
        """Answer whether the server takes calls."""
        try:
            client = await Client.connect(self.address)
            return await client.service_client.check_health()
        except (RPCError, RuntimeError):
            return False

    def _in_memory(self) -> list[str]:
        return ["--headless"]

    def _on_disk(self) -> list[str]:
        return [
            *("--db-filename", str(self.folder.absolute() / "temporal.db")),
            # The file's default is a rollback journal: safe too, but many times slower.
            *("--sqlite-pragma", "journal_mode=WAL", "--sqlite-pragma", "synchronous=FULL"),
            *("--ui-port", str(self.ui_port)),
        ]
