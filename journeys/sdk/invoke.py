"""Call an activity as the engine does: config and result are checked, time is bounded, errors become answers."""

import asyncio
import logging
from collections.abc import Awaitable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import httpx
import orjson
from pydantic import BaseModel, ValidationError

from journeys.sdk.context import ActivityContext, BatchContext
from journeys.sdk.definition import ActivityDefinition
from journeys.sdk.values import (
    REASON_LENGTH,
    ActivityError,
    ConfigurationError,
    Contact,
    Outcome,
    PermanentError,
    RetryLater,
)
from journeys.sdk.wire import Answer, Call, Reply, Request

ERROR_LENGTH = 1_000
ATTRIBUTES_BYTES = 20_000
THREADS = 32


class Invoker:
    """Calls one activity, with an HTTP client and threads that are kept from call to call."""

    def __init__(self, definition: ActivityDefinition, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self.definition = definition
        self._http = httpx.AsyncClient(timeout=definition.timeout_seconds, transport=transport)
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix=definition.name)
        self._log = logging.getLogger(f"sojourn.activity.{definition.name}")

    async def __call__(self, request: Request) -> Reply:
        """Answer a request; whatever the activity does short of ending the process, there is an answer."""
        try:
            config = self.definition.config.model_validate(request.config)
        except Exception as error:  # a validator of the activity's own may raise anything
            return Reply(refused=_config_faults(error))
        if not request.calls:
            return Reply()
        try:
            async with asyncio.timeout(self.definition.timeout_seconds) as timer:
                result = await self._run(request, config)
        except Exception as error:
            timed_out = timer.expired() and isinstance(error, TimeoutError)
            answer = self._late() if timed_out else self._answer_to(error)
            return Reply([answer] * len(request.calls), stuck=timed_out and not self.definition.is_async)
        return Reply(self._check(result, len(request.calls)))

    async def close(self) -> None:
        """Close the HTTP client, and wait for no thread."""
        await self._http.aclose()
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _run(self, request: Request, config: BaseModel) -> Awaitable[Any]:
        """Start the function on its contacts."""
        common = {
            "workspace_id": request.workspace_id,
            "journey_id": request.journey_id,
            "node_id": request.node_id,
            "timeout_seconds": self.definition.timeout_seconds,
            "http": self._http,
            "log": self._log,
        }
        calls, function = request.calls, self.definition.function
        contacts = [Contact.model_validate(call.contact) for call in calls]
        context = _batch_context(common, calls) if self.definition.batch else _context(common, calls[0])
        people = contacts if self.definition.batch else contacts[0]
        if self.definition.is_async:
            awaitable: Awaitable[Any] = function(context, people, config)
            return awaitable
        return asyncio.get_running_loop().run_in_executor(self._threads, function, context, people, config)

    def _check(self, result: object, n: int) -> list[Answer]:
        if not self.definition.batch:
            return [self._answer_of(result)]
        if not isinstance(result, list | tuple) or len(result) != n:
            said = f"{len(result)} outcomes" if isinstance(result, list | tuple) else f"a {type(result).__name__}"
            return [_failed(f"returned {said} for {n} contacts")] * n
        return [self._answer_of(each) for each in result]

    def _answer_of(self, result: object) -> Answer:
        """Turn what was returned for one contact into an answer."""
        if isinstance(result, ActivityError):
            return self._answer_to(result)
        if not isinstance(result, Outcome):
            return _failed(f"returned a {type(result).__name__} instead of an Outcome")
        if result.outlet not in self.definition.outlets:
            return _failed(f"returned the outlet '{result.outlet[:40]}', which it does not have")
        if reason := _unfit(result.attributes):
            return _failed(reason)
        detail = _plain(result.detail) if result.detail else None
        return Answer("done", outlet=result.outlet, attributes=result.attributes, detail=detail)

    def _answer_to(self, error: Exception) -> Answer:
        """Turn an exception into an answer: those it raises on purpose say what to do, any other may pass by itself."""
        words = _plain(str(error)[:ERROR_LENGTH])
        match error:
            case PermanentError():
                return _failed(words or "failed for good")
            case ConfigurationError():
                return Answer("misconfigured", reason=words[:REASON_LENGTH])
            case RetryLater():
                return Answer("later", reason=words[:REASON_LENGTH], after_seconds=error.after_seconds)
        self._log.warning("activity.raised", exc_info=error)
        reason = f"raised {type(error).__name__}"
        return Answer("later" if self.definition.idempotent else "failed", reason=reason, error=words)

    def _late(self) -> Answer:
        reason = f"timed out after {self.definition.timeout_seconds:g} s"
        return Answer("later" if self.definition.idempotent else "unknown", reason=reason)


def _failed(reason: str) -> Answer:
    return Answer("failed", reason=_plain(reason)[:REASON_LENGTH])


def _plain(text: str) -> str:
    """Return a text that JSON and the database can keep."""
    return text.encode("utf-8", "replace").decode().replace("\x00", "")


def _unfit(attributes: dict[str, Any]) -> str | None:
    """Say why attributes cannot be written to a contact; None when they can."""
    if standard := sorted(attributes.keys() & Contact.model_fields.keys()):
        return f"sets '{standard[0]}', which is no attribute of an activity's to set"
    try:
        kept = orjson.dumps(attributes)
    except TypeError:
        return "returned attributes that cannot be kept"
    if b"\\u0000" in kept or len(kept) > ATTRIBUTES_BYTES:
        return "returned attributes that cannot be kept"
    return None


def _context(common: dict[str, Any], call: Call) -> ActivityContext:
    return ActivityContext(**common, key=call.key, attempt=call.attempt, event=call.event)


def _batch_context(common: dict[str, Any], calls: Sequence[Call]) -> BatchContext:
    return BatchContext(
        **common,
        keys=[call.key for call in calls],
        attempts=[call.attempt for call in calls],
        events=[call.event for call in calls],
    )


def _config_faults(error: Exception) -> str:
    """Name the fields of a config that do not fit, without their values."""
    if not isinstance(error, ValidationError):
        return f"its config cannot be checked: {type(error).__name__}"
    faults = error.errors(include_input=False, include_url=False, include_context=False)
    return "; ".join(f"{'.'.join(map(str, fault['loc'])) or 'config'}: {fault['msg']}" for fault in faults)


def request_of(values: dict[str, Any]) -> Request:
    """Read a request from JSON."""
    return Request(
        activity=values["activity"],
        config=values["config"],
        workspace_id=UUID(values["workspace_id"]),
        journey_id=UUID(values["journey_id"]),
        node_id=values["node_id"],
        calls=[Call(**call) for call in values["calls"]],
    )
