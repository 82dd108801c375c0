"""``python -m spark_stream``, or this file by ``spark-submit``: stream until SIGTERM or SIGINT."""

import sys

from fraud.exposition.errors import EndpointError
from fraud.logs import configure_logs
from fraud.settings import load_settings
from messaging.errors import MessagingError
from spark_stream.errors import StreamError
from spark_stream.job import StreamJob


def main() -> int:
    """Stream; returns the exit code."""
    settings = load_settings()
    configure_logs(settings.logging)
    try:
        StreamJob(settings).run()
    except (StreamError, MessagingError, EndpointError) as exc:
        sys.stderr.write(f"{exc}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
