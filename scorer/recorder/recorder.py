"""Drains the outbox into PostgreSQL until told to stop."""

import threading
from pathlib import Path

import structlog

from fraud.settings import RecorderSettings
from scorer.recorder.backoff import Backoff
from scorer.recorder.errors import DatabaseAwayError, PositionMovedError
from scorer.recorder.session import Session
from scorer.sinks.errors import OutboxMissingError, OutboxUnavailableError

log = structlog.get_logger(__name__)


class Recorder:
    """Keeps at it through outages of either side; ``stop`` may be called from anywhere.

    Args:
        outbox: Path of the scorer's outbox; it may come later.
        dsn: libpq address of the database.
        settings: Size of batches and how often to look.
    """

    def __init__(self, outbox: Path, dsn: str, settings: RecorderSettings) -> None:
        self._outbox = outbox
        self._dsn = dsn
        self._settings = settings
        self._stopping = threading.Event()
        self._backoff = Backoff()
        self._session: Session | None = None
        self._state = ""

    def run(self) -> None:
        """Record until stopped; a batch under way is finished.

        Raises:
            OutboxError: The outbox is damaged or of another version.
            RecorderError: The database refuses what the recorder needs.
        """
        try:
            while not self._stopping.is_set():
                self._stopping.wait(self._step())
        finally:
            self._end_session()
        log.info("recorder.stopped")

    def stop(self) -> None:
        """Have ``run`` return."""
        self._stopping.set()

    def drain(self) -> int:
        """Record all that is in the outbox now, without patience for outages.

        Returns:
            Entries recorded.

        Raises:
            OutboxError: The outbox cannot be read.
            RecorderError: The database cannot be used.
        """
        recorded = 0
        try:
            while count := self._record_next():
                recorded += count
        finally:
            self._end_session()
        return recorded

    def _step(self) -> float:
        """Record one batch; returns how long to wait before the next, in seconds."""
        try:
            recorded = self._record_next()
        except (DatabaseAwayError, OutboxUnavailableError) as exc:
            return self._retreat("recorder.away", exc, self._backoff.next_seconds())
        except (OutboxMissingError, PositionMovedError) as exc:
            return self._retreat("recorder.waiting", exc, self._settings.poll_seconds)
        self._backoff.reset()
        return 0.0 if recorded else self._settings.poll_seconds

    def _record_next(self) -> int:
        if self._session is None:
            self._session = Session(self._outbox, self._dsn)
            self._enter("recorder.recording", position=self._session.position)
        recorded = self._session.record_next(self._settings.batch_rows)
        if recorded == 0 and not self._session.is_current:
            self._end_session()
        return recorded

    def _retreat(self, state: str, error: Exception, seconds: float) -> float:
        self._end_session()
        self._enter(state, reason=str(error))
        return seconds

    def _enter(self, state: str, **facts: object) -> None:
        """Log a change of state, once."""
        if state != self._state:
            self._state = state
            log.info(state, **facts)

    def _end_session(self) -> None:
        if self._session is not None:
            self._session.close()
            self._session = None
