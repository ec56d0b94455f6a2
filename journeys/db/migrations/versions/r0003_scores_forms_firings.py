"""Scores with their history, forms, firings of clock triggers, and a watch on attributes that let contacts in."""

from alembic import op

from journeys.db.policies import protect

revision = "0003"
down_revision = "0002"

TABLES = (
    """
    CREATE TABLE scoring_models (
      slug TEXT NOT NULL,
      name TEXT NOT NULL,
      rules JSONB DEFAULT '[]' NOT NULL,
      updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
      id UUID NOT NULL,
      workspace_id UUID NOT NULL,
      created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
      CONSTRAINT pk_scoring_models PRIMARY KEY (id),
      CONSTRAINT fk_scoring_models_workspace_id_workspaces FOREIGN KEY(workspace_id) REFERENCES workspaces (id)
        ON DELETE CASCADE
    )""",
    "CREATE UNIQUE INDEX uq_scoring_models_workspace_id_slug ON scoring_models (workspace_id, slug)",
    """
    CREATE TABLE scores (
      contact_id UUID NOT NULL,
      model TEXT NOT NULL,
      workspace_id UUID NOT NULL,
      value NUMERIC NOT NULL,
      given NUMERIC DEFAULT 0 NOT NULL,
      updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
      CONSTRAINT pk_scores PRIMARY KEY (contact_id, model)
    ) WITH (fillfactor = 80)""",
    "CREATE INDEX ix_scores_workspace_id_model_value ON scores (workspace_id, model, value)",
    """
    CREATE TABLE score_changes (
      seq BIGINT GENERATED ALWAYS AS IDENTITY,
      workspace_id UUID NOT NULL,
      contact_id UUID NOT NULL,
      model TEXT NOT NULL,
      before NUMERIC NOT NULL,
      after NUMERIC NOT NULL,
      reason TEXT NOT NULL,
      at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
      CONSTRAINT pk_score_changes PRIMARY KEY (seq)
    )""",
    "CREATE INDEX ix_score_changes_contact_id ON score_changes (contact_id, seq)",
    """
    CREATE TABLE firings (
      journey_id UUID NOT NULL,
      node_id TEXT NOT NULL,
      due_at TIMESTAMP WITH TIME ZONE NOT NULL,
      workspace_id UUID NOT NULL,
      outcome TEXT NOT NULL,
      intake_id UUID,
      fired_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
      CONSTRAINT pk_firings PRIMARY KEY (journey_id, node_id, due_at)
    )""",
    """
    CREATE TABLE forms (
      key TEXT NOT NULL,
      name TEXT NOT NULL,
      fields JSONB NOT NULL,
      honeypot TEXT DEFAULT 'website' NOT NULL,
      redirect_url TEXT,
      origins TEXT[] DEFAULT '{}' NOT NULL,
      disabled_at TIMESTAMP WITH TIME ZONE,
      id UUID NOT NULL,
      workspace_id UUID NOT NULL,
      created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
      CONSTRAINT pk_forms PRIMARY KEY (id),
      CONSTRAINT fk_forms_workspace_id_workspaces FOREIGN KEY(workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE
    )""",
    "CREATE UNIQUE INDEX uq_forms_key ON forms (key)",
    """
    CREATE TABLE watched_attributes (
      workspace_id UUID NOT NULL,
      name TEXT NOT NULL,
      journey_id UUID NOT NULL,
      CONSTRAINT pk_watched_attributes PRIMARY KEY (workspace_id, name, journey_id)
    )""",
)


# A change is a queue row of type `profile` that says which attribute went from what to what. `app.journey_id` is set
# where a journey itself makes the change, so that its own trigger does not hear of it.
QUEUE_CHANGES = """
    INSERT INTO event_queue (partition, event_id, workspace_id, contact_id, type, name, occurred_at, journey_id,
                             properties)
    SELECT get_byte(uuid_send(x.id), 15) % 16, gen_random_uuid(), x.workspace_id, x.id, 'profile', '', now(),
           nullif(current_setting('app.journey_id', true), '')::uuid,
           jsonb_build_object('attribute', x.name, 'from', x.old, 'to', x.new)
    FROM ({changes}) x WHERE coalesce(x.old, 'null') <> coalesce(x.new, 'null') ORDER BY x.id;
"""
NAMES = "(SELECT DISTINCT workspace_id, name FROM watched_attributes) w"


def _value(row: str) -> str:
    """Return an attribute of a contact as jsonb: a column of its own, or one of `attributes`."""
    own = f"(to_jsonb({row}) - 'attributes')"
    return f"CASE WHEN {own} ? w.name THEN {own} -> w.name ELSE {row}.attributes -> w.name END"


INSERTED = f"""
    SELECT n.id, n.workspace_id, w.name, NULL::jsonb AS old, {_value("n")} AS new
    FROM after_rows n JOIN {NAMES} ON w.workspace_id = n.workspace_id WHERE n.erased_at IS NULL
"""
UPDATED = f"""
    SELECT n.id, n.workspace_id, w.name, {_value("o")} AS old, {_value("n")} AS new
    FROM after_rows n JOIN before_rows o ON o.id = n.id JOIN {NAMES} ON w.workspace_id = n.workspace_id
    WHERE n.erased_at IS NULL
"""


def upgrade() -> None:
    """Create the tables, their policies, and the triggers that watch contacts."""
    for statement in TABLES:
        op.execute(statement)
    for table in ("scoring_models", "scores", "score_changes", "firings", "forms", "watched_attributes"):
        protect(table)
    _watch("inserted", "AFTER INSERT", "NEW TABLE AS after_rows", INSERTED)
    _watch("updated", "AFTER UPDATE", "OLD TABLE AS before_rows NEW TABLE AS after_rows", UPDATED)


def _watch(name: str, when: str, rows: str, changes: str) -> None:
    """Queue what changed, by a statement for all rows at once; where nothing is watched, look no further."""
    op.execute(f"""
        CREATE FUNCTION watch_{name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            IF EXISTS (SELECT 1 FROM watched_attributes) THEN {QUEUE_CHANGES.format(changes=changes)} END IF;
            RETURN NULL;
        END $$
    """)
    op.execute(f"""
        CREATE TRIGGER watch_{name} {when} ON contacts REFERENCING {rows}
        FOR EACH STATEMENT EXECUTE FUNCTION watch_{name}()
    """)
