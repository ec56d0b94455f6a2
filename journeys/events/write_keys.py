"""Which workspace a write key sends to: asked of the database once in a while, not for every event."""

import asyncio
import time
from uuid import UUID

from sqlalchemy import func, update

from journeys.auth.models import ApiKey
from journeys.auth.secret import digest
from journeys.db.session import Database
from journeys.errors import Unauthorized

REMEMBER_SECONDS = 30.0
"""A revoked key stops working within this time."""

_FORGET_UNKNOWN_SECONDS = 2.0
_MOST = 10_000


class WriteKeys:
    """The write keys that one process has seen of late, known or not."""

    def __init__(self, database: Database, remember_seconds: float = REMEMBER_SECONDS) -> None:
        self._database = database
        self._remember_seconds = remember_seconds
        self._seen: dict[bytes, tuple[UUID | None, float]] = {}
        self._asking = asyncio.Lock()

    async def workspace_of(self, secret: str) -> UUID:
        """Return the key's workspace, or raise Unauthorized."""
        key = digest(secret)
        if not self._is_fresh(key):
            async with self._asking:
                if not self._is_fresh(key):
                    await self._ask(key)
        workspace_id, _ = self._seen[key]
        if workspace_id is None:
            raise Unauthorized("This write key is unknown or revoked.")
        return workspace_id

    def _is_fresh(self, key: bytes) -> bool:
        return key in self._seen and time.monotonic() < self._seen[key][1]

    async def _ask(self, key: bytes) -> None:
        async with self._database.engine() as session:
            workspace_id = await session.scalar(
                update(ApiKey)
                .where(ApiKey.secret_hash == key, ApiKey.kind == "write", ApiKey.revoked_at.is_(None))
                .values(last_used_at=func.now())
                .returning(ApiKey.workspace_id)
            )
        if len(self._seen) >= _MOST:
            self._seen.clear()
        lasting = self._remember_seconds if workspace_id else min(_FORGET_UNKNOWN_SECONDS, self._remember_seconds)
        self._seen[key] = workspace_id, time.monotonic() + lasting
