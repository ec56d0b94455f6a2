"""An invitation says who made it, so that it goes when they lose the right to invite."""

from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Add the column."""
    op.execute("""
        ALTER TABLE sign_in_links ADD COLUMN invited_by uuid
        CONSTRAINT fk_sign_in_links_invited_by REFERENCES users (id) ON DELETE CASCADE
    """)


def downgrade() -> None:
    """Drop it."""
    op.execute("ALTER TABLE sign_in_links DROP COLUMN invited_by")
