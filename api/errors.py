"""Every error as a problem document (RFC 9457): what a caller may know, and nothing else."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import DataError, IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException

from journeys.errors import Fault, SojournError, TooMany

log = structlog.get_logger("api")
MEDIA_TYPE = "application/problem+json"
_DETAILS = {
    404: "There is nothing at this address.",
    405: "This address does not take this method.",
    413: "The body is over the limit.",
}


def problem(
    status: int,
    title: str,
    detail: str | None = None,
    faults: Sequence[Fault] = (),
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    """Return a problem document."""
    body: dict[str, Any] = {"type": "about:blank", "title": title, "status": status}
    if detail:
        body["detail"] = detail
    if faults:
        body["errors"] = [{"pointer": fault.pointer, "message": fault.message} for fault in faults]
    return JSONResponse(body, status, dict(headers or {}), MEDIA_TYPE)


def add_error_handlers(app: FastAPI) -> None:
    """Render every error that may leave a route; what nobody expected is left to the middleware around them all."""
    app.add_exception_handler(SojournError, _ours)  # type: ignore[arg-type]  # Starlette types handlers by Exception
    app.add_exception_handler(RequestValidationError, _invalid)  # type: ignore[arg-type]
    app.add_exception_handler(HTTPException, _http)  # type: ignore[arg-type]
    app.add_exception_handler(DataError, _unstorable)
    app.add_exception_handler(UnicodeEncodeError, _unstorable)
    app.add_exception_handler(IntegrityError, _conflict)
    app.add_exception_handler(OperationalError, _unavailable)
    app.add_exception_handler(InterfaceError, _unavailable)
    app.add_exception_handler(PoolTimeout, _unavailable)


async def _ours(_request: Request, error: SojournError) -> JSONResponse:
    headers = {"Retry-After": str(error.retry_after_seconds)} if isinstance(error, TooMany) else {}
    if error.status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    return problem(error.status, error.title, error.detail, error.faults, headers)


async def _invalid(_request: Request, error: RequestValidationError) -> JSONResponse:
    errors = error.errors()
    if any(each["type"] == "json_invalid" for each in errors):
        return problem(400, "Not JSON", "The body is not valid JSON.")
    faults = [Fault(_pointer(each["loc"]), each["msg"].removeprefix("Value error, ")) for each in errors]
    return problem(422, "Invalid input", "; ".join(f"{each.pointer}: {each.message}" for each in faults[:3]), faults)


async def _http(_request: Request, error: HTTPException) -> JSONResponse:
    title = HTTPStatus(error.status_code).phrase
    return problem(error.status_code, title, _DETAILS.get(error.status_code, str(error.detail)), headers=error.headers)


async def _unstorable(_request: Request, _error: Exception) -> JSONResponse:
    return problem(422, "Invalid input", "A value holds characters or a size that cannot be stored.")


async def _conflict(_request: Request, error: Exception) -> JSONResponse:
    log.info("request.conflicted", constraint=getattr(getattr(error, "orig", None), "sqlstate", None))
    return problem(409, "Conflict", "It exists already, or something it refers to does not.")


async def _unavailable(request: Request, error: Exception) -> JSONResponse:
    log.warning("store.unavailable", path=request.url.path, error=type(error).__name__)
    return problem(503, "Temporarily unavailable", "The store does not answer now.", headers={"Retry-After": "2"})


def _pointer(loc: Sequence[str | int]) -> str:
    """Return a JSON pointer into the body; other places go by their own name, as in `/query/limit`."""
    parts = loc[1:] if loc and loc[0] == "body" else loc
    return "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in parts)
