"""Whatever was acknowledged is there after ``kill -9``, whenever it comes."""

import random
import subprocess
import sys
import time
from pathlib import Path

from scorer.sinks.outbox import Outbox

ROUNDS = 10
APPENDER = Path(__file__).with_name("appender.py")
ROOT = Path(__file__).resolve().parents[3]


def test_no_acknowledged_entry_is_lost(path: Path) -> None:
    chance = random.Random(7)
    for number in range(ROUNDS):
        acknowledged = append_until_killed(path, f"round{number}", chance.uniform(0.0, 0.15))
        outbox = Outbox(path, "normal")
        seqs = [entry.seq for entry in outbox.read_after(0, 1_000_000)]
        assert seqs == list(range(seqs[0], seqs[-1] + 1)), "no gap but that of what was pruned"
        first_kept = seqs[0]
        kept = {entry.key for entry in outbox.read_after(0, 1_000_000)}
        lost = [key for key in acknowledged if key not in kept]
        assert len(lost) <= first_kept, "only pruned ones are gone"
        assert lost == acknowledged[: len(lost)], "and those are the oldest"
        for key in acknowledged[len(lost) + 1 :]:
            found = outbox.find_prediction(key)
            assert found is not None
            assert found.payload == key.encode() * 40
            assert outbox.labels_of(key) == [b"fraud"]
        outbox.close()


def append_until_killed(path: Path, name: str, seconds: float) -> list[str]:
    """Run an appender for about ``seconds`` from its first word; returns what it acknowledged."""
    with subprocess.Popen(
        [sys.executable, APPENDER, path, name],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT)},
    ) as process:
        assert process.stdout is not None
        first = process.stdout.readline().strip()
        time.sleep(seconds)
        process.kill()
        # A last line without its end was not acknowledged.
        rest = process.stdout.read().split("\n")[:-1]
    return [first, *rest]
