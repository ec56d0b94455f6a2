"""The trace: the steps of the log, and those that enrollments and the send ledger tell, which are no longer written twice."""

from alembic import op

from journeys.db.session import APP_ROLE, ENGINE_ROLE

revision = "0016"
down_revision = "0015"

_TOLD = """
    SELECT id AS enrollment_id, entered_at AS at, entry_node_id AS node_id, workspace_id, 1 AS visit, 'next' AS outlet,
           split_part(cause, ':', 1) AS reason,
           CASE WHEN strpos(cause, ':') > 0 THEN jsonb_build_object('cause', cause) END AS detail
    FROM enrollments WHERE cause IS NOT NULL
    UNION ALL
    SELECT id, ended_at, end_node_id, workspace_id, visit, NULL, end_reason, NULL
    FROM enrollments WHERE end_node_id IS NOT NULL
    UNION ALL
    SELECT m.enrollment_id, m.sent_at, m.node_id, m.workspace_id, m.visit, 'sent', NULL, NULL
    FROM messages m WHERE m.sent_at IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM steps s WHERE s.enrollment_id = m.enrollment_id AND s.node_id = m.node_id AND s.visit = m.visit
          AND (s.outlet IS NOT NULL OR s.reason NOT IN ('quiet_hours', 'capped') AND s.reason NOT LIKE 'moved to version %'))
"""
"""What began, what a node ended, what was sent. What happened before, and whoever left a mail by another way, have steps."""


def upgrade() -> None:
    """Add the columns and the view."""
    op.execute("ALTER TABLE enrollments ADD COLUMN cause text, ADD COLUMN end_node_id text")
    op.execute(f"""
        CREATE VIEW trace WITH (security_invoker) AS
        SELECT enrollment_id, at, node_id, workspace_id, visit, outlet, reason, detail FROM steps UNION ALL {_TOLD}
    """)
    op.execute(f"GRANT SELECT ON trace TO {APP_ROLE}, {ENGINE_ROLE}")


def downgrade() -> None:
    """Write the steps that other rows told, and drop the view and the columns."""
    op.execute("DROP VIEW trace")
    op.execute(f"""
        INSERT INTO steps (enrollment_id, at, node_id, workspace_id, visit, outlet, reason, detail)
        SELECT t.* FROM ({_TOLD}) t JOIN enrollments e ON e.id = t.enrollment_id ON CONFLICT DO NOTHING
    """)
    op.execute("ALTER TABLE enrollments DROP COLUMN cause, DROP COLUMN end_node_id")
