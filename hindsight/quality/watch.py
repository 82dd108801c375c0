"""Asks PostgreSQL for the standing again and again."""

import threading
from datetime import timedelta

import structlog
from prometheus_client import CollectorRegistry, Gauge

from fraud.exposition.endpoint import serve_metrics
from fraud.settings import HindsightSettings
from hindsight.quality.metrics import QualityCollector
from hindsight.quality.standing import Standing
from scorer.recorder.connection import connect
from scorer.recorder.errors import DatabaseAwayError, translated

log = structlog.get_logger(__name__)


class QualityWatch:
    """Keeps the quality page up to date until stopped; goes on when the database comes back.

    Args:
        settings: How often, and where the page is.
        dsn: libpq address.
    """

    def __init__(self, settings: HindsightSettings, dsn: str) -> None:
        self._settings = settings
        self._dsn = dsn
        self._standing: Standing | None = None
        self._stopping = threading.Event()
        self.registry = CollectorRegistry()
        self.registry.register(QualityCollector(lambda: self._standing))
        self._asked = Gauge(
            "fraud_quality_asked_timestamp_seconds",
            "When PostgreSQL last answered, seconds since the Unix epoch; 0 before the first.",
            registry=self.registry,
        )

    def run(self) -> None:
        """Ask until stopped.

        Raises:
            EndpointError: The page cannot be served.
            RecorderError: The database refuses what is needed.
        """
        host, port = self._settings.metrics_host, self._settings.metrics_port
        close = serve_metrics(self.registry, host, port, "hindsight.metrics_port")
        try:
            while not self._stopping.is_set():
                self._ask()
                self._stopping.wait(self._settings.quality_seconds)
        finally:
            close()

    def stop(self) -> None:
        """Have ``run`` return."""
        self._stopping.set()

    def _ask(self) -> None:
        maturity = timedelta(hours=self._settings.maturity_hours)
        try:
            # A session each time: once a minute, and none to be found broken.
            with translated(), connect(self._dsn, "fraud-quality") as connection:
                self._standing = Standing.ask(connection, maturity)
        except DatabaseAwayError as exc:
            log.warning("quality.waiting", reason=str(exc))
        else:
            self._asked.set_to_current_time()
