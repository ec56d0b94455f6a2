"""Who agreed to which draft."""

from alembic import op

from journeys.db.policies import protect

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Make the table."""
    op.execute("""
        CREATE TABLE approvals (
            journey_id uuid NOT NULL, draft_hash text NOT NULL, approver_id uuid NOT NULL, approved_by text NOT NULL,
            workspace_id uuid NOT NULL, at timestamptz NOT NULL DEFAULT now(),
            CONSTRAINT pk_approvals PRIMARY KEY (journey_id, draft_hash, approver_id))
    """)
    protect("approvals")


def downgrade() -> None:
    """Undo it."""
    op.execute("DROP TABLE approvals")
