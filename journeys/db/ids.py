"""Identifiers: UUIDv7, made here, so that keys are unique, sortable by time and known before a row is written."""

from datetime import datetime
from uuid import UUID

from uuid_utils.compat import uuid7


def new_id() -> UUID:
    """Return a fresh, time-ordered id."""
    return uuid7()


def new_ids(n: int) -> list[UUID]:
    """Return n fresh ids in ascending order."""
    return [uuid7() for _ in range(n)]


def first_id_of(moment: datetime) -> UUID:
    """Return the lowest id that could have been made at a moment: later ids are greater."""
    return UUID(int=int(moment.timestamp() * 1000) << 80)
