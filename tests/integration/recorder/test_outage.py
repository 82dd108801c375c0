"""PostgreSQL goes away and comes back while payments go on."""

import shutil
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from fraud.local.postgres import EmbeddedPostgres
from fraud.settings import RecorderSettings
from scorer.recorder.recorder import Recorder
from scorer.sinks.outbox import Outbox
from tests.integration.recorder.records import append, recorded_ids
from tests.waiting import wait_until

SETTINGS = RecorderSettings(batch_rows=20, poll_seconds=0.01)
WAIT_SECONDS = 30.0


@pytest.fixture
def own_postgres() -> Iterator[EmbeddedPostgres]:
    """A server that this test may stop."""
    folder = Path(tempfile.mkdtemp(prefix="fraud-postgres-"))
    with EmbeddedPostgres(folder / "postgres") as server:
        yield server
    shutil.rmtree(folder)


def test_every_decision_is_there_after_postgresql_was_away(
    outbox: Outbox, path: Path, own_postgres: EmbeddedPostgres
) -> None:
    keys = [f"t{number:04}" for number in range(600)]
    recorder = Recorder(path, own_postgres.dsn, SETTINGS)
    thread = threading.Thread(target=recorder.run)
    with capture_logs() as logs:
        thread.start()
        append(outbox, *keys[:200])
        wait_until_recorded(outbox, 1)
        own_postgres.stop()
        append(outbox, *keys[200:400])
        wait_until(lambda: "recorder.away" in [line["event"] for line in logs], WAIT_SECONDS)
        own_postgres.start()
        append(outbox, *keys[400:])
        wait_until_recorded(outbox, len(keys))
        recorder.stop()
        thread.join()
    assert recorded_ids(own_postgres.dsn) == keys
    states = [line["event"] for line in logs if line["event"].startswith("recorder.")]
    assert states == [
        "recorder.recording",
        "recorder.away",
        "recorder.recording",
        "recorder.stopped",
    ], "one line for each change, however many tries"


def test_a_recorder_waits_for_an_outbox_that_comes_later(path: Path, dsn: str) -> None:
    recorder = Recorder(path, dsn, SETTINGS)
    thread = threading.Thread(target=recorder.run)
    thread.start()
    time.sleep(0.1)
    outbox = Outbox(path, "normal")
    append(outbox, "t1")
    wait_until_recorded(outbox, 1)
    recorder.stop()
    thread.join()
    outbox.close()
    assert recorded_ids(dsn) == ["t1"]


def wait_until_recorded(outbox: Outbox, seq: int) -> None:
    wait_until(lambda: outbox.recorded_through() >= seq, WAIT_SECONDS)
