"""Forms in: what a page sends to `/f/{key}` becomes an event of the contact. No sign-in, no cookie."""

from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Depends, Request, Response
from starlette.responses import JSONResponse, RedirectResponse

from api.cross_origin import ANYONE, PREFLIGHT, CrossOriginRoute
from api.deps import DatabaseDep, ThrottleDep, client_network
from api.hooks.pages import page
from api.routers.ingest import get_batcher
from journeys.auth.throttle import Allowance
from journeys.errors import Forbidden, InvalidInput, TooLarge
from journeys.events.forms import find_open_form, read_submission
from journeys.events.ingest import IngestBatcher
from journeys.events.models import Form

router = APIRouter(prefix="/f", tags=["forms"], route_class=CrossOriginRoute)

ONE_SENDER = Allowance(burst=20, per_second=1 / 5)
MOST_BYTES = 64 * 1024
JSON = "application/json"

Batcher = Annotated[IngestBatcher, Depends(get_batcher)]


@router.post("/{key}", response_class=Response)
async def receive_form(
    key: str, request: Request, database: DatabaseDep, throttle: ThrottleDep, batcher: Batcher
) -> Response:
    """Take what was filled in. A page's form is thanked with a page or sent on; a script gets JSON."""
    await throttle.take(f"form:{client_network(request)}", ONE_SENDER)
    is_script = _wants_json(request)
    data = await _read(request)
    async with database.engine() as session:
        form = await find_open_form(session, key)
        _check_origin(request, form)
        try:
            events = await read_submission(session, form, data)
        except InvalidInput as error:
            if is_script:
                raise
            faults = "; ".join(f"{fault.pointer.removeprefix('/')}: {fault.message}" for fault in error.faults)
            return page("Please check the form", faults or error.detail, status=422)
    if events:
        await batcher.add(events)
    if is_script:
        return JSONResponse({"success": True})
    if form.redirect_url:
        return RedirectResponse(form.redirect_url, 303)
    return page("Thank you", "We got what you sent.")


@router.options("/{key}", include_in_schema=False)
async def answer_preflight(key: str) -> Response:
    """Let scripts of other websites send forms."""
    return Response(status_code=204, headers=PREFLIGHT | ANYONE)


def _wants_json(request: Request) -> bool:
    sent, wanted = request.headers.get("Content-Type", ""), request.headers.get("Accept", "")
    return sent.startswith(JSON) or (JSON in wanted and "text/html" not in wanted)


def _check_origin(request: Request, form: Form) -> None:
    origin = request.headers.get("Origin")
    if form.origins and origin not in form.origins:
        raise Forbidden("This form may not be sent from here.")


async def _read(request: Request) -> dict[str, Any]:
    """Return the fields as they were sent; one that comes several times is a list."""
    if int(request.headers.get("Content-Length") or MOST_BYTES + 1) > MOST_BYTES:
        raise TooLarge(f"A form has at most {MOST_BYTES // 1024} KB, and says how long it is.")
    if request.headers.get("Content-Type", "").startswith(JSON):
        try:
            data = orjson.loads(await request.body())
        except orjson.JSONDecodeError as error:
            raise InvalidInput("The body is not JSON.") from error
        if not isinstance(data, dict):
            raise InvalidInput("The body should be a JSON object.")
        return data
    async with request.form(max_files=0, max_fields=100) as sent:
        fields: dict[str, Any] = {}
        for name in sent:
            values = [value for value in sent.getlist(name) if isinstance(value, str)]
            fields[name] = values if len(values) > 1 else "".join(values)
        return fields
