"""People on their way from older versions of a journey to a newer one."""

from alembic import op

from journeys.db.policies import protect

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Make the table, and wake the router when it gets a row."""
    op.execute("""
        CREATE TABLE moves (
            id uuid PRIMARY KEY, workspace_id uuid NOT NULL, journey_id uuid NOT NULL, version_id uuid NOT NULL,
            node_map jsonb NOT NULL, waits text NOT NULL, moved integer NOT NULL DEFAULT 0,
            exited integer NOT NULL DEFAULT 0, created_at timestamptz NOT NULL DEFAULT now(), finished_at timestamptz)
    """)
    op.execute("ALTER TABLE moves RENAME CONSTRAINT moves_pkey TO pk_moves")
    op.execute("CREATE INDEX ix_moves_journey_id ON moves (journey_id)")
    op.execute("CREATE INDEX ix_moves_open ON moves (id) WHERE finished_at IS NULL")
    protect("moves")
    op.execute("CREATE TRIGGER announce AFTER INSERT ON moves FOR EACH STATEMENT EXECUTE FUNCTION announce()")


def downgrade() -> None:
    """Undo it."""
    op.execute("DROP TABLE moves")
