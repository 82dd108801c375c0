"""`backfill`, started by hand: the states are those that the command makes of the same history."""

from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from fraud.local.command import fraud_command
from fraud.settings import Settings
from simulator import World, WorldConfig, write_dataset
from tests.integration.airflow.night import Airflow

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

DAY = "2026-02-01"
WORLD = WorldConfig(customers=200, merchants=50, days=5, start=date(2026, 1, 1))


def test_states_are_those_of_the_command(tmp_path: Path, airflow_python: Path) -> None:
    settings = Settings(home=tmp_path / "home")
    lake, states = tmp_path / "lake", tmp_path / "states"
    write_dataset(World(WORLD), lake)
    with Airflow.open(settings, tmp_path / "airflow", lake) as airflow:
        conf = f'{{"data": "{lake}"}}'
        made = airflow.run(
            *("dags", "test", "backfill", DAY, "--conf", conf),
            AIRFLOW_VAR_FRAUD_BACKFILLS=str(states),
        )
        assert made == 0, airflow.log.read_text()[-5_000:]
        nothing = airflow.run(
            *("dags", "test", "backfill", DAY, "--conf", f'{{"data": "{tmp_path / "none"}"}}'),
            AIRFLOW_VAR_FRAUD_BACKFILLS=str(tmp_path / "other"),
        )
        assert nothing == 1
        assert [(told["event"], told["task_id"]) for told in airflow.told()] == [
            ("task_failed", "states")
        ]
    direct = tmp_path / "direct"
    done = fraud_command(settings, "backfill", "--data", str(lake), "--out", str(direct))
    assert done.returncode == 0, done.stdout + done.stderr
    assert rows_of(states / DAY) == rows_of(direct)


def rows_of(folder: Path) -> list[tuple[object, ...]]:
    """All rows of a folder of states, in one order."""
    table = pq.read_table(folder)
    assert table.num_rows > 200
    return sorted(zip(*(column.to_pylist() for column in table.columns), strict=True))
