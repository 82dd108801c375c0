"""The streaming job as a child process."""

import sys
from typing import Self

from fraud.local.environment import to_environment
from fraud.local.process import ChildProcess, Progress
from fraud.local.service import LocalService
from fraud.settings import Settings
from spark_stream.status import JobStatus, status_path

# A Java machine starts, reads its jars and compiles its first plans: 15 s alone on two cores.
READY_SECONDS = 180.0
STOP_SECONDS = 45.0


class LocalSpark(LocalService):
    """``python -m spark_stream`` on this machine; ends with ``stop`` or with this process.

    Args:
        settings: What it runs on.
    """

    def __init__(self, settings: Settings) -> None:
        self._path = status_path(settings)
        self._child = ChildProcess(
            "Spark",
            [sys.executable, "-m", "spark_stream"],
            settings.home / "spark.log",
            environment=to_environment(settings),
        )

    @property
    def pid(self) -> int | None:
        """Its process id; None when it does not run."""
        return self._child.pid

    @property
    def status(self) -> JobStatus | None:
        """What it last told of itself; None before that."""
        status = JobStatus.read(self._path)
        return status if status is not None and status.pid == self._child.pid else None

    def start(self, on_progress: Progress | None = None) -> Self:
        """Start it; returns when its queries run.

        Raises:
            StartError: It does not become ready.
        """
        self._child.start()
        self._child.wait_until_ready(self._is_ready, READY_SECONDS, on_progress)
        return self

    def stop(self) -> None:
        """End it; the batch under way is finished."""
        self._child.stop(STOP_SECONDS)

    def kill(self) -> None:
        """End it and its Java machine at once, as a crash would."""
        self._child.kill()

    def _is_ready(self) -> bool:
        return self.status is not None
