"""Row-level security of a new table: the engine sees every row, the application those of its transaction's workspace."""

from alembic import op

from journeys.db.session import APP_ROLE, ENGINE_ROLE

MINE = "(SELECT nullif(current_setting('app.workspace_id', true), '')::uuid)"
"""The workspace that the transaction named."""

_RIGHTS = "SELECT, INSERT, UPDATE, DELETE"


def protect(table: str, *, visible: str | None = None) -> None:
    """Grant a table to both roles; `visible` says what the application's role may see where that is not its rows."""
    protect_from_application(table)
    rule = visible or f"workspace_id = {MINE}"
    op.execute(f"GRANT {_RIGHTS} ON {table} TO {APP_ROLE}")
    op.execute(f"CREATE POLICY workspace ON {table} TO {APP_ROLE} USING ({rule}) WITH CHECK ({rule})")


def protect_from_application(table: str) -> None:
    """Grant a table to the engine alone."""
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"GRANT {_RIGHTS} ON {table} TO {ENGINE_ROLE}")
    op.execute(f"CREATE POLICY engine ON {table} TO {ENGINE_ROLE} USING (true) WITH CHECK (true)")
