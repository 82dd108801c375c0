"""The query in a real Spark, killed while it writes; what is in the lake afterwards."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, timedelta
from pathlib import Path

import pytest

from fraud.local.environment import to_environment
from fraud.settings import KafkaSettings, Settings
from spark_stream.lake.errors import NoLakeError
from spark_stream.lake.reader import read_lake
from spark_stream.lake.summary import summarize
from spark_stream.lake.table import open_table
from tests.integration.lake.support import GARBAGE, ids, moved, payments
from tests.integration.lake.test_verify import produce

ROOT = Path(__file__).resolve().parents[3]
PROGRAM = """
from fraud.settings import load_settings
from spark_stream.lake.query import start_lake_query
from spark_stream.session import open_session

settings = load_settings()
session = open_session(settings, "lake-test")
start_lake_query(session, settings, trigger="300 milliseconds", compact_every=7).awaitTermination()
"""

pytestmark = [pytest.mark.slow, pytest.mark.timeout(500)]


def test_killed_while_it_writes_the_lake_has_every_payment_once(
    tmp_path: Path, kafka_settings: KafkaSettings
) -> None:
    settings = Settings(home=tmp_path, kafka=kafka_settings)
    first, second = list(payments()[:600]), list(payments()[600:])
    late = moved(first[0], timedelta(days=-40), "late")
    with running(settings):
        for start in range(0, len(first), 100):
            produce(settings, [*first[start : start + 100], GARBAGE])
            wait_for(settings, start // 2 + 1)
    # Killed between the commit of a batch and whatever comes next, most likely.
    with running(settings):
        produce(settings, [*first[-50:], late, *second])
        wait_for(settings, len(payments()) + 1)
    rows = read_lake(settings)
    assert sorted(rows["transaction_id"].to_pylist()) == ids([*payments(), late])
    day = late.event_time.ToDatetime(UTC).date()
    assert read_lake(settings, day, day)["transaction_id"].to_pylist() == ["late"]
    summary = summarize(open_table(settings.lake_dir))
    assert summary.unreadable == 6
    assert summary.repeats == 50
    verified = command(settings, "verify")
    assert verified.returncode == 0, verified.stdout + verified.stderr
    assert "each payment once, under its date" in verified.stdout
    assert f"{summary.rows:,}" in command(settings).stdout


@contextmanager
def running(settings: Settings) -> Iterator[None]:
    """The query in a process of its own, which is killed in the end, with all that it started."""
    log = (settings.home / "query.log").open("ab")
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM],
        cwd=ROOT,
        env={**os.environ, **to_environment(settings)},
        stdout=log,
        stderr=log,
        start_new_session=True,
    )
    try:
        yield
        assert process.poll() is None, (settings.home / "query.log").read_text()[-4_000:]
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        log.close()


def wait_for(settings: Settings, rows: int, seconds: float = 180) -> None:
    deadline = time.monotonic() + seconds
    while (found := count_rows(settings)) < rows:
        told = (settings.home / "query.log").read_text()[-4_000:]
        assert time.monotonic() < deadline, f"{found} of {rows} rows: {told}"
        time.sleep(0.1)


def count_rows(settings: Settings) -> int:
    try:
        return summarize(open_table(settings.lake_dir)).rows
    except NoLakeError:
        return 0


def command(settings: Settings, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "fraud", "lake", *arguments],
        cwd=ROOT,
        env={**os.environ, **to_environment(settings), "COLUMNS": "120"},
        capture_output=True,
        text=True,
        check=False,
    )
