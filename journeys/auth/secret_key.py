"""The installation's one secret: set by the operator, or made at the first start and kept beside the data."""

import os
import secrets
from pathlib import Path

from journeys.settings import Settings


def load_secret_key(settings: Settings) -> bytes:
    """Return the secret that seals credentials and signs links; every process of the installation shares it."""
    if settings.secret_key is not None:
        return settings.secret_key.get_secret_value().encode()
    path = settings.home / "secret.key"
    if not path.exists():
        _create(path)
    return path.read_text().strip().encode()


def _create(path: Path) -> None:
    """Write a new secret in one step; when two processes try at once, the first one's stays."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(f"{secrets.token_urlsafe(32)}\n")
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
