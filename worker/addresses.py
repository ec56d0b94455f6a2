"""Where the running servers are, written down by `sojourn up` so that other commands find them."""

import json
import os
from pathlib import Path

from journeys.settings import Settings
from worker.embedded.secret_file import write_secret

FILE = "addresses.json"


def save_addresses(home: Path, addresses: dict[str, str]) -> None:
    """Write down the settings that lead to the running servers; they hold passwords."""
    write_secret(home / FILE, json.dumps(addresses, indent=2))


def forget_addresses(home: Path) -> None:
    """Remove what was written down: nothing runs there any more."""
    (home / FILE).unlink(missing_ok=True)


def connected_settings() -> Settings:
    """Return the settings, with addresses of servers that `sojourn up` runs where the operator named none."""
    settings = Settings()
    file = settings.home / FILE
    if file.exists():
        for name, value in json.loads(file.read_text()).items():
            os.environ.setdefault(name, value)
    return Settings()
