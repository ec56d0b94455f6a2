"""Random secrets for cookies, keys and links: shown once, kept only as a hash."""

import secrets
from hashlib import sha256


def new_secret(prefix: str = "") -> str:
    """Return a fresh secret of 256 bits, safe in a URL."""
    return prefix + secrets.token_urlsafe(32)


def digest(secret: str) -> bytes:
    """Return what is stored of a secret. It is random and long, so one plain hash is enough."""
    return sha256(secret.encode()).digest()
