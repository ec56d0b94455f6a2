"""An audience in order, a page at a time: each order is one that an index keeps, so a late page costs what the first does."""

from dataclasses import dataclass
from typing import Literal, NamedTuple
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from journeys.contacts.models import LISTED_NAME
from journeys.segments.audience import Audience, list_newest, where_of

Sort = Literal["name", "-name", "email", "-email", "created_at", "-created_at"]
"""By what a list is sorted; `-` turns it round. Those without an address come last either way."""

NEWEST: Sort = "-created_at"


class Place(NamedTuple):
    """Where a contact stands in an order: the value that it is sorted by, and its id among equals."""

    value: str | None
    id: UUID


async def list_sorted(
    session: AsyncSession,
    workspace_id: UUID,
    audience: Audience,
    *,
    sort: Sort = NEWEST,
    after: Place | None = None,
    limit: int = 50,
) -> list[Place]:
    """Return the places of an audience that come after this one."""
    if sort == NEWEST:
        ids = await list_newest(session, workspace_id, audience, before=after.id if after else None, limit=limit)
        return [Place(None, each) for each in ids]
    walk = _Walk(session, workspace_id, audience, sort.startswith("-"))
    if sort == "created_at":
        return await walk.by_id(after, limit)
    if sort in ("name", "-name"):
        return await walk.by_name(after, limit)
    addressed = await walk.by_email(after, limit) if after is None or after.value is not None else []
    without = after if after and after.value is None else None
    return addressed + await walk.by_id(without, limit - len(addressed), "c.email IS NULL")


@dataclass(frozen=True)
class _Walk:
    """One walk over an audience, forwards or backwards."""

    session: AsyncSession
    workspace_id: UUID
    audience: Audience
    is_backwards: bool

    async def by_id(self, after: Place | None, limit: int, narrowed: str = "TRUE") -> list[Place]:
        """Walk in the order in which they came in."""
        return await self._list("NULL::text", "c.id", [narrowed, *self._from("c.id", ":id", after)], after, limit)

    async def by_email(self, after: Place | None, limit: int) -> list[Place]:
        """Walk those who have an address: no two have the same."""
        parts = ["c.email IS NOT NULL", *self._from("c.email", ":value", after)]
        return await self._list("c.email", "c.email", parts, after, limit)

    async def by_name(self, after: Place | None, limit: int) -> list[Place]:
        """Walk by what they are called. Nobody left out, the index says who is on the page."""
        if self.audience == Audience():
            page = "contacts_by_name(CAST(:value AS text), CAST(:id AS uuid), :is_backwards, CAST(:limit AS integer))"
            parts = [f"c.id IN (SELECT {page})"]
        else:
            parts = self._from(f"({LISTED_NAME}, c.id)", "(:value, :id)", after)
        return await self._list(LISTED_NAME, f"{LISTED_NAME} {self._way}, c.id", parts, after, limit)

    @property
    def _way(self) -> str:
        return "DESC" if self.is_backwards else "ASC"

    def _from(self, key: str, value: str, after: Place | None) -> list[str]:
        return [f"{key} {'<' if self.is_backwards else '>'} {value}"] if after else []

    async def _list(self, value: str, order: str, parts: list[str], after: Place | None, limit: int) -> list[Place]:
        where, values = await where_of(self.session, self.workspace_id, self.audience)
        found = await self.session.execute(
            text(f"""
                SELECT {value}, c.id FROM contacts c WHERE {" AND ".join([where, *parts])}
                ORDER BY {order} {self._way} LIMIT :limit
            """),
            {
                **values,
                "value": after.value if after else None,
                "id": after.id if after else None,
                "is_backwards": self.is_backwards,
                "limit": limit,
            },
        )
        return [Place(*row) for row in found]
