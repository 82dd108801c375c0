"""What the job tells of itself, and whether it is believed."""

import time
from dataclasses import replace
from pathlib import Path

from typer.testing import CliRunner

from fraud.cli.spark import app
from fraud.settings import Settings
from spark_stream.status import JobStatus, MachineStatus, QueryStatus, status_path

PROGRESS = {
    "batchId": 7,
    "numInputRows": 300,
    "inputRowsPerSecond": 290.5,
    "processedRowsPerSecond": 310.0,
    "durationMs": {"triggerExecution": 950},
    "sources": [
        {
            "endOffset": {"raw_transactions": {"0": 100, "1": 50}},
            "latestOffset": {"raw_transactions": {"0": 130, "1": 50}, "labels": {"0": 4}},
        }
    ],
    "stateOperators": [
        {"numRowsTotal": 1000, "memoryUsedBytes": 4_000_000},
        {"numRowsTotal": 500, "memoryUsedBytes": 1_000_000},
    ],
}


def _status(**changes: object) -> JobStatus:
    query = QueryStatus.of("features", PROGRESS)
    machine = MachineStatus(100_000_000, 1_000_000_000, 12, 340)
    status = JobStatus(4711, time.time_ns(), (query,), machine)
    return replace(status, **changes)  # type: ignore[arg-type]


def test_a_query_tells_its_last_batch_and_what_is_left() -> None:
    query = QueryStatus.of("features", PROGRESS)
    assert (query.batch, query.rows, query.batch_ms) == (7, 300, 950)
    assert query.behind == 30 + 4
    assert (query.state_rows, query.state_bytes) == (1500, 5_000_000)
    assert QueryStatus.of("features", None).batch == -1


def test_it_is_read_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "status.json"
    assert JobStatus.read(path) is None
    status = _status()
    status.write(path)
    assert JobStatus.read(path) == status


def test_an_old_or_a_stopped_one_does_not_count_as_running() -> None:
    assert _status().is_running
    assert not _status(stopped=True).is_running
    assert not _status(written_ns=time.time_ns() - 60_000_000_000).is_running


def test_the_command_says_so_by_its_exit_code(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    environment = {"FRAUD_HOME": str(tmp_path), "COLUMNS": "160"}
    settings.checkpoint_dir.mkdir(parents=True)
    run = CliRunner()
    assert run.invoke(app, ["status"], env=environment).exit_code == 1
    _status().write(status_path(settings))
    told = run.invoke(app, ["status"], env=environment)
    assert told.exit_code == 0, told.output
    assert "features" in told.output
    assert "running" in told.output
    _status(stopped=True).write(status_path(settings))
    assert run.invoke(app, ["status"], env=environment).exit_code == 1
