"""Routes that pages of any website may call: they carry a key of their own and never a cookie."""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute

from api.errors import problem
from journeys.errors import SojournError, TooMany

ANYONE = {"Access-Control-Allow-Origin": "*"}
PREFLIGHT = ANYONE | {
    "Access-Control-Allow-Methods": "POST, OPTIONS",
    "Access-Control-Allow-Headers": "Authorization, Content-Type, Content-Encoding",
    "Access-Control-Max-Age": "86400",
}


class CrossOriginRoute(APIRoute):
    """A route whose answers, errors too, may be read by pages of other origins."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Wrap the handler: errors that browsers may not read look like a dead server to the page."""
        answer = super().get_route_handler()

        async def handle(request: Request) -> Response:
            try:
                response = await answer(request)
            except SojournError as error:
                headers = {"Retry-After": str(error.retry_after_seconds)} if isinstance(error, TooMany) else {}
                response = problem(error.status, error.title, error.detail, error.faults, headers)
            response.headers.update(ANYONE)
            return response

        return handle
