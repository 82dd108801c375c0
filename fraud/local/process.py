"""A service as a child process: started, waited for, and ended with its parent."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from fraud.errors import StartError

LAUNCHER = Path(__file__).with_name("launch.py")
POLL_SECONDS = 0.1
LOG_END_LINES = 20

# Told the seconds waited so far.
Progress = Callable[[float], None]


class ChildProcess:
    """A program that runs until stopped, or until the thread that started it ends (Linux).

    It has a process group of its own, so that Ctrl-C in a terminal reaches the parent alone, which
    then ends its children in order. It stays in the parent's session unless it outlives it, since
    Linux gives each session an equal share of the processors and niceness counts within one alone
    (`sched(7) <https://man7.org/linux/man-pages/man7/sched.7.html>`_, "The autogroup feature").

    Args:
        name: As people call it.
        command: Program and arguments.
        log_path: File that its output is added to.
        environment: Variables beside those of this process.
        user: System user to run as; None for our own.
        stop_signal: What ends it in an orderly way.
        detached: Whether it outlives this process.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str | Path],
        log_path: Path,
        environment: Mapping[str, str] | None = None,
        user: str | None = None,
        stop_signal: signal.Signals = signal.SIGTERM,
        detached: bool = False,
    ) -> None:
        self.name = name
        self.log_path = log_path
        self._command = [str(part) for part in command]
        self._environment = {**os.environ, **(environment or {})}
        self._user = user
        self._stop_signal = stop_signal
        self._detached = detached
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """Its process id; None when it does not run."""
        return self._process.pid if self._process and self._process.poll() is None else None

    def start(self) -> None:
        """Start it; returns before it is ready."""
        self.log_path.parent.mkdir(parents=True, exist_ok=True)
        with self.log_path.open("ab") as log:
            self._process = subprocess.Popen(
                self._launch_command(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=self._environment,
                start_new_session=self._detached,
                process_group=None if self._detached else 0,
            )

    def wait_until_ready(
        self,
        is_ready: Callable[[], bool],
        timeout_seconds: float,
        on_progress: Progress | None = None,
    ) -> None:
        """Wait for ``is_ready`` to say so; stops the process when it does not come to that.

        Raises:
            StartError: The process ended or the time was up.
        """
        started = time.monotonic()
        while not is_ready():
            waited = time.monotonic() - started
            if self.pid is None:
                raise self._start_error(f"it ended with {self._end_status()}")
            if waited > timeout_seconds:
                self.stop()
                raise self._start_error(f"it was not ready after {timeout_seconds:.0f} s")
            if on_progress is not None:
                on_progress(waited)
            time.sleep(POLL_SECONDS)

    def stop(self, seconds: float = 10.0) -> None:
        """End it in an orderly way, or after ``seconds`` at once with all that it started."""
        process = self._process
        if process is None or process.poll() is not None:
            return
        process.send_signal(self._stop_signal)
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """End it and all that it started at once, as a crash would."""
        if self._process is None:
            return
        # The process leads a group of its own, whose number is its own.
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def _launch_command(self) -> list[str]:
        launcher = [sys.executable, "-I", "-S", str(LAUNCHER)]
        parent = 0 if self._detached else os.getpid()
        conditions = [str(parent), str(int(self._stop_signal)), self._user or ""]
        return [*launcher, *conditions, *self._command]

    def _start_error(self, reason: str) -> StartError:
        lines = self.log_path.read_text(errors="replace").splitlines()
        return StartError(self.name, reason, self.log_path, "\n".join(lines[-LOG_END_LINES:]))

    def _end_status(self) -> str:
        code = self._process.returncode if self._process else 0
        return f"signal {-code}" if code < 0 else f"code {code}"
