"""The scoring worker as a child process."""

import sys
from typing import Self

from fraud.local.environment import to_environment
from fraud.local.process import ChildProcess, Progress
from fraud.local.service import LocalService
from fraud.settings import Settings

READY_SECONDS = 60.0


class LocalWorker(LocalService):
    """``python -m worker`` on this machine; ends with ``stop`` or with this process.

    Args:
        settings: What it runs on.
        name: Tells several on the same settings apart, in ``home``.
    """

    def __init__(self, settings: Settings, name: str = "worker") -> None:
        self.log_path = settings.home.absolute() / f"{name}.log"
        self._ready = self.log_path.with_suffix(".ready")
        self._child = ChildProcess(
            name,
            [sys.executable, "-m", "worker", "--ready", self._ready],
            self.log_path,
            environment=to_environment(settings),
        )

    @property
    def pid(self) -> int | None:
        """Its process id; None when it does not run."""
        return self._child.pid

    def start(self, on_progress: Progress | None = None) -> Self:
        """Start it; returns when it is a member of its group.

        Raises:
            StartError: It does not become one.
        """
        self.begin()
        self.wait(on_progress)
        return self

    def begin(self) -> None:
        """Start it; returns before it is a member."""
        self._ready.unlink(missing_ok=True)
        self._child.start()

    def wait(self, on_progress: Progress | None = None) -> None:
        """Wait until it is a member of its group.

        Raises:
            StartError: It does not become one.
        """
        self._child.wait_until_ready(self._ready.is_file, READY_SECONDS, on_progress)

    def stop(self) -> None:
        """End it; calls under way are finished, what is settled is committed."""
        self._child.stop()

    def kill(self) -> None:
        """End it at once, as a crash would."""
        self._child.kill()
