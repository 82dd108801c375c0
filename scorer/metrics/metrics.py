"""Everything that a scorer tells Prometheus, and the page that tells it."""

from collections.abc import Callable

from prometheus_client import CollectorRegistry, GCCollector, PlatformCollector, ProcessCollector

from fraud.exposition.endpoint import serve_metrics
from fraud.settings import ScorerSettings
from scorer.metrics.calls import CallCollector
from scorer.metrics.stalls import Stalls
from scorer.metrics.standing import Parts, StandingCollector
from scorer.metrics.tally import CallTally


class ScorerMetrics:
    """All series of one scorer, in a registry of its own.

    Args:
        settings: Where the page is served.
        tally: The calls that were answered.
        parts: What else is looked at.
    """

    def __init__(self, settings: ScorerSettings, tally: CallTally, parts: Parts) -> None:
        self._settings = settings
        self.registry = CollectorRegistry()
        for collector in (CallCollector(tally, lambda: _serving(parts)), StandingCollector(parts)):
            self.registry.register(collector)
        for kind in (ProcessCollector, PlatformCollector, GCCollector):
            kind(registry=self.registry)
        self._stalls = Stalls(self.registry)
        self._close: Callable[[], None] | None = None

    def start(self) -> None:
        """Open the page.

        Raises:
            EndpointError: It cannot listen there.
        """
        host, port = self._settings.metrics_host, self._settings.metrics_port
        self._close = serve_metrics(self.registry, host, port, "scorer.metrics_port")
        self._stalls.start()

    def stop(self) -> None:
        """Close it."""
        if self._close is not None:
            self._stalls.stop()
            self._close()
            self._close = None


def _serving(parts: Parts) -> list[tuple[int, str]]:
    current = parts.models.current
    return (
        [] if current is None else [(each.variant, each.version.version) for each in current.models]
    )
