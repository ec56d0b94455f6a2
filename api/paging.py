"""Keyset cursors: opaque to the caller, the last row's sort key to us."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from collections.abc import Callable, Sequence
from typing import Annotated, Any, TypeVar
from uuid import UUID

import orjson
from fastapi import Query
from pydantic import TypeAdapter

from api.schemas.base import Page
from journeys.errors import Fault, InvalidInput

Row = TypeVar("Row")
Item = TypeVar("Item")
Key = TypeVar("Key")

Limit = Annotated[int, Query(ge=1, le=500, description="The most items of this page.")]
Cursor = Annotated[str | None, Query(max_length=1000, description="`next_cursor` of the page before.")]
PAGE = 50


def encode_cursor(key: Key) -> str:
    """Return the cursor that goes on after this row."""
    return urlsafe_b64encode(orjson.dumps(key)).decode().rstrip("=")


def decode_cursor(cursor: str | None, kind: type[Key] = UUID) -> Key | None:  # type: ignore[assignment]  # the usual key
    """Return the key of the row to go on after, or None at the start."""
    if cursor is None:
        return None
    try:
        key: Key = TypeAdapter(kind).validate_json(urlsafe_b64decode(cursor + "=="))
    except (Base64Error, ValueError):
        fault = Fault("/query/cursor", "This is not a cursor of ours.")
        raise InvalidInput(fault.message, [fault]) from None
    return key


def page(rows: Sequence[Row], limit: int, key: Callable[[Row], Any], item: Callable[[Row], Item]) -> Page[Item]:
    """Return a page from up to `limit + 1` rows: the extra one tells that there is more."""
    shown = rows[:limit]
    more = len(rows) > limit
    return Page(items=[item(row) for row in shown], next_cursor=encode_cursor(key(shown[-1])) if more else None)
