"""Group commit: events that arrive while a flush is under way share the next one, and its one commit."""

import asyncio
from dataclasses import dataclass
from typing import Self

import structlog
from sqlalchemy.exc import DBAPIError

from journeys.db.session import Database
from journeys.errors import InvalidInput, SojournError, TooMany, Unavailable
from journeys.events.normalize import Incoming
from journeys.events.store import store_events

log = structlog.get_logger()

_BAD_DATA = ("22", "54")
"""Classes of SQLSTATE that blame a value, not the server."""


@dataclass(eq=False, slots=True)
class _Order:
    """The events of one request, and the answer it waits for."""

    events: list[Incoming]
    done: asyncio.Future[None]

    def settle(self, error: SojournError | None = None) -> None:
        """Answer the request, unless it has gone."""
        if self.done.done():
            return
        if error:
            self.done.set_exception(error)
        else:
            self.done.set_result(None)


class IngestBatcher:
    """Takes events from many requests at once; what it has acknowledged is on disk."""

    def __init__(
        self, database: Database, *, flushers: int = 2, batch_size: int = 2_000, most_waiting: int = 50_000
    ) -> None:
        self.database = database
        self._batch_size = batch_size
        self._most_waiting = most_waiting
        self._waiting = 0
        self._orders: asyncio.Queue[_Order | None] = asyncio.Queue()
        self._flusher_count = flushers
        self._flushers: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Self:
        self._flushers = [asyncio.create_task(self._run()) for _ in range(self._flusher_count)]
        return self

    async def __aexit__(self, *_: object) -> None:
        """Store what was taken, then stop."""
        for _flusher in self._flushers:
            self._orders.put_nowait(None)
        await asyncio.gather(*self._flushers)

    async def add(self, events: list[Incoming]) -> None:
        """Return when these events are on disk; raise Unavailable when they could not be stored."""
        if self._waiting + len(events) > self._most_waiting:
            raise TooMany("More events arrive than can be stored.", retry_after_seconds=1)
        order = _Order(events, asyncio.get_running_loop().create_future())
        self._waiting += len(events)
        self._orders.put_nowait(order)
        await order.done

    async def _run(self) -> None:
        """Flush until told to stop. The flush under way is the time in which the next one fills."""
        while (first := await self._orders.get()) is not None:
            orders = self._gather(first)
            await self._flush(orders)
            self._waiting -= sum(len(order.events) for order in orders)

    def _gather(self, first: _Order) -> list[_Order]:
        orders, size = [first], len(first.events)
        while size < self._batch_size and not self._orders.empty():
            order = self._orders.get_nowait()
            if order is None:
                self._orders.put_nowait(None)
                break
            orders.append(order)
            size += len(order.events)
        return orders

    async def _flush(self, orders: list[_Order]) -> None:
        """Store these requests together; when a value is refused, one by one, so that it harms only its own."""
        try:
            await store_events(self.database, [event for order in orders for event in order.events])
        except DBAPIError as error:
            if _blames_value(error) and len(orders) > 1:
                for order in orders:
                    await self._flush([order])
                return
            _fail(orders, error)
        except Exception as error:  # A flusher that dies would leave every later request waiting
            _fail(orders, error)
        else:
            for order in orders:
                order.settle()


def _blames_value(error: DBAPIError) -> bool:
    return (getattr(error.orig, "sqlstate", None) or "").startswith(_BAD_DATA)


def _fail(orders: list[_Order], error: Exception) -> None:
    """Answer that nothing was stored, and whether to try again. Only the error's kind is logged: its text has data."""
    log.warning("ingest.flush_failed", kind=type(error).__name__, requests=len(orders))
    for order in orders:
        if isinstance(error, DBAPIError) and _blames_value(error):
            order.settle(InvalidInput("The database cannot store a value of these events."))
        else:
            order.settle(Unavailable("Events cannot be stored now; send them again."))
