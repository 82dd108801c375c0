"""One PostgreSQL and one MLflow for all integration tests.

Each test has a database of its own; whoever registers models does so under names of its own.
"""

import shutil
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from fraud.local.mlflow import LocalMlflow
from fraud.local.port import free_port
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


@pytest.fixture(scope="session")
def mlflow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalMlflow]:
    """It takes about 15 s to start: that is paid once."""
    folder = tmp_path_factory.mktemp("registry") / "mlflow"
    with LocalMlflow(f"http://127.0.0.1:{free_port()}", folder) as server:
        yield server
