"""Runs Alembic on the connection that `bot.store.migrate` opened."""

from alembic import context

from bot.store.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=False,  # the caller's transaction holds everything
    render_as_batch=True,
)
context.run_migrations()
