"""Finding contacts by a part of their name, saved views, jobs over many contacts, tags of journeys."""

from alembic import op
from sqlalchemy import text

from journeys.db.policies import protect
from journeys.db.session import APP_ROLE, ENGINE_ROLE

revision = "0004"
down_revision = "0003"

SEARCHED = (
    "((((((COALESCE(email, '') || ' ') || COALESCE(first_name, '')) || ' ') || COALESCE(last_name, '')) || ' ')"
    " || COALESCE(external_id, ''))"
)
"""What is searched. The function below must say the same, or the index is not used."""

# Under row-level security Postgres uses no index for LIKE. The function runs as the owner of the tables and keeps to
# the transaction's workspace by itself; EXECUTE makes a plan for the pattern at hand.
SEARCH = f"""
    CREATE FUNCTION search_contacts(pattern text, before uuid, most integer) RETURNS SETOF uuid
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
      RETURN QUERY EXECUTE
        'SELECT id FROM contacts WHERE workspace_id = $1 AND erased_at IS NULL AND ($3 IS NULL OR id < $3)
           AND {SEARCHED.replace("'", "''")} ILIKE $2 ORDER BY id DESC LIMIT $4'
        USING nullif(current_setting('app.workspace_id', true), '')::uuid, pattern, before, most;
    END $$
"""

TABLES = """
    CREATE TABLE contact_views (
      name TEXT NOT NULL, search JSONB NOT NULL, columns TEXT[] NOT NULL, created_by TEXT,
      id UUID NOT NULL, workspace_id UUID NOT NULL, created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
      CONSTRAINT pk_contact_views PRIMARY KEY (id),
      CONSTRAINT fk_contact_views_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE
    );
    CREATE UNIQUE INDEX uq_contact_views_workspace_id_name ON contact_views (workspace_id, name);
    CREATE TABLE bulk_jobs (
      action JSONB NOT NULL, audience JSONB NOT NULL, state TEXT DEFAULT 'queued' NOT NULL, cursor UUID,
      total BIGINT, done BIGINT DEFAULT 0 NOT NULL, refused BIGINT DEFAULT 0 NOT NULL,
      path TEXT, written_bytes BIGINT DEFAULT 0 NOT NULL, error TEXT, created_by TEXT,
      finished_at TIMESTAMP WITH TIME ZONE,
      id UUID NOT NULL, workspace_id UUID NOT NULL, created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
      CONSTRAINT pk_bulk_jobs PRIMARY KEY (id),
      CONSTRAINT fk_bulk_jobs_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE
    );
    CREATE INDEX ix_bulk_jobs_unfinished ON bulk_jobs (id) WHERE finished_at IS NULL;
    ALTER TABLE journeys ADD COLUMN tags TEXT[] DEFAULT '{}' NOT NULL
"""


def upgrade() -> None:
    """Add the tables behind policies, the index where trigrams are to be had, and the search."""
    for statement in TABLES.split(";\n"):
        op.execute(statement)
    for table in ("contact_views", "bulk_jobs"):
        protect(table)
    op.execute("CREATE TRIGGER announce AFTER INSERT ON bulk_jobs FOR EACH STATEMENT EXECUTE FUNCTION announce()")
    if op.get_bind().scalar(text("SELECT 1 FROM pg_available_extensions WHERE name = 'pg_trgm'")):
        op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        op.execute(f"CREATE INDEX ix_contacts_search ON contacts USING gin ({SEARCHED} gin_trgm_ops)")
    op.execute(SEARCH)
    op.execute("REVOKE EXECUTE ON FUNCTION search_contacts FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION search_contacts TO {APP_ROLE}, {ENGINE_ROLE}")
