"""What Alembic executes for each command: migrate over the connection that the caller opened and locked."""

from alembic import context

from tollbook.account.models import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,  # SQLite changes a table by copying it
)
context.run_migrations()
