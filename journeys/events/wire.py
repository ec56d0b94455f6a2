"""From the bytes of a request to JSON values that Postgres can store."""

import json
import zlib
from typing import Any

import orjson

from journeys.errors import InvalidInput, TooLarge

BATCH_BYTES = 500 * 1024
_GZIP = zlib.MAX_WBITS | 16
_LARGEST_INTEGER = 2**63


class NotReadable(InvalidInput):
    """The body is not what its headers say, or not JSON."""

    status, title = 400, "Not readable"


def too_large() -> TooLarge:
    """Return the error of a body over the limit."""
    return TooLarge(f"The body is over the limit of {BATCH_BYTES // 1024} KB.")


def decompress(body: bytes) -> bytes:
    """Return what was packed with gzip, never more than the limit."""
    stream = zlib.decompressobj(_GZIP)
    try:
        plain = stream.decompress(body, BATCH_BYTES + 1)
    except zlib.error:
        raise NotReadable("The body is not gzip, as its Content-Encoding says.") from None
    if len(plain) > BATCH_BYTES:
        raise too_large()
    if not stream.eof:
        raise NotReadable("The body ends before its gzip data does.")
    return plain


def parse(body: bytes) -> Any:
    """Return the JSON value of a body, without what Postgres cannot store.

    The strict parser is tried first. What stock clients send beyond the standard is then read by the patient one and
    mended: NaN becomes null, a lone half of a character a replacement character, and NUL characters go.
    """
    try:
        value = orjson.loads(body)
        return value if rb"\u0000" not in body else _mend(value)
    except orjson.JSONDecodeError:
        pass
    try:
        return _mend(json.loads(body, parse_constant=lambda _name: None, strict=False))
    except ValueError as error:
        raise NotReadable(f"The body is not JSON: {error}.") from None
    except RecursionError:
        raise NotReadable("The body is nested too deeply.") from None


def _mend(value: Any) -> Any:
    if isinstance(value, str):
        return _mend_text(value)
    if isinstance(value, dict):
        return {_mend_text(key): _mend(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_mend(each) for each in value]
    if isinstance(value, int) and not -_LARGEST_INTEGER <= value < _LARGEST_INTEGER:
        return str(value)
    return value


def _mend_text(value: str) -> str:
    return value.replace("\0", "").encode("utf-16", "surrogatepass").decode("utf-16", "replace")
