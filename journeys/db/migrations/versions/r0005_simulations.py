"""Kept simulations, and the virtual clock: a `now()` that connections find first whose search path says so."""

from alembic import op

from journeys.db.policies import protect
from journeys.db.session import APP_ROLE

revision = "0005"
down_revision = "0004"

TABLES = """
    CREATE TABLE simulations (
      journey_id UUID NOT NULL,
      draft_hash TEXT NOT NULL,
      request JSONB NOT NULL,
      result JSONB NOT NULL,
      created_by TEXT,
      id UUID NOT NULL,
      workspace_id UUID NOT NULL,
      created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
      CONSTRAINT pk_simulations PRIMARY KEY (id),
      CONSTRAINT fk_simulations_journey_id_journeys FOREIGN KEY(journey_id) REFERENCES journeys (id) ON DELETE CASCADE,
      CONSTRAINT fk_simulations_workspace_id_workspaces FOREIGN KEY(workspace_id) REFERENCES workspaces (id)
        ON DELETE CASCADE
    );
    CREATE INDEX ix_simulations_journey_id_id ON simulations (journey_id, id)
"""


def upgrade() -> None:
    """Add the table behind its policies, and the clock in a schema of its own.

    What a transaction stamps by `clock_timestamp()` comes after what it stamps by `now()`, as in earnest.
    """
    for statement in TABLES.split(";\n"):
        op.execute(statement)
    protect("simulations")
    op.execute("CREATE SCHEMA simulation")
    for name, later in (("now", 0), ("clock_timestamp", 500)):
        op.execute(
            f"CREATE FUNCTION simulation.{name}() RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE AS"
            f" $$ SELECT CAST(current_setting('simulation.now') AS timestamptz) + interval '{later} microseconds' $$"
        )
    op.execute(f"GRANT USAGE ON SCHEMA simulation TO {APP_ROLE}")
    op.execute(
        f"DO $$ BEGIN EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO {APP_ROLE}', current_database()); END $$"
    )
