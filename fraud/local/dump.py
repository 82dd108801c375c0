"""A database into a file and back, by PostgreSQL's own programs."""

import os
import subprocess
from pathlib import Path
from typing import Final

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from fraud.errors import LocalServiceError
from fraud.local.postgres import PROGRAMS

COUNT_RELATIONS: Final = (
    "SELECT count(*) FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace"
    " WHERE n.nspname = 'public' AND relkind IN ('r', 'p', 'S', 'v')"
)


class DumpError(LocalServiceError):
    """A database cannot be saved or brought back."""


def dump_database(dsn: str, path: Path) -> None:
    """Write a whole database into a file, as it is at one moment; others go on meanwhile.

    Args:
        dsn: libpq address.
        path: The file, of PostgreSQL's custom format.

    Raises:
        DumpError: The server does not answer, or is newer than the program.
    """
    _run("pg_dump", dsn, "--format=custom", f"--file={path}")


def restore_database(dsn: str, path: Path) -> None:
    """Bring a database back, all or nothing.

    Raises:
        DumpError: The server does not answer, or refuses.
    """
    options = ("--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction")
    _run("pg_restore", dsn, *options, str(path))


def count_relations(dsn: str) -> int:
    """Tables and the like in a database; 0 in one just made.

    Raises:
        DumpError: The server does not answer.
    """
    try:
        with psycopg.connect(dsn, connect_timeout=5) as connection:
            row = connection.execute(COUNT_RELATIONS).fetchone()
    except psycopg.Error as exc:
        raise DumpError(f"Failed to look at the database: {exc}") from exc
    return 0 if row is None else int(row[0])


def _run(program: str, dsn: str, *options: str) -> None:
    address = conninfo_to_dict(dsn)
    # Not among the arguments, where everybody on the machine could read it.
    password = str(address.pop("password", "") or "")
    environment = os.environ | ({"PGPASSWORD": password} if password else {})
    # Those of the embedded server, which speak to any that is not newer.
    command: list[str | Path] = [
        PROGRAMS / program,
        "--dbname",
        make_conninfo("", **address),
        *options,
    ]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    if done.returncode:
        raise DumpError(f"Failed to run `{program}`: {done.stderr.strip() or done.returncode}")
