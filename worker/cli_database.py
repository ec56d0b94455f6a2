"""The database that a command works on."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from journeys.db.session import Database
from journeys.errors import Unavailable
from worker.addresses import connected_settings


@asynccontextmanager
async def open_database() -> AsyncIterator[Database]:
    """Open the running installation's database for one command."""
    url = connected_settings().database_url
    if not url:
        raise Unavailable("Sojourn does not run here: start it with `sojourn up`, or set DATABASE_URL.")
    database = Database(url, pool_size=2)
    try:
        yield database
    finally:
        await database.close()
