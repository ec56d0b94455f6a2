"""A journey knows who changed its draft since it was last published: their approval of it counts for nothing."""

from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Add the column."""
    op.execute("ALTER TABLE journeys ADD COLUMN draft_editors uuid[] NOT NULL DEFAULT '{}'")


def downgrade() -> None:
    """Undo it."""
    op.execute("ALTER TABLE journeys DROP COLUMN draft_editors")
