"""The process's mailroom: providers by connection and compiled mails by version, each opened or compiled once."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import redis.asyncio as redis
from sqlalchemy import text

from journeys.auth.secret_key import load_secret_key
from journeys.connectors.connections import open_provider
from journeys.connectors.limited import LimitedProvider
from journeys.connectors.limits import Gate, Limit
from journeys.db.session import Database
from journeys.enrollments.sending import Channel
from journeys.enrollments.stages import Opened
from journeys.errors import NotFound
from journeys.messaging.brand import workspace_facts
from journeys.messaging.compose import CompiledMessage, TemplateSource, compile_message
from journeys.messaging.links import TrackingTokens
from journeys.settings import Settings

KEEP_SECONDS = 5.0
"""How long a connection's settings are trusted before the row is looked at again."""

RETIRED_SECONDS = 3_600.0
"""How long a stage may go on sending by the connection that it began with, after its settings changed."""

MAILS_KEPT = 500


@dataclass
class _Open:
    channel: Channel
    giving_way: Channel
    """The same for broadcasts, which give way to triggered mail."""
    fingerprint: str
    checked_at: float


class WorkspaceMailroom:
    """Implements journeys.enrollments.sending.Mailroom over the database."""

    def __init__(self, settings: Settings, database: Database, client: "redis.Redis") -> None:
        self._settings, self._database, self._redis = settings, database, client
        self._secret = load_secret_key(settings)
        self.tokens = TrackingTokens(self._secret)
        self.base_url = settings.public_url
        self.chunk_size = settings.chunk_size
        self._open: dict[tuple[UUID, str | None], _Open] = {}
        self._mails: OrderedDict[UUID, CompiledMessage] = OrderedDict()
        self._names: dict[UUID, tuple[float, dict[str, object]]] = {}
        self._retiring: dict[asyncio.Task[None], _Open] = {}
        self._lock = asyncio.Lock()

    async def channel(self, workspace_id: UUID, connection: str | None, *, bulk: bool = False) -> Channel:
        """Return the named connection's channel, or the default one's; reopened when its settings changed."""
        held = self._open.get((workspace_id, connection))
        if held is None or time.monotonic() - held.checked_at >= KEEP_SECONDS:
            async with self._lock:
                held = await self._look_again(workspace_id, connection)
        return held.giving_way if bulk else held.channel

    async def _look_again(self, workspace_id: UUID, connection: str | None) -> _Open:
        held = self._open.get((workspace_id, connection))
        async with self._database.workspace(workspace_id) as session:
            row = (
                await session.execute(
                    text("""
                        SELECT c.id, c.connector, c.config, c.sealed, w.settings,
                               concat(c.id, c.updated_at, w.settings) AS fingerprint
                        FROM workspaces w LEFT JOIN connections c ON c.workspace_id = w.id AND c.disabled_at IS NULL
                          AND CASE WHEN CAST(:name AS text) IS NULL THEN c.default_mail
                                   ELSE c.name = :name OR CAST(c.id AS text) = :name END
                        WHERE w.id = :workspace_id
                    """),
                    {"workspace_id": workspace_id, "name": connection},
                )
            ).one()
        if row.id is None and connection is not None:
            if held:
                self._retire(self._open.pop((workspace_id, connection)))
            raise NotFound(f"there is no mail connection {connection!r}")
        if held and held.fingerprint == row.fingerprint:
            held.checked_at = time.monotonic()
            return held
        channel = self._channel_of(row)
        opened = _Open(*self._limit(channel, row.config or {}), row.fingerprint, time.monotonic())
        self._open[workspace_id, connection] = opened
        if held:
            self._retire(held)
        return opened

    def _retire(self, held: _Open) -> None:
        """Close a channel that nobody is given any more, once whoever is sending by it must be done."""

        async def close() -> None:
            await asyncio.sleep(RETIRED_SECONDS + held.channel.provider.timeout_seconds)
            await held.channel.provider.close()

        task = asyncio.create_task(close())
        self._retiring[task] = held
        task.add_done_callback(lambda done: self._retiring.pop(done, None))

    def _limit(self, channel: Channel, config: Mapping[str, Any]) -> tuple[Channel, Channel]:
        """Put a connection's provider behind its gate: for triggered mail, and for broadcasts."""
        if channel.connection_id is None:
            return channel, channel
        provider = channel.provider
        limit = Limit(config.get("per_second"), config.get("at_once"))
        gate = Gate(self._redis, channel.connection_id, limit, provider.timeout_seconds)
        triggered, broadcast = (LimitedProvider(provider, gate, bulk=bulk) for bulk in (False, True))
        return replace(channel, provider=triggered), replace(channel, provider=broadcast)

    def _channel_of(self, row: Any) -> Channel:
        """Open a connection; without one, the outbox. What it leaves open, the workspace's settings say."""
        config, settings = row.config or {}, row.settings
        connector = row.connector or "outbox"
        return Channel(
            provider=open_provider(connector, config, row.sealed, self._settings, self._secret),
            connection_id=row.id,
            sender=config.get("sender") or settings.get("from_address") or DEFAULT_SENDER,
            sender_name=config.get("sender_name") or settings.get("from_name") or "",
            reply_to=settings.get("reply_to"),
            base_url=(settings.get("tracking_url") or self.base_url).rstrip("/"),
        )

    async def mail(self, workspace_id: UUID, template_version_id: UUID) -> CompiledMessage:
        """Return a template version, compiled once in this process."""
        if compiled := self._mails.get(template_version_id):
            self._mails.move_to_end(template_version_id)
            return compiled
        async with self._database.workspace(workspace_id) as session:
            row = (
                await session.execute(
                    text("SELECT subject, preheader, html, mjml, text FROM template_versions WHERE id = :id"),
                    {"id": template_version_id},
                )
            ).one_or_none()
        if row is None:
            raise NotFound(f"there is no template version {template_version_id}")
        compiled = compile_message(TemplateSource(**row._mapping))
        self._mails[template_version_id] = compiled
        if len(self._mails) > MAILS_KEPT:
            self._mails.popitem(last=False)
        return compiled

    async def globals(self, opened: Opened) -> dict[str, object]:
        """Return what every mail of a journey may read: its journey's and workspace's names."""
        held = self._names.get(opened.place.version_id)
        if held and time.monotonic() - held[0] < KEEP_SECONDS:
            return held[1]
        async with self._database.workspace(opened.place.workspace_id) as session:
            row = (
                await session.execute(
                    text("""
                        SELECT j.name, j.slug, w.name AS workspace, w.settings FROM journeys j
                        JOIN workspaces w ON w.id = j.workspace_id WHERE j.id = :id
                    """),
                    {"id": opened.place.journey_id},
                )
            ).one()
        names: dict[str, object] = {
            "journey": {"name": row.name, "slug": row.slug},
            "workspace": workspace_facts(row.workspace, row.settings),
        }
        self._names[opened.place.version_id] = (time.monotonic(), names)
        return names

    async def close(self) -> None:
        """Close every provider."""
        for task in list(self._retiring):
            task.cancel()
        for held in [*self._open.values(), *self._retiring.values()]:
            await held.channel.provider.close()


DEFAULT_SENDER = "journeys@sojourn.localhost"
