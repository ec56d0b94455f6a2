"""What frequency caps count by, and when a mail that is held back is tried again."""

from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add the columns, and find a contact's recent mails."""
    op.execute("""
        ALTER TABLE messages ADD COLUMN due_at timestamptz, ADD COLUMN tag text,
            ADD COLUMN priority smallint NOT NULL DEFAULT 50
    """)
    op.execute("CREATE INDEX ix_messages_contact_id_queued_at ON messages (contact_id, queued_at)")
    op.execute("DROP INDEX ix_messages_contact_id")


def downgrade() -> None:
    """Undo it."""
    op.execute("CREATE INDEX ix_messages_contact_id ON messages (contact_id)")
    op.execute("DROP INDEX ix_messages_contact_id_queued_at")
    op.execute("ALTER TABLE messages DROP COLUMN due_at, DROP COLUMN tag, DROP COLUMN priority")
