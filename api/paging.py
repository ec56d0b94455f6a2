"""Keyset cursors: opaque to the caller, the last row's sort key to us."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from collections.abc import Callable, Sequence
from typing import Annotated, TypeVar
from uuid import UUID

from fastapi import Query

from api.schemas.base import Page
from journeys.errors import Fault, InvalidInput

Row = TypeVar("Row")
Item = TypeVar("Item")

Limit = Annotated[int, Query(ge=1, le=500, description="The most items of this page.")]
Cursor = Annotated[str | None, Query(max_length=200, description="`next_cursor` of the page before.")]
PAGE = 50


def encode_cursor(key: UUID) -> str:
    """Return the cursor that goes on after this row."""
    return urlsafe_b64encode(key.bytes).decode().rstrip("=")


def decode_cursor(cursor: str | None) -> UUID | None:
    """Return the row to go on after, or None at the start."""
    if cursor is None:
        return None
    try:
        return UUID(bytes=urlsafe_b64decode(cursor + "=="))
    except (Base64Error, ValueError):
        fault = Fault("/query/cursor", "This is not a cursor of ours.")
        raise InvalidInput(fault.message, [fault]) from None


def page(rows: Sequence[Row], limit: int, key: Callable[[Row], UUID], item: Callable[[Row], Item]) -> Page[Item]:
    """Return a page from up to `limit + 1` rows: the extra one tells that there is more."""
    shown = rows[:limit]
    more = len(rows) > limit
    return Page(items=[item(row) for row in shown], next_cursor=encode_cursor(key(shown[-1])) if more else None)
