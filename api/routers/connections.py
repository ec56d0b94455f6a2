"""Connectors, and the workspace's connections to them."""

import asyncio
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from api.deps import Connector, DatabaseDep, Reader, Session, SettingsDep
from api.idempotency import IdempotentRoute
from api.schemas.base import Page
from api.schemas.connections import ConnectionCreate, ConnectionRead, ConnectionUpdate, ConnectorRead, Health
from journeys.auth.audit import record_change
from journeys.auth.secret_key import load_secret_key
from journeys.connectors import store
from journeys.connectors.connections import open_provider
from journeys.connectors.models import Connection
from journeys.connectors.registry import CONNECTOR_KINDS
from journeys.connectors.secrets import SecretBox
from journeys.errors import InvalidInput, SojournError

router = APIRouter(prefix="/api", tags=["connections"], route_class=IdempotentRoute)
_PATIENCE_SECONDS = 15


def get_box(settings: SettingsDep) -> SecretBox:
    """Return what seals secrets."""
    return SecretBox(load_secret_key(settings))


Box = Annotated[SecretBox, Depends(get_box)]


@router.get("/connectors")
async def list_connectors(_reader: Reader) -> Page[ConnectorRead]:
    """Return the kinds of connection there are."""
    rows = CONNECTOR_KINDS.values()
    return Page(
        items=[
            ConnectorRead(
                kind=row.kind, title=row.title, description=row.description, config_schema=row.config_schema()
            )
            for row in rows
        ]
    )


@router.get("/connections")
async def list_connections(session: Session, reader: Reader) -> Page[ConnectionRead]:
    """Return the connections, without secrets."""
    return Page(items=[_read(row) for row in await store.list_connections(session, reader.workspace_id)])


@router.post("/connections", status_code=201)
async def create_connection(body: ConnectionCreate, session: Session, actor: Connector, box: Box) -> ConnectionRead:
    """Make a connection; its secrets are sealed and never shown again."""
    if body.kind not in CONNECTOR_KINDS:
        raise InvalidInput(f"There is no connector {body.kind!r}; there are {', '.join(CONNECTOR_KINDS)}.")
    row = await store.create_connection(session, actor.workspace_id, body.kind, body.name, body.config, box)
    await record_change(session, actor, "created", "connection", row.id, {"kind": body.kind, "name": body.name})
    return _read(row)


@router.patch("/connections/{connection_id}")
async def update_connection(
    connection_id: UUID, body: ConnectionUpdate, session: Session, actor: Connector, box: Box
) -> ConnectionRead:
    """Change a connection, or make it the default."""
    row = await store.get_connection(session, actor.workspace_id, connection_id)
    await store.update_connection(session, row, box, name=body.name, config=body.config)
    if body.is_default:
        await store.make_default(session, row)
    changed = dict.fromkeys(body.model_fields_set, True)
    await record_change(session, actor, "changed", "connection", row.id, {**changed, "name": row.name})
    return _read(row)


@router.delete("/connections/{connection_id}", status_code=204)
async def delete_connection(connection_id: UUID, session: Session, actor: Connector) -> None:
    """Forget a connection and its secrets."""
    row = await store.get_connection(session, actor.workspace_id, connection_id)
    await store.delete_connection(session, row)
    await record_change(session, actor, "deleted", "connection", connection_id, {"name": row.name})


@router.post("/connections/{connection_id}/check")
async def check_connection(
    connection_id: UUID, database: DatabaseDep, actor: Connector, settings: SettingsDep
) -> Health:
    """Try a connection, sending nothing."""
    async with database.workspace(actor.workspace_id) as session:
        row = await store.get_connection(session, actor.workspace_id, connection_id)
    provider = open_provider(row.connector, row.config, row.sealed, settings, load_secret_key(settings))
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            await provider.check()
    except SojournError as error:
        return Health(healthy=False, detail=error.detail)
    except TimeoutError:
        return Health(healthy=False, detail="It does not answer.")
    finally:
        await provider.close()
    return Health(healthy=True, detail=None)


def _read(row: Connection) -> ConnectionRead:
    return ConnectionRead(
        id=row.id,
        kind=row.connector,
        name=row.name,
        config=row.config,
        has_secrets=row.sealed is not None,
        is_default=row.default_mail,
        disabled=row.disabled_at is not None,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )
