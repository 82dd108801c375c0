import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from scorer.recorder.database import RecordDatabase
from scorer.recorder.errors import DatabaseRefusedError, SchemaVersionError
from tests.integration.recorder.records import select

ROOT = Path(__file__).resolve().parents[3]
START = """
import sys
from scorer.recorder.database import RecordDatabase
RecordDatabase(sys.argv[1]).close()
"""
TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"


def test_migrations_run_once_however_often_recorders_start(dsn: str) -> None:
    RecordDatabase(dsn).close()
    tables = select(dsn, TABLES)
    assert ("predictions",) in tables
    RecordDatabase(dsn).close()
    assert select(dsn, TABLES) == tables
    assert select(dsn, "SELECT version_num FROM recorder_version") == [("0002",)]


def test_recorders_that_start_together_migrate_in_turn(dsn: str) -> None:
    command = [sys.executable, "-c", START, dsn]
    processes = [subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE) for _ in range(2)]
    with ThreadPoolExecutor() as pool:
        here = [pool.submit(RecordDatabase, dsn) for _ in range(3)]
    for database in here:
        database.result().close()
    for process in processes:
        with process:
            assert process.communicate(timeout=60)[1] == b""
            assert process.returncode == 0


def test_tables_of_a_newer_version_are_refused_with_the_remedy(dsn: str) -> None:
    RecordDatabase(dsn).close()
    with psycopg.connect(dsn) as connection:
        connection.execute("UPDATE recorder_version SET version_num = '9999'")
    with pytest.raises(SchemaVersionError, match=r"9999.*run the recorder of the version"):
        RecordDatabase(dsn)


def test_a_role_without_rights_is_told(dsn: str) -> None:
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("DROP ROLE IF EXISTS nobody_at_all")
        connection.execute("CREATE ROLE nobody_at_all LOGIN")
        with pytest.raises(DatabaseRefusedError, match="permission denied"):
            RecordDatabase(dsn.replace("user=postgres", "user=nobody_at_all"))
        connection.execute("DROP ROLE nobody_at_all")
