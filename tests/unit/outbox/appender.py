"""Appends without end and says so: ``python appender.py PATH ROUND``; killed by its test."""

import sys
from pathlib import Path

from scorer.sinks.outbox import Outbox, StoredLabel


def main(path: Path, name: str) -> None:
    outbox = Outbox(path, "normal")
    number = 0
    while True:
        key = f"{name}-{number}"
        outbox.append_prediction(key, b"digest", key.encode() * 40)
        outbox.append_labels([StoredLabel(key, b"fraud")])
        sys.stdout.write(f"{key}\n")
        sys.stdout.flush()
        number += 1
        if number % 100 == 0:
            outbox.checkpoint()
            outbox.prune(outbox.newest_seq // 3, 10**18, 50)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
