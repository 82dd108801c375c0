"""``python -m worker``: score the stream until SIGTERM or SIGINT."""

import argparse
import sys
from pathlib import Path

import structlog

from fraud.errors import LocalServiceError
from fraud.exposition.errors import EndpointError
from fraud.logs import configure_logs
from fraud.settings import load_settings
from fraud.signals import stop_on_signals
from messaging.errors import MessagingError
from worker.errors import WorkerError
from worker.set_aside import DeadLetterTopic
from worker.worker import Worker

log = structlog.get_logger(__name__)


def main(ready: Path | None = None) -> int:
    """Work; returns the exit code.

    Args:
        ready: File that is made once the worker is a member of the group.
    """
    settings = load_settings()
    configure_logs(settings.logging)
    try:
        with DeadLetterTopic(settings.kafka) as aside:
            worker = Worker(settings, aside, ready)
            stop_on_signals(worker.stop)
            worker.run()
    except (WorkerError, MessagingError, EndpointError, LocalServiceError) as exc:
        log.error("worker.failed", reason=str(exc))  # noqa: TRY400 - it is told in the reason
        return 1
    return 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ready", type=Path, help="file that is made once it is a member")
    sys.exit(main(parser.parse_args().ready))
