"""Bring a database to the newest schema: roles, Alembic migrations, partitions. Safe to run at every start."""

from importlib import resources

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, create_engine, text

from journeys.db import timeseries
from journeys.db.session import APP_ROLE, ENGINE_ROLE, async_url

_LOCK = 7_305_217
"""Advisory lock: two processes that start at once migrate one after the other."""


def alembic_config(database_url: str) -> Config:
    """Return Alembic's configuration for this database."""
    config = Config()
    config.set_main_option("script_location", str(resources.files("journeys.db") / "migrations"))
    config.set_main_option("sqlalchemy.url", async_url(database_url).replace("%", "%%"))
    return config


def upgrade(database_url: str, retain_days: int = 400) -> None:
    """Create roles, run the migrations that are missing, and make the partitions of the coming weeks."""
    engine = create_engine(async_url(database_url))
    try:
        with engine.begin() as connection:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
            _create_roles(connection)
            config = alembic_config(database_url)
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            timeseries.maintain(connection, retain_days)
    finally:
        engine.dispose()


def _create_roles(connection: Connection) -> None:
    """Make the two roles that sessions take on, and let the login role take them."""
    for role in (APP_ROLE, ENGINE_ROLE):
        if not connection.scalar(text("SELECT 1 FROM pg_roles WHERE rolname = :role"), {"role": role}):
            connection.execute(text(f"CREATE ROLE {role} NOLOGIN"))
        if not connection.scalar(text("SELECT pg_has_role(current_user, :role, 'SET')"), {"role": role}):
            connection.execute(text(f"GRANT {role} TO CURRENT_USER"))
