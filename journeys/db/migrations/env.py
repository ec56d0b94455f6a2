"""Alembic's entry: runs the migrations on the connection that journeys.db.migrate hands over."""

from alembic import context

from journeys.tables import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata)
context.run_migrations()
