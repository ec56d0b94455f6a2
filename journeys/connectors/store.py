"""A workspace's connections as rows: made, changed, chosen as the default; secrets go in sealed and never come out."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from journeys.connectors.models import Connection
from journeys.connectors.registry import parse_config, seal_config
from journeys.connectors.secrets import SecretBox
from journeys.db.room import ensure_room
from journeys.errors import Conflict, NotFound


async def list_connections(session: AsyncSession, workspace_id: UUID) -> list[Connection]:
    """Return the connections of a workspace, the oldest first."""
    query = select(Connection).where(Connection.workspace_id == workspace_id).order_by(Connection.id)
    return list(await session.scalars(query))


async def get_connection(session: AsyncSession, workspace_id: UUID, connection_id: UUID) -> Connection:
    """Return a connection."""
    query = select(Connection).where(Connection.workspace_id == workspace_id, Connection.id == connection_id)
    connection = await session.scalar(query.with_for_update())
    if connection is None:
        raise NotFound("There is no such connection.")
    return connection


async def get_default(session: AsyncSession, workspace_id: UUID) -> Connection:
    """Return the connection that sends when a journey names none."""
    query = select(Connection).where(
        Connection.workspace_id == workspace_id, Connection.default_mail, Connection.disabled_at.is_(None)
    )
    connection = await session.scalar(query)
    if connection is None:
        raise NotFound("No mail connection is the default one.")
    return connection


async def create_connection(
    session: AsyncSession, workspace_id: UUID, connector: str, name: str, config: Mapping[str, Any], box: SecretBox
) -> Connection:
    """Make a connection from checked settings."""
    shown, sealed = seal_config(connector, parse_config(connector, config), box)
    await ensure_room(session, workspace_id, Connection)
    connection = Connection(workspace_id=workspace_id, connector=connector, name=name, config=shown, sealed=sealed)
    session.add(connection)
    await _flush(session, name)
    await session.refresh(connection)
    return connection


async def update_connection(
    session: AsyncSession,
    connection: Connection,
    box: SecretBox,
    *,
    name: str | None = None,
    config: Mapping[str, Any] | None = None,
) -> None:
    """Rename a connection or change settings; those left out, secrets too, stay as they are."""
    connection.name = name or connection.name
    if config is not None:
        secrets = box.open(connection.sealed, connection.connector) if connection.sealed else {}
        merged = parse_config(connection.connector, {**connection.config, **secrets, **config})
        connection.config, connection.sealed = seal_config(connection.connector, merged, box)
    connection.updated_at = datetime.now(UTC)
    await _flush(session, connection.name)


async def make_default(session: AsyncSession, connection: Connection) -> None:
    """Send by this connection when a journey names none."""
    if connection.disabled_at is not None:
        raise Conflict("This connection is disabled.")
    others = update(Connection).where(Connection.workspace_id == connection.workspace_id, Connection.default_mail)
    await session.execute(others.values(default_mail=False))
    connection.default_mail = True
    await session.flush()


async def delete_connection(session: AsyncSession, connection: Connection) -> None:
    """Forget a connection and its secrets; the default one stays until another takes its place."""
    if connection.default_mail:
        raise Conflict("This is the default connection. Make another one the default first.")
    await session.delete(connection)
    await session.flush()


async def _flush(session: AsyncSession, name: str) -> None:
    try:
        await session.flush()
    except IntegrityError:
        raise Conflict(f"There is a connection called {name!r} already.") from None
