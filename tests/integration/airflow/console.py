"""Airflow's command line, kept running: one start for many commands.

Reads lines of JSON ``{"arguments": [...], "environment": {...}}``, runs each as ``airflow
ARGUMENTS``, answers a line with the exit code. Run by the Python of Airflow's environment.
"""

import json
import os
import sys


def main() -> None:
    """Until the input ends."""
    replies = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # what commands print goes with the log
    for line in sys.stdin:
        told = json.loads(line)
        os.environ.update(told["environment"])
        replies.write(f"{run(told['arguments'])}\n")


def run(arguments: list[str]) -> int:
    """The exit code that a shell would see."""
    from airflow.cli.cli_parser import get_parser  # type: ignore[import-not-found]

    options = get_parser().parse_args(arguments)
    try:
        options.func(options)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 1
    return 0


if __name__ == "__main__":
    main()
