"""What Alembic runs: the steps, on the connection that `upgrade` was given."""

from alembic import context

from knowledge.store.sql.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
