"""``python -m ops.dashboards``: write the JSON; ``--check`` only tells whether it is current."""

import argparse
import sys
from pathlib import Path

from ops.dashboards import DASHBOARDS
from ops.dashboards.grafana import to_json

FOLDER = Path(__file__).with_name("json")


def main() -> int:
    """Write or check; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing, fail if out of date")
    wanted = {FOLDER / f"{each.uid}.json": to_json(each) for each in DASHBOARDS}
    if parser.parse_args().check:
        stale = [path.name for path, text in wanted.items() if not _holds(path, text)]
        for name in stale:
            sys.stderr.write(f"Out of date: ops/dashboards/json/{name}. Run `make generate`.\n")
        return 1 if stale else 0
    FOLDER.mkdir(exist_ok=True)
    for path, text in wanted.items():
        path.write_text(text)
    return 0


def _holds(path: Path, text: str) -> bool:
    return path.is_file() and path.read_text() == text


if __name__ == "__main__":
    sys.exit(main())
