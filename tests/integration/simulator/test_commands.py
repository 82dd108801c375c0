"""``fraud simulate`` and ``fraud import handbook``, as typed."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from typer.testing import CliRunner

from fraud.cli import import_, simulate
from fraud.cli.errors import CommandError
from simulator import World, WorldConfig, to_transactions


def test_simulate_writes_and_counts(tmp_path: Path) -> None:
    options = ["--days", "4", "--customers", "500", "--seed", "9", "--start", "2026-03-01"]
    result = CliRunner().invoke(simulate.app, [*options, "--out", str(tmp_path)])
    assert result.exit_code == 0, result.output
    events = pq.read_table(tmp_path / "events.parquet")
    assert f"{len(events):,}" in result.output
    assert events["event_time"][0].as_py().date().isoformat() == "2026-03-01"


def test_simulate_says_what_it_cannot_use(tmp_path: Path) -> None:
    result = CliRunner().invoke(simulate.app, ["--fraud-rate", "2", "--out", str(tmp_path)])
    assert isinstance(result.exception, CommandError)
    assert "--fraud-rate 2.0" in str(result.exception)


def test_import_writes_and_counts(tmp_path: Path) -> None:
    world = World(WorldConfig(customers=100, merchants=50, days=1))
    path = tmp_path / "in.parquet"
    rows = [
        {
            "TRANSACTION_ID": number,
            "TX_DATETIME": transaction.event_time.ToDatetime(),
            "CUSTOMER_ID": 1,
            "TERMINAL_ID": 2,
            "TX_AMOUNT": transaction.amount_minor / 100,
            "TX_FRAUD": 0,
            "TX_FRAUD_SCENARIO": 0,
        }
        for number, transaction in enumerate(to_transactions(next(world.generate()).events))
    ]
    pq.write_table(pa.Table.from_pylist(rows), path)
    out = tmp_path / "out"
    result = CliRunner().invoke(import_.app, ["handbook", str(path), "--out", str(out)])
    assert result.exit_code == 0, result.output
    assert f"{len(rows):,}" in result.output
    assert pq.read_metadata(out / "events.parquet").num_rows == len(rows)


def test_import_says_what_it_cannot_read(tmp_path: Path) -> None:
    result = CliRunner().invoke(import_.app, ["handbook", str(tmp_path / "absent.parquet")])
    assert isinstance(result.exception, CommandError)
    assert "absent.parquet" in str(result.exception)
