"""Contacts are listed by name and by address, a page at a time at any depth."""

from alembic import op

from journeys.db.session import APP_ROLE, ENGINE_ROLE

revision = "0013"
down_revision = "0012"

NAME = (
    "lower(\"left\"(COALESCE(NULLIF(btrim((COALESCE(first_name, '') || ' ') || COALESCE(last_name, '')), ''),"
    " email, external_id, 'anonymous'), 100))"
)
"""What a contact is called in lists. The function below must say the same, or the index is not used."""


def page(sign: str, way: str) -> str:
    """Return the statement that finds one page in this direction."""
    name = NAME.replace("'", "''")
    return f"""
        RETURN QUERY EXECUTE
          'SELECT id FROM contacts WHERE workspace_id = $1 AND erased_at IS NULL
             AND ($2 IS NULL OR ({name}, id) {sign} ($2, $3)) ORDER BY {name} {way}, id {way} LIMIT $4'
          USING mine, after_name, after_id, most;
    """


# Under row-level security Postgres looks up nothing in an index of such an expression: it would read all names before
# those asked for. As in `search_contacts`, the function keeps to the transaction's workspace by itself.
BY_NAME = f"""
    CREATE FUNCTION contacts_by_name(after_name text, after_id uuid, backwards boolean, most integer) RETURNS SETOF uuid
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
      mine uuid := nullif(current_setting('app.workspace_id', true), '')::uuid;
    BEGIN
      IF backwards THEN {page("<", "DESC")} ELSE {page(">", "ASC")} END IF;
    END $$
"""


def upgrade() -> None:
    """Make the indexes, and the function that walks the one by name."""
    op.execute(f"CREATE INDEX ix_contacts_name ON contacts (workspace_id, ({NAME}), id)")
    op.execute("CREATE INDEX ix_contacts_without_email ON contacts (workspace_id, id) WHERE email IS NULL")
    op.execute(BY_NAME)
    op.execute("REVOKE EXECUTE ON FUNCTION contacts_by_name FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION contacts_by_name TO {APP_ROLE}, {ENGINE_ROLE}")


def downgrade() -> None:
    """Drop them."""
    op.execute("DROP FUNCTION contacts_by_name")
    op.execute("DROP INDEX ix_contacts_name")
    op.execute("DROP INDEX ix_contacts_without_email")
