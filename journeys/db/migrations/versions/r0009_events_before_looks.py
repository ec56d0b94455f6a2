"""Events are found in the queue past any number of rows that only ask for another look at a contact."""

from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Make the index."""
    op.execute("CREATE INDEX ix_event_queue_events ON event_queue (seq) WHERE type <> 'profile'")


def downgrade() -> None:
    """Drop it."""
    op.execute("DROP INDEX ix_event_queue_events")
