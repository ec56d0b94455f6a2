"""Idempotency-Key: a POST that is repeated gets the first answer again, and makes nothing twice.

The answer is stored in the transaction of the change itself. The unique key makes a repeat that comes meanwhile wait
for the first to commit; a request that fails stores nothing and may be tried again. An answer is for whoever asked, in
the role they had, so that a repeat passes no check of rights. A route that answers with a secret is no `IdempotentRoute`:
its repeat makes nothing twice either, but the secret is not kept.
"""

from collections.abc import Awaitable, Callable
from hashlib import sha256
from typing import Any
from uuid import UUID

from fastapi import Request, Response
from fastapi.routing import APIRoute
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from journeys.auth.models import IdempotentAnswer
from journeys.auth.roles import Principal
from journeys.errors import Conflict, InvalidInput

HEADER = "Idempotency-Key"
REPEATED = "Idempotency-Replayed"
LONGEST_KEY = 200


class Answered(Exception):
    """The request was made before; here is what it was answered."""

    def __init__(self, status: int, body: bytes) -> None:
        self.status, self.body = status, body


class IdempotentRoute(APIRoute):
    """A route that remembers its answer to a POST with an Idempotency-Key."""

    def get_route_handler(self) -> Callable[[Request], Awaitable[Response]]:  # type: ignore[override]
        """Wrap the handler inside its transaction, which is still open when the answer is there."""
        handle = super().get_route_handler()

        async def answer(request: Request) -> Response:
            try:
                response = await handle(request)
            except Answered as earlier:
                media_type = "application/json" if earlier.body else None
                return Response(earlier.body, earlier.status, {REPEATED: "true"}, media_type)
            await _remember(request, response)
            return response

        return answer


async def claim_answer(request: Request, session: AsyncSession, caller: Principal) -> None:
    """Take the caller's key, or raise the answer that they were given under it before."""
    key = request.headers.get(HEADER)
    if request.method != "POST" or key is None:
        return
    if not 0 < len(key) <= LONGEST_KEY:
        raise InvalidInput(f"{HEADER} has 1 to {LONGEST_KEY} characters.")
    workspace_id, key = caller.workspace_id, f"{caller.id} {caller.role} {key}"
    request_hash = await _hash(request)
    claim = insert(IdempotentAnswer).values(workspace_id=workspace_id, key=key, request_hash=request_hash)
    claimed = await session.scalar(claim.on_conflict_do_nothing().returning(IdempotentAnswer.id))
    if claimed:
        request.state.idempotent = (session, claimed)
        return
    earlier = await session.scalar(
        select(IdempotentAnswer).where(IdempotentAnswer.workspace_id == workspace_id, IdempotentAnswer.key == key)
    )
    if earlier is None or earlier.status is None:
        raise Conflict(f"A request with this {HEADER} is under way, or its answer held a secret, which is shown once.")
    if earlier.request_hash != request_hash:
        raise InvalidInput(f"This {HEADER} was used for another request.")
    raise Answered(earlier.status, earlier.body or b"")


async def _remember(request: Request, response: Response) -> None:
    claimed: tuple[AsyncSession, UUID] | None = getattr(request.state, "idempotent", None)
    if claimed is None:
        return
    session, answer_id = claimed
    stored: dict[str, Any] = {"status": response.status_code, "body": bytes(response.body)}
    await session.execute(update(IdempotentAnswer).where(IdempotentAnswer.id == answer_id).values(stored))


async def _hash(request: Request) -> bytes:
    """Return a hash of what is asked. Uploads are told apart by their size: their bytes are gone by now."""
    content_type = request.headers.get("Content-Type", "")
    upload = content_type.startswith("multipart/")
    body = request.headers.get("Content-Length", "").encode() if upload else await request.body()
    return sha256(f"{request.url.path}?{request.url.query}\n".encode() + body).digest()
