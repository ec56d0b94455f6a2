"""A box for credentials at rest: AES-GCM under a key derived from the installation's secret."""

import json
import os
from collections.abc import Mapping
from hashlib import blake2b
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from journeys.errors import SojournError

_NONCE_BYTES = 12
_KEY_ID_BYTES = 4


class SealBroken(SojournError):
    """A sealed value cannot be opened: another key sealed it, for another use, or it was changed."""

    title = "Credentials cannot be opened"


class SecretBox:
    """Seals small mappings. What is sealed for one purpose does not open for another."""

    def __init__(self, secret: bytes) -> None:
        key = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"sojourn credentials").derive(secret)
        self._cipher = AESGCM(key)
        self._key_id = blake2b(key, digest_size=_KEY_ID_BYTES).digest()

    def seal(self, values: Mapping[str, Any], purpose: str) -> bytes:
        """Return the values encrypted: key id, nonce, ciphertext."""
        nonce = os.urandom(_NONCE_BYTES)
        return self._key_id + nonce + self._cipher.encrypt(nonce, json.dumps(values).encode(), purpose.encode())

    def open(self, sealed: bytes, purpose: str) -> dict[str, Any]:
        """Return what was sealed for this purpose.

        Raises:
            SealBroken: it was sealed under another key, for another purpose, or was tampered with.
        """
        if sealed[:_KEY_ID_BYTES] != self._key_id:
            raise SealBroken("these credentials were sealed under another SOJOURN_SECRET_KEY; enter them again")
        nonce, ciphertext = sealed[_KEY_ID_BYTES:][:_NONCE_BYTES], sealed[_KEY_ID_BYTES + _NONCE_BYTES :]
        try:
            opened: dict[str, Any] = json.loads(self._cipher.decrypt(nonce, ciphertext, purpose.encode()))
        except (InvalidTag, ValueError) as error:
            raise SealBroken(
                "these credentials were changed or belong to another connection; enter them again"
            ) from error
        return opened
