"""Runs migrations with Alembic."""

import threading

import psycopg
from alembic import command
from alembic.config import Config
from alembic.util.exc import CommandError
from sqlalchemy import create_engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import StaticPool

from scorer.recorder.errors import SchemaVersionError
from scorer.recorder.migrate import MIGRATIONS, VERSION_TABLE

# Alembic keeps what it works on in its modules, for one thread at a time.
ONE_THREAD = threading.Lock()


def upgrade(connection: psycopg.Connection) -> None:
    """Run the migrations that are missing, in one transaction.

    Raises:
        SchemaVersionError: The tables are of a version that this build does not know.
        psycopg.Error: A statement failed; nothing was changed.
    """
    # SQLAlchemy is but the wrapping in which Alembic takes our connection.
    engine = create_engine(
        "postgresql+psycopg://", creator=lambda: connection, poolclass=StaticPool
    )
    config = Config(attributes={"version_table": VERSION_TABLE})
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    connection.autocommit = False
    try:
        with ONE_THREAD, engine.connect() as wrapped:
            config.attributes["connection"] = wrapped
            command.upgrade(config, "head")
        connection.autocommit = True
    except CommandError as exc:
        raise SchemaVersionError(
            f"Failed to bring the recorder's tables to this build's version: {exc}: "
            "run the recorder of the version that made them, or a newer one"
        ) from exc
    except DBAPIError as exc:
        if isinstance(exc.orig, psycopg.Error):
            raise exc.orig from exc
        raise
