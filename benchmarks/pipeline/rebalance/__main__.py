"""``python -m benchmarks.pipeline.rebalance``: the table, JSON beside it, exit code 1 on a miss."""

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

from rich.console import Console

from benchmarks.pipeline.rebalance.plan import FULL, SHORT
from benchmarks.pipeline.rebalance.report import print_result, write_result
from benchmarks.pipeline.rebalance.run import run
from fraud.local.kafka import LocalKafka
from fraud.settings import KafkaSettings

WIDTH = 100
OUTPUT = Path(".benchmarks/rebalance.json")


def main() -> int:
    """Run; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--short", action="store_true", help="fewer steps, about half a minute")
    parser.add_argument("--output", type=Path, default=OUTPUT, help="where the JSON goes")
    parser.add_argument("--keep", action="store_true", help="keep the folder with all logs")
    options = parser.parse_args()
    home, console = Path(tempfile.mkdtemp(prefix="fraud-rebalance-")), Console(width=WIDTH)
    with LocalKafka(home / "kafka") as broker:
        kafka = KafkaSettings(bootstrap_servers=broker.bootstrap_servers)
        plan = SHORT if options.short else FULL
        result = run(home, kafka, plan, lambda step: console.print(f"[dim]{step}[/]"))
    print_result(result, console)
    write_result(result, options.output)
    if options.keep:
        console.print(f"kept {home}")
    else:
        shutil.rmtree(home)
    return 0 if result.is_met else 1


if __name__ == "__main__":
    sys.exit(main())
