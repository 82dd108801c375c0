"""Work that is repeated in the background."""

import threading
from collections.abc import Callable

import structlog

from fraud.priority import be_nice

log = structlog.get_logger(__name__)


class PeriodicJob:
    """Calls ``action`` every so many seconds on a thread of its own, until stopped.

    An action that fails is logged and called again next time: what the scorer does aside must
    never end what it does for payments.

    Args:
        name: Of the thread, and in the log.
        seconds: Between the end of one call and the begin of the next.
        action: What to do.
        nice: Whether it gives way to what scores. Not for one that holds a lock which scores wait
            for: it would keep it for as long as other work has the processor.
    """

    def __init__(
        self, name: str, seconds: float, action: Callable[[], object], *, nice: bool = False
    ) -> None:
        self._name = name
        self._seconds = seconds
        self._action = action
        self._nice = nice
        self._stopping = False
        self._due = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Begin; the first call comes after one interval."""
        self._thread.start()

    def hurry(self) -> None:
        """Have the next call come now; returns at once."""
        self._due.set()

    def stop(self) -> None:
        """Ask the job to end; returns at once."""
        self._stopping = True
        self._due.set()

    def join(self, seconds: float) -> None:
        """Wait for a call under way."""
        self._thread.join(seconds)

    def _run(self) -> None:
        if self._nice:
            be_nice()
        while True:
            self._due.wait(self._seconds)
            self._due.clear()
            if self._stopping:
                return
            try:
                self._action()
            except Exception:  # see the class
                log.exception("job.failed", job=self._name)
