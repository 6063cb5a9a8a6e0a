"""Alembic's entry: runs the migrations on the connection that `models.migrating` hands over."""

from alembic import context

from models.schema import Base

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    compare_type=True,
    render_as_batch=connection.dialect.name == "sqlite",
    user_module_prefix="models.base.",
)
with context.begin_transaction():
    context.run_migrations()
