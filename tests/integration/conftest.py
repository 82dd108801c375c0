"""One PostgreSQL for all integration tests, and a database of its own for each test."""

import shutil
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from fraud.local.postgres import EmbeddedPostgres


@pytest.fixture(scope="session")
def postgres() -> Iterator[EmbeddedPostgres]:
    # Not pytest's own folder, which it closes to the system user that the server runs as.
    folder = Path(tempfile.mkdtemp(prefix="fraud-postgres-"))
    with EmbeddedPostgres(folder / "postgres") as server:
        yield server
    shutil.rmtree(folder)


@pytest.fixture
def dsn(postgres: EmbeddedPostgres) -> Iterator[str]:
    """Address of a fresh database."""
    name = f"test_{uuid.uuid4().hex}"
    with psycopg.connect(postgres.dsn, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        yield postgres.dsn.replace("dbname=fraud", f"dbname={name}")
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
