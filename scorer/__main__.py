"""``python -m scorer``: serve until SIGTERM or SIGINT."""

import sys

from fraud.errors import LocalServiceError
from fraud.exposition.errors import EndpointError
from fraud.priority import be_prompt
from fraud.settings import load_settings
from scorer.errors import ScorerError
from scorer.service import ScorerService


def main() -> int:
    """Serve; returns the exit code."""
    # Before any other thread is there: those that score are started by this one.
    be_prompt()
    try:
        ScorerService(load_settings()).run()
    except (ScorerError, EndpointError, LocalServiceError) as exc:
        sys.stderr.write(f"{exc}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
