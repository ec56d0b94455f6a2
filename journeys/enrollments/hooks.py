"""Call a webhook for each enrollment of a batch, at most a few at a time, each with its own idempotency key.

The receiver is told the key (`Idempotency-Key`), so a call whose answer was lost is made again, never silently dropped.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx

from journeys.connectors.outside import AddressInside, read_at_most, seconds_until
from journeys.contracts import StageOrder, Token
from journeys.db.ids import new_id
from journeys.db.json import to_json
from journeys.db.session import Database
from journeys.enrollments import effects
from journeys.enrollments.sending import LeaseHeld, WorkerStopping
from journeys.enrollments.stages import Answered, Ledger, find_stop, finish_effect, open_stage
from journeys.messaging.liquid import RenderError, Template, parse_template
from journeys.nodes.ops import CallWebhook

OUTLET_SQL = "CASE m.state WHEN 'done' THEN 'done' WHEN 'failed' THEN 'failed' ELSE 'retry' END"
LEDGER = Ledger("effects", OUTLET_SQL, ("done", "failed"), due_sql="m.lease_until")
RETRY_IN = timedelta(minutes=2)
LAST_ATTEMPT = 30
CHUNK, AT_ONCE = 200, 20
LEASE_MARGIN = timedelta(seconds=10)
ANSWER_LIMIT = 64_000
LONGEST_WAIT_SECONDS = 3_600.0
"""The most that a `Retry-After` is heeded."""
TEMPORARY = {408, 425, 429, 500, 502, 503, 504}
"""Answers worth another try; any other that is not 2xx is final."""


@dataclass(frozen=True)
class Call:
    """One claimed call."""

    enrollment_id: UUID
    visit: int
    context: dict[str, Any]
    attempts: int


@dataclass
class HookStage:
    """One attempt at one webhook stage."""

    database: Database
    http: httpx.AsyncClient
    order: StageOrder
    stopping: Callable[[], bool] = lambda: False

    async def run(self) -> list[Token]:
        """Call for everyone in the batch, then move the batch on."""
        async with self.database.workspace(self.order.workspace_id) as session:
            opened = await open_stage(session, self.order)
        if isinstance(opened, Answered):
            return opened.tokens
        op = opened.node.op
        assert isinstance(op, CallWebhook)
        self._op, self._opened, self._claim_id = op, opened, new_id()
        self._templates = _Templates.of(op)
        while calls := await self._claim():
            gate = asyncio.Semaphore(AT_ONCE)
            answers = await asyncio.gather(*(self._call(each, gate) for each in calls))
            await self._record(answers)
            if self.stopping():
                raise WorkerStopping
            async with self.database.workspace(self.order.workspace_id) as session:
                if stop := await find_stop(session, self.order):
                    return stop.tokens
        await self._refuse_if_alive()
        async with self.database.workspace(self.order.workspace_id) as session:
            return await finish_effect(session, self.order, LEDGER, RETRY_IN)

    async def _claim(self) -> Sequence[Call]:
        """Claim calls that were never made, are due again, or whose attempt died."""
        lease = timedelta(seconds=self._op.timeout_seconds) * (CHUNK // AT_ONCE) + LEASE_MARGIN
        async with self.database.workspace(self.order.workspace_id) as session:
            rows = await effects.claim(session, self._opened, self._claim_id, "webhook", lease, CHUNK)
        return [
            Call(row.id, row.visit, {"contact": flat_contact(row.contact), "event": row.payload or {}}, row.attempts)
            for row in rows
        ]

    async def _call(self, call: Call, gate: asyncio.Semaphore) -> dict[str, Any]:
        """Make one call and return its ledger row."""
        row: dict[str, Any] = {"id": call.enrollment_id, "visit": call.visit, "outcome": None}
        try:
            request = self._templates.render(call.context)
        except RenderError as error:
            return {**row, "state": "failed", "reason": f"render: {error.detail}"[:300]}
        key = f"{call.enrollment_id}:{self._opened.node.id}:{call.visit}"
        try:
            async with gate, asyncio.timeout(self._op.timeout_seconds):
                answer = await self._request(request, key)
        except AddressInside as error:
            return {**row, **_failed(error.detail[:300])}
        except (httpx.HTTPError, TimeoutError) as error:
            return {**row, **_later(call, f"{type(error).__name__}: {error}"[:300])}
        except (httpx.InvalidURL, ValueError, TypeError) as error:  # this contact's values make no request
            return {**row, **_failed(f"request: {error}"[:300])}
        row["outcome"] = {"status": answer.status_code}
        if answer.is_success:
            return {**row, "state": "done", "reason": None}
        reason = f"answered {answer.status_code}"
        if answer.status_code not in TEMPORARY:
            return {**row, **_failed(reason)}
        wait = seconds_until(answer.headers.get("Retry-After", ""))
        return {**row, **_later(call, reason), "wait_seconds": min(wait, LONGEST_WAIT_SECONDS) if wait else None}

    async def _request(self, request: dict[str, Any], key: str) -> httpx.Response:
        """Make the call and return its answer without the body, of which no more is read than keeps the connection."""
        headers = {**request["headers"], "Idempotency-Key": key}
        call = {"headers": headers, "content": request["body"], "timeout": self._op.timeout_seconds}
        async with self.http.stream(self._op.method, request["url"], **call) as answer:
            await read_at_most(answer, ANSWER_LIMIT)
        return answer

    async def _record(self, rows: Sequence[dict[str, Any]]) -> None:
        async with self.database.workspace(self.order.workspace_id) as session:
            await effects.record(session, self._opened, self._claim_id, rows)

    async def _refuse_if_alive(self) -> None:
        """Wait for calls that another attempt holds: they are settled by it, or claimed once its lease is over."""
        async with self.database.workspace(self.order.workspace_id) as session:
            seconds = await effects.find_alive(session, self._opened)
        if seconds is not None:
            raise LeaseHeld(max(seconds, 1.0))


def flat_contact(contact: dict[str, Any] | None) -> dict[str, Any]:
    """Return a contact's own attributes beside those that have a column."""
    columns = dict(contact or {})
    return {**columns, **(columns.pop("attributes", None) or {})}


def _later(call: Call, reason: str) -> dict[str, Any]:
    return {"state": "deferred", "reason": reason} if call.attempts < LAST_ATTEMPT else _failed(reason)


def _failed(reason: str) -> dict[str, Any]:
    return {"state": "failed", "reason": reason}


@dataclass(frozen=True)
class _Templates:
    """The Liquid of a webhook, parsed once per stage."""

    url: Template
    headers: dict[str, Template]
    body: Any

    @classmethod
    def of(cls, op: CallWebhook) -> "_Templates":
        headers = {name: parse_template(value, html=False) for name, value in op.headers.items()}
        return cls(parse_template(op.url, html=False), headers, parse_texts(op.body))

    def render(self, context: dict[str, Any]) -> dict[str, Any]:
        """Return url, headers and body for one contact; without a body of its own, contact and event go as JSON."""
        headers = {name: each.render(context) for name, each in self.headers.items()}
        body = render_texts(self.body, context) if self.body is not None else context
        if not any(name.lower() == "content-type" for name in headers):
            headers["Content-Type"] = "application/json"
        return {
            "url": self.url.render(context),
            "headers": headers,
            "body": body if isinstance(body, str) else to_json(body),
        }


def parse_texts(body: Any) -> Any:
    """Parse every text in a body as Liquid."""
    match body:
        case str():
            return parse_template(body, html=False)
        case dict():
            return {name: parse_texts(value) for name, value in body.items()}
        case list():
            return [parse_texts(value) for value in body]
    return body


def render_texts(body: Any, context: dict[str, Any]) -> Any:
    """Render what was parsed, for one contact."""
    match body:
        case Template():
            return body.render(context)
        case dict():
            return {name: render_texts(value, context) for name, value in body.items()}
        case list():
            return [render_texts(value, context) for value in body]
    return body
