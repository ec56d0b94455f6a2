"""Events that cannot be routed end in a table of their own; what fails again and again is tried ever more seldom."""

from alembic import op

from journeys.db.policies import protect

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Make the table and the counters of attempts."""
    op.execute("ALTER TABLE event_queue ADD COLUMN attempts smallint NOT NULL DEFAULT 0")
    op.execute("ALTER TABLE intakes ADD COLUMN attempts smallint NOT NULL DEFAULT 0, ADD COLUMN not_before timestamptz")
    op.execute("""
        CREATE TABLE dead_events (
            seq bigint NOT NULL, event_id uuid NOT NULL, workspace_id uuid NOT NULL, contact_id uuid NOT NULL,
            type text NOT NULL, name text NOT NULL, occurred_at timestamptz NOT NULL, received_at timestamptz NOT NULL,
            value double precision, message_id uuid, journey_id uuid, node_id text, properties jsonb,
            error text NOT NULL, died_at timestamptz NOT NULL DEFAULT now(), CONSTRAINT pk_dead_events PRIMARY KEY (seq))
    """)
    op.execute("CREATE INDEX ix_dead_events_workspace_id_seq ON dead_events (workspace_id, seq)")
    op.execute("CREATE INDEX ix_dead_events_contact_id ON dead_events (contact_id)")
    protect("dead_events")


def downgrade() -> None:
    """Undo it."""
    op.execute("DROP TABLE dead_events")
    op.execute("ALTER TABLE intakes DROP COLUMN attempts, DROP COLUMN not_before")
    op.execute("ALTER TABLE event_queue DROP COLUMN attempts")
