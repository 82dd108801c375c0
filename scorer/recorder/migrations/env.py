"""Alembic's entry: runs the migrations over the connection that ``upgrade`` gives it."""

from alembic import context
from sqlalchemy import text

# Recorders that start together migrate in turn; the number is arbitrary and ours.
LOCK = 7_310_000

given = context.config.attributes
context.configure(connection=given["connection"], version_table=given["version_table"])
with context.begin_transaction():
    given["connection"].execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
    context.run_migrations()
