"""Around every request: an id, a line in the log, a measurement, and the headers that browsers heed."""

import re
import time
from uuid import uuid4

import structlog
from prometheus_client import Counter, Histogram
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import problem

log = structlog.get_logger("api")
REQUESTS = Counter("sojourn_http_requests", "Requests answered", ["method", "route", "status"])
SECONDS = Histogram("sojourn_http_seconds", "Time to answer a request", ["method", "route"])

_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}
_HSTS = "max-age=31536000"


class Surroundings:
    """Gives each request its id, its log line, its metrics, its security headers, and an answer whatever happens."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        given = Headers(scope=scope).get("X-Request-ID", "")
        request_id = given if _ID.fullmatch(given) else uuid4().hex
        started, status, is_begun = time.perf_counter(), 500, False

        async def send_with_headers(message: Message) -> None:
            nonlocal status, is_begun
            if message["type"] == "http.response.start":
                status, is_begun = message["status"], True
                _add_headers(MutableHeaders(scope=message), request_id, scope)
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                await self.app(scope, receive, send_with_headers)
            except Exception as error:
                log.error("request.failed", route=_route(scope), exc_info=error)
                if is_begun:
                    raise  # half an answer can only be cut off
                # Answered here, and not raised on: the server would close the connection under the caller's next request.
                detail = f"The error was logged under the request id {request_id}."
                await problem(500, "Something went wrong", detail)(scope, receive, send_with_headers)
            finally:
                _record(scope, status, time.perf_counter() - started)


def _add_headers(headers: MutableHeaders, request_id: str, scope: Scope) -> None:
    headers["X-Request-ID"] = request_id
    for name, value in _HEADERS.items():
        headers.setdefault(name, value)
    if scope["scheme"] == "https":
        headers.setdefault("Strict-Transport-Security", _HSTS)
    if scope["path"].startswith(("/api/", "/u/", "/v/")):
        headers.setdefault("Cache-Control", "no-store")


def _route(scope: Scope) -> str:
    return getattr(scope.get("route"), "path", None) or "(none)"


def _record(scope: Scope, status: int, seconds: float) -> None:
    """Count and log by the route's pattern: paths may hold signed tokens."""
    route = _route(scope)
    REQUESTS.labels(scope["method"], route, str(status)).inc()
    SECONDS.labels(scope["method"], route).observe(seconds)
    log.info("request.answered", method=scope["method"], route=route, status=status, ms=round(seconds * 1000, 1))
