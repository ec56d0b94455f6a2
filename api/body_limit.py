"""Bodies over the limit of their route, refused as a problem document: the framework's own refusal is plain text."""

from starlette.datastructures import Headers
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.types import Message, Receive, Scope, Send

from api.errors import problem
from journeys.errors import TooLarge


class BodyLimit(RequestBodyLimitMiddleware):
    """Refuses what is too large before it is read; a route may set a limit of its own."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and what is answered back."""
        is_refused = False

        async def send_problem(message: Message) -> None:
            nonlocal is_refused
            if is_refused:
                return
            is_refused = _is_plain_refusal(message)
            if is_refused:
                await problem(TooLarge.status, TooLarge.title, "The body is over the limit.")(scope, receive, send)
            else:
                await send(message)

        await super().__call__(scope, receive, send_problem)


def _is_plain_refusal(message: Message) -> bool:
    return (
        message["type"] == "http.response.start"
        and message["status"] == TooLarge.status
        and Headers(raw=message["headers"]).get("Content-Type", "").startswith("text/plain")
    )
