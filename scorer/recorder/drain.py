"""Drains the outbox into something until told to stop."""

import threading
from abc import ABC, abstractmethod
from typing import ClassVar, Protocol

import structlog

from fraud.settings import RecorderSettings
from messaging.errors import MessagingError
from scorer.errors import RegistryError
from scorer.recorder.backoff import Backoff
from scorer.recorder.errors import DatabaseAwayError, PositionMovedError
from scorer.sinks.errors import OutboxMissingError, OutboxUnavailableError

log = structlog.get_logger(__name__)

AWAY = (DatabaseAwayError, OutboxUnavailableError, MessagingError, RegistryError)
"""One of the sides is not there; it will come back."""
WAITING = (OutboxMissingError, PositionMovedError)
"""There is nothing to do as yet."""


class DrainSession(Protocol):
    """One outbox, one thing that it is drained into, and the position between them."""

    position: int
    """Everything up to it is through."""

    @property
    def is_current(self) -> bool:
        """Whether the outbox is still the file at its path."""

    def drain_next(self, limit: int) -> int:
        """Bring at most ``limit`` entries through; returns how many."""

    def close(self) -> None:
        """Leave both sides."""


class Drain(ABC):
    """Keeps at it through outages of either side; ``stop`` may be called from anywhere.

    Args:
        settings: Size of batches and how often to look.
    """

    name: ClassVar[str]
    working: ClassVar[str]
    """What it does when both sides are there, for the log."""

    def __init__(self, settings: RecorderSettings) -> None:
        self._settings = settings
        self._stopping = threading.Event()
        self._backoff = Backoff()
        self._session: DrainSession | None = None
        self._state = ""

    @abstractmethod
    def _open(self) -> DrainSession:
        """A session with both sides as they are now."""

    def run(self) -> None:
        """Drain until stopped; a batch under way is finished.

        Raises:
            OutboxError: The outbox is damaged or of another version.
            RecorderError: The database refuses what is needed.
        """
        try:
            while not self._stopping.is_set():
                self._stopping.wait(self._step())
        finally:
            self._end_session()
        self._enter("stopped")

    def stop(self) -> None:
        """Have ``run`` return."""
        self._stopping.set()

    def drain(self) -> int:
        """Drain all that is in the outbox now, without patience for outages.

        Returns:
            Entries that are through.

        Raises:
            OutboxError: The outbox cannot be read.
            RecorderError: The database cannot be used.
            MessagingError: The broker cannot be used.
        """
        drained = 0
        try:
            while count := self._drain_next():
                drained += count
        finally:
            self._end_session()
        return drained

    def _step(self) -> float:
        """Drain one batch; returns how long to wait before the next, in seconds."""
        try:
            drained = self._drain_next()
        except AWAY as exc:
            return self._retreat("away", exc, self._backoff.next_seconds())
        except WAITING as exc:
            return self._retreat("waiting", exc, self._settings.poll_seconds)
        self._backoff.reset()
        return 0.0 if drained else self._settings.poll_seconds

    def _drain_next(self) -> int:
        if self._session is None:
            self._session = self._open()
        drained = self._session.drain_next(self._settings.batch_rows)
        self._enter(self.working, position=self._session.position)
        if drained == 0 and not self._session.is_current:
            self._end_session()
        return drained

    def _retreat(self, state: str, error: Exception, seconds: float) -> float:
        self._end_session()
        self._enter(state, reason=str(error))
        return seconds

    def _enter(self, state: str, **facts: object) -> None:
        """Log a change of state, once."""
        if state != self._state:
            self._state = state
            event = f"{self.name}.{state}"
            log.info(event, **facts)

    def _end_session(self) -> None:
        if self._session is not None:
            self._session.close()
            self._session = None
