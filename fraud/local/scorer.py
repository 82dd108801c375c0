"""The scorer and its recorder as child processes."""

import sys
from typing import Self

from fraud.client import ScorerClient
from fraud.local.environment import to_environment
from fraud.local.process import ChildProcess, Progress
from fraud.local.service import LocalService
from fraud.settings import Settings

READY_SECONDS = 60.0


class LocalScorer(LocalService):
    """``python -m scorer`` on this machine; ends with ``stop`` or with this process.

    Args:
        settings: What it runs on; port 0 takes a free one.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._child = _child("scorer", "scorer", settings)

    @property
    def target(self) -> str:
        """Host and port that it serves on, once started."""
        return f"{self._settings.scorer.host}:{self._settings.port_file.read_text()}"

    @property
    def pid(self) -> int | None:
        """Its process id while it runs."""
        return self._child.pid

    def start(self, on_progress: Progress | None = None) -> Self:
        """Start it; returns when it scores.

        Raises:
            StartError: It does not become ready.
        """
        self._settings.port_file.unlink(missing_ok=True)
        self._child.start()
        self._child.wait_until_ready(self._is_ready, READY_SECONDS, on_progress)
        return self

    def stop(self) -> None:
        """End it; calls in flight are finished."""
        self._child.stop()

    def kill(self) -> None:
        """End it at once, as a crash would."""
        self._child.kill()

    def _is_ready(self) -> bool:
        if not self._settings.port_file.is_file():
            return False
        with ScorerClient(self.target) as client:
            return client.is_serving()


def local_recorder(settings: Settings) -> ChildProcess:
    """``python -m scorer.recorder`` on the same settings, not yet started."""
    return _child("recorder", "scorer.recorder", settings)


def _child(name: str, module: str, settings: Settings) -> ChildProcess:
    return ChildProcess(
        name,
        [sys.executable, "-m", module],
        settings.home / f"{name}.log",
        environment=to_environment(settings),
    )
