"""A streaming query that is started again when it fails."""

import time
from collections.abc import Callable
from typing import Any, Final

import structlog
from pyspark.sql.streaming.query import StreamingQuery

from spark_stream.errors import QueryFailedError

log = structlog.get_logger(__name__)

MOST_FAILURES: Final = 9
"""In a row, without a batch between; one more ends the job."""
PAUSE_SECONDS: Final = 1.0
"""Before the first new start; twice as long before each further one, up to the longest."""
LONGEST_PAUSE: Final = 16
"""Times as long as the first."""
POLL_SECONDS: Final = 0.01


class KeptQuery:
    """A query, and how to start it.

    A broker that is away for minutes ends a query, and so does a Python worker that does not start
    within the ten seconds that Spark allows it, which happens on a busy machine. Neither is a
    reason for the whole job to end: the query goes on from its checkpoint.

    Args:
        start: Starts it from its checkpoint.
        pause_seconds: See :data:`PAUSE_SECONDS`.
    """

    def __init__(
        self, start: Callable[[], StreamingQuery], pause_seconds: float = PAUSE_SECONDS
    ) -> None:
        self._start = start
        self._pause_seconds = pause_seconds
        self._query = start()
        self._failures = 0
        self._due: float | None = None

    @property
    def name(self) -> str:
        """Of the query."""
        return str(self._query.name)

    @property
    def progress(self) -> dict[str, Any] | None:
        """What Spark tells of the last batch since the last start; None before the first."""
        return self._query.lastProgress

    @property
    def batch(self) -> int:
        """Number of that batch; -1 before it."""
        progress = self.progress
        return -1 if progress is None else int(progress["batchId"])

    def look(self) -> None:
        """Start it again if it has failed and the pause is over.

        Raises:
            QueryFailedError: It failed too often; carries Spark's reason.
        """
        if self._due is not None:
            if time.monotonic() >= self._due:
                self._due = None
                self._query = self._start()
        elif not self._query.isActive:
            self._fail()
        elif self._failures and self.batch >= 0:
            self._failures = 0

    def finish(self, seconds: float) -> None:
        """Let it commit the batch that it is at, then stop it.

        The next one may have begun by then. It is broken off, and done anew at the next start.

        Args:
            seconds: How long the batch may take.
        """
        begun, deadline = self.batch, time.monotonic() + seconds
        while (
            self._query.isActive
            and self._query.status["isTriggerActive"]
            and self.batch == begun
            and time.monotonic() < deadline
        ):
            time.sleep(POLL_SECONDS)
        self._query.stop()

    def _fail(self) -> None:
        reason = str(self._query.exception()).partition("\n")[0]
        if self._failures and self.batch >= 0:
            self._failures = 0
        if self._failures == MOST_FAILURES:
            raise QueryFailedError(
                f"The query `{self.name}` ended {MOST_FAILURES + 1} times in a row: {reason}"
            )
        pause = self._pause_seconds * min(2**self._failures, LONGEST_PAUSE)
        self._failures += 1
        self._due = time.monotonic() + pause
        log.warning("query failed", query=self.name, reason=reason, again_in_seconds=pause)
