"""``python -m hindsight``: explain, and have shadows score, until SIGTERM or SIGINT."""

import sys
from functools import partial

import structlog

from fraud.errors import LocalServiceError
from fraud.exposition.errors import EndpointError
from fraud.logs import configure_logs
from fraud.settings import load_settings
from fraud.signals import stop_on_signals
from hindsight.drains import Explainer, ShadowScorer
from hindsight.quality.watch import QualityWatch
from scorer.recorder.errors import RecorderError
from scorer.recorder.running import Worker, database_of, run, stop
from scorer.sinks.errors import OutboxError

log = structlog.get_logger(__name__)


def main() -> int:
    """Explain and score; returns the exit code."""
    settings = load_settings()
    configure_logs(settings.logging)
    if not settings.hindsight.enabled:
        log.warning("hindsight.may_miss", setting="hindsight.enabled", value=False)
    try:
        with database_of(settings) as dsn:
            drains: list[Worker] = [Explainer(settings, dsn), ShadowScorer(settings, dsn)]
            if settings.hindsight.metrics_port:
                drains.append(QualityWatch(settings.hindsight, dsn))
            stop_on_signals(partial(stop, drains))
            run(drains)
    except (RecorderError, OutboxError, LocalServiceError, EndpointError) as exc:
        log.error("hindsight.failed", reason=str(exc))  # noqa: TRY400 - it is told in the reason
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
