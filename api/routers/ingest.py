"""Events in: the Segment spec under `/v1`. An event that is acknowledged is on disk."""

from base64 import b64decode
from datetime import UTC, datetime
from typing import Annotated, Any, cast

from fastapi import APIRouter, Depends, Request, Response
from fastapi.security import HTTPBasic
from starlette.requests import ClientDisconnect

from api.cross_origin import PREFLIGHT, CrossOriginRoute
from api.schemas.base import FieldProblem, Problem
from api.schemas.ingest import Accepted, RefusedEvent
from journeys.errors import Fault, InvalidInput, Unauthorized
from journeys.events.ingest import IngestBatcher
from journeys.events.normalize import Incoming, Received, Refused, normalize
from journeys.events.segment_spec import Alias, Group, Identify, Message, Page, Screen, Track, find_time
from journeys.events.wire import BATCH_BYTES, NotReadable, decompress, parse, too_large
from journeys.events.write_keys import WriteKeys

_DRAINED_BYTES = 16 * 1024 * 1024
"""So much of a body that is too large is read and dropped: many clients read no answer while they still send."""

_basic = HTTPBasic(auto_error=False, description="A write key, `wk_...`, as the user name; no password.")

router = APIRouter(
    prefix="/v1",
    tags=["events"],
    route_class=CrossOriginRoute,
    responses={status: {"model": Problem} for status in (400, 401, 413, 429, 503)},
    dependencies=[Depends(_basic)],
    max_body_size=_DRAINED_BYTES,
)


class InvalidEvents(InvalidInput):
    """No event of the request can be stored."""

    status, title = 400, "Invalid events"


# Both are coroutines because FastAPI sends plain functions through a thread, which would cost more than all the rest.
async def get_batcher(request: Request) -> IngestBatcher:
    """Return the process's group commit of events."""
    return cast(IngestBatcher, request.app.state.ingest)


async def read_received(request: Request) -> tuple[Any, Received]:
    """Return the parsed body, and what all its messages have in common."""
    received_at = datetime.now(UTC)
    keys, settings = _write_keys_of(request), request.app.state.settings
    secret = _key_of(request)
    workspace_id = await keys.workspace_of(secret) if secret else None
    payload = parse(await _read_body(request))
    if not isinstance(payload, dict):
        raise NotReadable("The body should be a JSON object.")
    if workspace_id is None:
        workspace_id = await keys.workspace_of(_key_in(payload))
    sent_at = find_time(payload.get("sentAt"))
    return payload, Received(workspace_id, received_at, sent_at, settings.events_retain_days)


Batcher = Annotated[IngestBatcher, Depends(get_batcher)]
Body = Annotated[tuple[Any, Received], Depends(read_received)]


def _write_keys_of(request: Request) -> WriteKeys:
    """Return the process's memory of write keys, made when first asked for."""
    state = request.app.state
    if not hasattr(state, "write_keys"):
        state.write_keys = WriteKeys(request.app.state.database)
    return cast(WriteKeys, state.write_keys)


def _body_of(model: type[Message]) -> dict[str, Any]:
    schema = model.model_json_schema()
    schema["properties"].pop("type")
    schema["required"] = [name for name in schema["required"] if name != "type"]
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}


_BATCH_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["batch"],
                    "properties": {
                        "batch": {"type": "array", "items": {"type": "object"}},
                        "sentAt": {"type": "string", "format": "date-time"},
                    },
                }
            }
        },
    }
}


@router.post("/batch", openapi_extra=_BATCH_BODY, response_model=Accepted, response_model_exclude_none=True)
@router.post("/b", include_in_schema=False, response_model=Accepted, response_model_exclude_none=True)
async def receive_batch(received: Body, batcher: Batcher) -> Accepted:
    """Store a batch of messages; those that cannot be stored are named, with the reason, and the others are."""
    payload, common = received
    messages = payload.get("batch")
    if not isinstance(messages, list):
        raise InvalidEvents("A batch should be a list of events.", [Fault("/batch", "A list of events is required")])
    events, refused = _normalize_all(messages, common)
    if refused and not events:
        faults = [Fault(error.pointer, error.message) for each in refused for error in each.errors]
        raise InvalidEvents("No event of the batch can be stored.", faults)
    await batcher.add(events)
    return Accepted(refused=refused or None)


def _receiver(model: type[Message], short: str) -> None:
    """Add the route of one kind of message, also under the letter that Segment's browser client uses."""
    kind = model.__name__.lower()

    async def receive(received: Body, batcher: Batcher) -> Accepted:
        payload, common = received
        try:
            event = normalize(payload | {"type": kind}, common)
        except Refused as error:
            raise InvalidEvents(str(error), error.faults) from None
        await batcher.add([event])
        return Accepted()

    receive.__name__, receive.__doc__ = f"receive_{kind}", f"Store one message: {model.__doc__}"
    options: dict[str, Any] = {"methods": ["POST"], "response_model": Accepted, "response_model_exclude_none": True}
    router.add_api_route(f"/{kind}", receive, openapi_extra=_body_of(model), **options)
    router.add_api_route(f"/{short}", receive, include_in_schema=False, **options)


for _model, _short in ((Identify, "i"), (Track, "t"), (Page, "p"), (Screen, "s"), (Group, "g"), (Alias, "a")):
    _receiver(_model, _short)


@router.options("/{kind}", include_in_schema=False)
async def answer_preflight(kind: str) -> Response:
    """Let pages of every website send events."""
    return Response(status_code=204, headers=PREFLIGHT)


def _normalize_all(messages: list[Any], common: Received) -> tuple[list[Incoming], list[RefusedEvent]]:
    events, refused = [], []
    for index, message in enumerate(messages):
        try:
            events.append(normalize(message, common))
        except Refused as error:
            key = message.get("messageId") if isinstance(message, dict) else None
            errors = [
                FieldProblem(pointer=f"/batch/{index}{each.pointer}", message=each.message) for each in error.faults
            ]
            refused.append(
                RefusedEvent(
                    index=index, message_id=key if isinstance(key, str) else None, reason=str(error), errors=errors
                )
            )
    return events, refused


async def _read_body(request: Request) -> bytes:
    encoding = request.headers.get("Content-Encoding", "identity").lower()
    if encoding not in ("identity", "gzip"):
        raise NotReadable("The only Content-Encoding taken is gzip.")
    body, size = bytearray(), 0
    try:
        async for chunk in request.stream():
            size += len(chunk)
            if size <= BATCH_BYTES:
                body += chunk
            elif size > _DRAINED_BYTES:
                break
    except ClientDisconnect:
        raise NotReadable("The client went away before it had sent the body.") from None
    if size > BATCH_BYTES:
        raise too_large()
    return decompress(bytes(body)) if encoding == "gzip" else bytes(body)


def _key_of(request: Request) -> str | None:
    """Return the write key of the Authorization header: a bearer token, or the user name of Basic."""
    scheme, _, value = request.headers.get("Authorization", "").partition(" ")
    if not scheme:
        return None
    if scheme.lower() == "bearer":
        return value.strip()
    try:
        return b64decode(value, validate=True).decode().partition(":")[0]
    except ValueError:
        raise Unauthorized("The Authorization header should be Basic, with a write key as the user name.") from None


def _key_in(payload: dict[str, Any]) -> str:
    """Return the write key of the body, where browsers put it: a header of theirs would cost another request."""
    key = payload.get("writeKey")
    if not isinstance(key, str) or not key:
        raise Unauthorized("Send a write key as the Basic user name, as a bearer token, or as writeKey in the body.")
    return key
