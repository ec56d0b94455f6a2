"""Generated secrets in files that only their owner may read."""

import os
from collections.abc import Callable
from pathlib import Path


def read_or_create(path: Path, make: Callable[[], str]) -> str:
    """Return the secret in this file, making it the first time."""
    if not path.exists():
        write_secret(path, make())
    return path.read_text().strip()


def write_secret(path: Path, text: str) -> None:
    """Write a file that was never readable by others, in one step."""
    draft = path.with_name(f"{path.name}.new")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(f"{text}\n")
    draft.replace(path)
