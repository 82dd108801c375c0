"""Alembic's entry: runs the migrations over the connection that ``migrate`` gives it."""

from alembic import context
from sqlalchemy import text

# Recorders that start together migrate in turn; the number is arbitrary and ours.
LOCK = 7_310_000

connection = context.config.attributes["connection"]
# MLflow may keep its tables, with an `alembic_version`, in the same database.
context.configure(connection=connection, version_table="recorder_version")
with context.begin_transaction():
    connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
    context.run_migrations()
