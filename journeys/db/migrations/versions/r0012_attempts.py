"""Moves, imports, jobs over many contacts and segment builds count their attempts, and are given up with the reason."""

from alembic import op

revision = "0012"
down_revision = "0011"

_COUNTED = "ADD COLUMN attempts smallint NOT NULL DEFAULT 0, ADD COLUMN not_before timestamptz"


def upgrade() -> None:
    """Add the columns."""
    for table in ("import_jobs", "bulk_jobs"):
        op.execute(f"ALTER TABLE {table} {_COUNTED}")
    for table in ("moves", "segments"):
        op.execute(f"ALTER TABLE {table} {_COUNTED}, ADD COLUMN error text")


def downgrade() -> None:
    """Undo it."""
    for table in ("import_jobs", "bulk_jobs", "moves", "segments"):
        op.execute(f"ALTER TABLE {table} DROP COLUMN attempts, DROP COLUMN not_before")
    for table in ("moves", "segments"):
        op.execute(f"ALTER TABLE {table} DROP COLUMN error")
