"""Drains the outbox into PostgreSQL until told to stop."""

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from fraud.settings import RecorderSettings
from scorer.recorder.drain import Drain
from scorer.recorder.session import Session

if TYPE_CHECKING:
    from scorer.tracing.drains import DrainTracer


class Recorder(Drain):
    """Keeps at it through outages of either side; ``stop`` may be called from anywhere.

    Args:
        outbox: Path of the scorer's outbox; it may come later.
        dsn: libpq address of the database.
        settings: Size of batches and how often to look.
        tracer: Goes on with the traces of decisions; None where nothing is traced.
    """

    name: ClassVar[str] = "recorder"
    working: ClassVar[str] = "recording"

    def __init__(
        self,
        outbox: Path,
        dsn: str,
        settings: RecorderSettings,
        tracer: "DrainTracer | None" = None,
    ) -> None:
        super().__init__(settings)
        self._tracer = tracer
        self._outbox = outbox
        self._dsn = dsn

    def _open(self) -> Session:
        return Session(self._outbox, self._dsn, self._tracer)
