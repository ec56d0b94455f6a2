"""Room on the page for rows that every passage writes twice, and members of a batch in id order."""

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Leave half of each page free: a whole batch is updated at once, and an update off the page writes every index."""
    op.execute("ALTER TABLE enrollments SET (fillfactor = 50)")
    op.execute("ALTER TABLE messages SET (fillfactor = 50)")
    op.execute("CREATE INDEX ix_enrollments_batch_id_id ON enrollments (batch_id, id)")
    op.execute("DROP INDEX ix_enrollments_batch_id")


def downgrade() -> None:
    """Undo it."""
    op.execute("CREATE INDEX ix_enrollments_batch_id ON enrollments (batch_id)")
    op.execute("DROP INDEX ix_enrollments_batch_id_id")
    op.execute("ALTER TABLE messages SET (fillfactor = 70)")
    op.execute("ALTER TABLE enrollments SET (fillfactor = 80)")
