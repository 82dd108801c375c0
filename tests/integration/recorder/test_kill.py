"""The recorder's process: killed at any moment, asked to end, refused."""

import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from scorer.sinks.outbox import Outbox
from tests.integration.recorder.records import append, recorded_ids
from tests.waiting import wait_until

ROUNDS = 10
ROOT = Path(__file__).resolve().parents[3]
WAIT_SECONDS = 30.0


def start(home: Path, dsn: str) -> subprocess.Popen[bytes]:
    environment = {
        **os.environ,
        "FRAUD_HOME": str(home),
        "FRAUD_RECORDER__DSN": dsn,
        "FRAUD_RECORDER__BATCH_ROWS": "20",
        "FRAUD_RECORDER__POLL_SECONDS": "0.005",
    }
    command = [sys.executable, "-m", "scorer.recorder"]
    return subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE)


@pytest.mark.slow
def test_no_row_is_lost_or_doubled_by_kills(
    outbox: Outbox, path: Path, dsn: str, tmp_path: Path
) -> None:
    chance = random.Random(11)
    keys: list[str] = []
    stopped = threading.Event()

    def append_always() -> None:
        while not stopped.wait(0.002):
            key = f"t{len(keys):06}"
            append(outbox, key)
            keys.append(key)

    thread = threading.Thread(target=append_always)
    thread.start()
    moved = 0
    for _ in range(ROUNDS):
        before = outbox.recorded_through()
        with start(tmp_path, dsn) as process:
            wait_until_past(outbox, before)
            time.sleep(chance.uniform(0.0, 0.1))
            process.kill()
        moved += outbox.recorded_through() > before
    stopped.set()
    thread.join()
    with start(tmp_path, dsn) as process:
        wait_until_past(outbox, len(keys) - 1)
        process.send_signal(signal.SIGTERM)
        assert process.wait(WAIT_SECONDS) == 0
    assert moved == ROUNDS, "each was killed in the midst of work"
    assert recorded_ids(dsn) == keys


def test_a_recorder_that_cannot_go_on_says_why_and_fails(
    path: Path, dsn: str, tmp_path: Path
) -> None:
    Outbox(path, "normal").close()
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA user_version = 99")
    database.close()
    with start(tmp_path, dsn) as process:
        _, complaints = process.communicate(timeout=WAIT_SECONDS)
    assert process.returncode == 1
    assert b"it has schema version 99" in complaints
    assert b"Traceback" not in complaints


def wait_until_past(outbox: Outbox, seq: int) -> None:
    wait_until(
        lambda: outbox.recorded_through() > seq,
        seconds=WAIT_SECONDS,
        told=lambda: f"at {outbox.recorded_through()} of {seq}",
        pause=0.005,
    )
