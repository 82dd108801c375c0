"""Supervisor (supervisord.org) as the stack's process manager: its configuration and its API."""

import configparser
import hashlib
import os
import shlex
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xmlrpc.client import Fault, ServerProxy

from supervisor.xmlrpc import Faults, SupervisorTransport

from fraud.stack.errors import StackError
from fraud.stack.programs import Program

LONGEST_SOCKET = 100
"""Of a Unix socket's path; the system takes 107."""
ANSWER_SECONDS = 10.0
POLL_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Running:
    """What Supervisor knows of a process.

    Args:
        state: In its words, such as ``RUNNING`` or ``BACKOFF``.
        pid: 0 when it does not run.
        since: Seconds since the Unix epoch of its last start; 0 before the first.
        reason: Why it does not run, where that is known.
    """

    state: str
    pid: int
    since: int
    reason: str


class Supervisor:
    """A supervisord of one folder.

    Args:
        folder: Its configuration, its log and those of the programs.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder.absolute()
        socket = self._folder / "supervisor.sock"
        if len(str(socket)) > LONGEST_SOCKET:
            name = hashlib.sha256(str(self._folder).encode()).hexdigest()[:12]
            socket = Path(tempfile.gettempdir()) / f"fraud-{name}.sock"
        self._socket = socket

    @property
    def is_running(self) -> bool:
        """Whether it answers."""
        try:
            self._call("getState")
        except (OSError, Fault):
            return False
        return True

    def log_path(self, name: str) -> Path:
        """What a program says."""
        return self._folder / "logs" / f"{name}.log"

    def start(self, programs: Sequence[Program], environment: Mapping[str, str]) -> None:
        """Begin, with nothing running yet.

        Raises:
            StackError: It does not begin.
        """
        (self._folder / "logs").mkdir(parents=True, exist_ok=True)
        path = self._folder / "supervisord.conf"
        with path.open("w") as file:
            self._configuration(programs).write(file)
        command = [sys.executable, "-m", "supervisor.supervisord", "-c", str(path)]
        # The programs inherit its environment: in its configuration a value may hold no quotes.
        begun = subprocess.run(
            command, env={**os.environ, **environment}, capture_output=True, text=True, check=False
        )
        deadline = time.monotonic() + ANSWER_SECONDS
        while begun.returncode == 0 and time.monotonic() < deadline:
            if self.is_running:
                return
            time.sleep(POLL_SECONDS)
        raise StackError(f"Failed to start supervisord: {begun.stderr.strip() or 'no answer'}")

    def start_program(self, name: str) -> None:
        """Start a program unless it runs; returns before it is ready."""
        with _but(Faults.ALREADY_STARTED):
            self._call("startProcess", name, False)

    def stop_program(self, name: str) -> None:
        """End a program in order, and wait for it."""
        with _but(Faults.NOT_RUNNING):
            self._call("stopProcess", name)

    def stop(self) -> None:
        """End, with whatever still runs."""
        with suppress(OSError):
            self._call("shutdown")
        deadline = time.monotonic() + ANSWER_SECONDS
        while self.is_running and time.monotonic() < deadline:
            time.sleep(POLL_SECONDS)

    def running(self) -> dict[str, Running]:
        """Every program by name."""
        return {
            each["name"]: Running(each["statename"], each["pid"], each["start"], each["spawnerr"])
            for each in self._call("getAllProcessInfo")
        }

    def _call(self, method: str, *arguments: Any) -> Any:
        """Call its API."""
        transport = SupervisorTransport(None, None, f"unix://{self._socket}")
        try:
            server = ServerProxy("http://127.0.0.1", transport=transport)
            return getattr(server.supervisor, method)(*arguments)
        finally:
            transport.close()

    def _configuration(self, programs: Sequence[Program]) -> configparser.RawConfigParser:
        config = configparser.RawConfigParser()
        config["unix_http_server"] = {"file": str(self._socket), "chmod": "0700"}
        config["supervisord"] = {
            "logfile": str(self._folder / "supervisord.log"),
            "pidfile": str(self._folder / "supervisord.pid"),
            "directory": str(Path.cwd()),
        }
        config["rpcinterface:supervisor"] = {
            "supervisor.rpcinterface_factory": "supervisor.rpcinterface:make_main_rpcinterface"
        }
        for program in programs:
            config[f"program:{program.name}"] = self._section(program)
        return config

    def _section(self, program: Program) -> dict[str, str]:
        return {
            # It takes `%` for its own.
            "command": shlex.join(program.command).replace("%", "%%"),
            "autostart": "false",
            "autorestart": "true",
            # A service that cannot start is tried again, later and later; somebody may mend it.
            "startretries": "10",
            "stopwaitsecs": str(program.stop_seconds),
            "killasgroup": "true",
            "redirect_stderr": "true",
            "stdout_logfile": str(self.log_path(program.name)),
            "stdout_logfile_maxbytes": "20MB",
            "stdout_logfile_backups": "2",
        }


class _but(suppress):  # noqa: N801 - reads as a word of the statement
    """Lets one fault of the API pass."""

    def __init__(self, code: int) -> None:
        super().__init__(Fault)
        self._code = code

    def __exit__(self, kind: Any, error: Any, traceback: Any) -> bool:
        return isinstance(error, Fault) and error.faultCode == self._code
