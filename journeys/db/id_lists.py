"""Lists of ids as parameters of statements: they come by the thousand, and the driver would look at each for quotes."""

from typing import Any
from uuid import UUID

from psycopg.abc import Buffer
from psycopg.types.array import ListDumper


class IdListDumper(ListDumper):
    """Writes a list of ids in one go, and any other list as the driver does."""

    def dump(self, obj: list[Any]) -> Buffer | None:
        """Return the list as Postgres reads it."""
        if set(map(type, obj)) == {UUID}:
            return ("{" + ",".join([each.hex for each in obj]) + "}").encode()
        return super().dump(obj)
