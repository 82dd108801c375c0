"""The DAG `drift` on a real Airflow: tells of a shift, starts `retrain`, and else says nothing."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from benchmarks.drift.trial import Live
from fraud.settings import RecorderSettings, RegistrySettings, Settings
from tests.integration.airflow.conftest import airflow_python
from tests.integration.airflow.night import Airflow
from tests.integration.drift.conftest import PLAN
from training.drift.store import last_reports
from training.drift.window import Window

__all__ = ["airflow_python"]

pytestmark = [pytest.mark.slow, pytest.mark.timeout(700)]

STARTED = "SELECT run_id FROM dag_run WHERE dag_id = 'retrain'"


@pytest.fixture
def airflow(
    registry: RegistrySettings, recorded: str, airflow_python: Path, tmp_path: Path
) -> Iterator[Airflow]:
    settings = Settings(
        home=tmp_path / "home", registry=registry, recorder=RecorderSettings(dsn=recorded)
    )
    with Airflow.open(settings, tmp_path / "airflow", tmp_path / "lake") as opened:
        assert opened.run("dags", "reserialize") == 0, opened.log.read_text()[-5_000:]
        yield opened


def test_a_shift_is_told_and_starts_retrain_and_a_stable_day_is_not(
    airflow: Airflow, live: Live, recorded: str, tmp_path: Path
) -> None:
    database = tmp_path / "airflow" / "airflow.db"
    stable, shifted = live.windows(PLAN.live)[-2:]
    run(airflow, day_after(stable))
    assert airflow.told() == []
    assert started(database) == []
    run(airflow, day_after(shifted))
    [told] = airflow.told()
    assert (told["event"], told["task_id"]) == ("drifted", "drifted")
    newest, before = last_reports(recorded, "fraud", 5)
    assert (newest.report.drifted, before.report.drifted) == (True, False)
    page = Path(told["page"]).read_text()
    assert {each.subject for each in newest.report.drifts} >= {"amount"}
    assert all(each.subject in page for each in newest.report.drifts)
    assert started(database) == [f"drift__{day_after(shifted)}"]


def test_too_few_payments_give_no_verdict_and_no_notice(airflow: Airflow, tmp_path: Path) -> None:
    run(airflow, "2020-01-01")
    assert airflow.told() == []
    assert started(tmp_path / "airflow" / "airflow.db") == []


def run(airflow: Airflow, day: str) -> None:
    assert airflow.run("dags", "test", "drift", day) == 0, airflow.log.read_text()[-5_000:]


def day_after(window: Window) -> str:
    """The day at whose first instant a window ends."""
    return window.end.date().isoformat()


def started(database: Path) -> list[str]:
    """Names of the runs of `retrain` that there are."""
    with closing(sqlite3.connect(database)) as connection:
        return [name for (name,) in connection.execute(STARTED)]
