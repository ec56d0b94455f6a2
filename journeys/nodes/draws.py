"""The draw of a contact at a split: a stable number in [0, 1), the same in SQL and in Python."""

import hashlib
from uuid import UUID

_RANGE = 2**32

DRAW_SQL = f"""
(CAST(CAST('x' || left(md5(CAST(:salt AS text) || ':' || CAST(e.contact_id AS text)), 8) AS bit(32)) AS bigint)
 / CAST({_RANGE} AS float8))"""
"""The draw of enrollment `e` as SQL; bind `salt`."""


def draw(salt: str, contact_id: UUID) -> float:
    """Return the draw of a contact; the same salt and contact always give the same."""
    digest = hashlib.md5(f"{salt}:{contact_id}".encode(), usedforsecurity=False).hexdigest()
    return int(digest[:8], 16) / _RANGE
