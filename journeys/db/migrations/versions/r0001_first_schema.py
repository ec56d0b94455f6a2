"""The first schema: tables, row-level security under the application's role, time series."""

from pathlib import Path

from alembic import op
from sqlalchemy import text

from journeys.db import timeseries
from journeys.db.policies import MINE, protect, protect_from_application
from journeys.db.session import APP_ROLE, ENGINE_ROLE

revision = "0001"
down_revision = None

ENGINE_ONLY = {"router_leases", "sign_in_links"}
ANNOUNCED = ("event_queue", "dispatches", "intakes", "import_jobs")
"""Queues whose consumers are woken by NOTIFY, on a channel of the table's name, when an insert commits."""

VISIBLE = {
    "workspaces": f"id = {MINE}",
    "users": f"id IN (SELECT user_id FROM memberships WHERE workspace_id = {MINE})",
}
"""What the application's role may see in tables whose rows are not simply the workspace's own."""


def upgrade() -> None:
    """Create every table, then its policies."""
    connection = op.get_bind()
    timescale = timeseries.has_timescale(connection)
    statements = (Path(__file__).parent / "r0001_first_schema.sql").read_text().split(";\n")
    for statement in filter(str.strip, statements):
        if timescale:
            statement = statement.split(" PARTITION BY RANGE")[0]
        connection.execute(text(statement))
    if timescale:
        for series in timeseries.SERIES:
            timeseries.make_hypertable(connection, series)
    tables = connection.scalars(
        text("SELECT tablename FROM pg_tables WHERE schemaname = current_schema() AND tablename <> 'alembic_version'")
    ).all()
    connection.execute(text(f"GRANT USAGE ON SCHEMA public TO {APP_ROLE}, {ENGINE_ROLE}"))
    for table in tables:
        if table in ENGINE_ONLY:
            protect_from_application(table)
        else:
            protect(table, visible=VISIBLE.get(table))
    op.execute(
        "CREATE FUNCTION announce() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN PERFORM pg_notify(TG_TABLE_NAME, ''); RETURN NULL; END $$"
    )
    for table in ANNOUNCED:
        op.execute(f"CREATE TRIGGER announce AFTER INSERT ON {table} FOR EACH STATEMENT EXECUTE FUNCTION announce()")
