"""Addresses that get no mail."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query

from api.deps import Editor, Reader, Session
from api.idempotency import IdempotentRoute
from api.paging import PAGE, Cursor, Limit, decode_cursor, page
from api.schemas.base import Page
from api.schemas.contacts import SuppressionCreate, SuppressionRead
from journeys.auth.audit import record_change
from journeys.contacts import consent
from journeys.contacts.addresses import normalize_address
from journeys.errors import Fault, InvalidInput

router = APIRouter(prefix="/api/suppressions", tags=["suppressions"], route_class=IdempotentRoute)


@router.get("")
async def list_suppressions(
    session: Session,
    reader: Reader,
    q: Annotated[str | None, Query(max_length=200)] = None,
    limit: Limit = PAGE,
    cursor: Cursor = None,
) -> Page[SuppressionRead]:
    """Return suppressed addresses, the newest first."""
    before = decode_cursor(cursor, tuple[datetime, str])
    rows = await consent.list_suppressions(session, reader.workspace_id, search=q, before=before, limit=limit + 1)
    return page(rows, limit, lambda row: (row.created_at, row.address), SuppressionRead.model_validate)


@router.post("", status_code=204)
async def create_suppressions(body: SuppressionCreate, session: Session, actor: Editor) -> None:
    """Stop mail to these addresses."""
    addresses = [normalize_address(each) for each in body.addresses]
    faults = [Fault(f"/addresses/{n}", "This is not an email address.") for n, each in enumerate(addresses) if not each]
    if faults:
        raise InvalidInput("Some of these are not email addresses.", faults)
    await consent.suppress(
        session, actor.workspace_id, [each for each in addresses if each], body.reason, actor.name, body.scope
    )
    await record_change(session, actor, "suppressed", "addresses", len(addresses), {"reason": body.reason})


@router.delete("/{address}", status_code=204)
async def delete_suppression(address: str, session: Session, actor: Editor) -> None:
    """Let mail to an address go again."""
    await consent.unsuppress(session, actor.workspace_id, address.lower())
    await record_change(session, actor, "allowed", "addresses", 1)
