"""Runs that carry no broadcast are announced on a channel of their own, for broadcasts to take turns."""

from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Ring for every such run that is owed; 1 is the urgency of what an event set off."""
    op.execute(
        "CREATE FUNCTION announce_triggered() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN PERFORM pg_notify('triggered', ''); RETURN NULL; END $$"
    )
    op.execute(
        "CREATE TRIGGER announce_triggered AFTER INSERT ON dispatches FOR EACH ROW WHEN (NEW.urgency = 1)"
        " EXECUTE FUNCTION announce_triggered()"
    )


def downgrade() -> None:
    """Ring no more."""
    op.execute("DROP TRIGGER announce_triggered ON dispatches")
    op.execute("DROP FUNCTION announce_triggered()")
