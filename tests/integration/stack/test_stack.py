"""The whole platform: data in every panel, alerts in time, nothing lost."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from benchmarks.pipeline.stack.run import ALERT, count_payments, wait_for_drift
from benchmarks.pipeline.stack.spell import Spell
from fraud.local.airflow import DATABASE
from fraud.local.port import HOST
from fraud.local.prometheus import LocalPrometheus
from fraud.settings import Settings
from fraud.stack.supervisor import Supervisor
from ops.dashboards import DASHBOARDS
from tests.integration.monitoring.browser import looking_at, panels_with_data
from tests.integration.monitoring.receiver import Receiver
from tests.integration.stack.conftest import fraud, try_fraud
from tests.waiting import wait_until
from training.drift.policy import DriftPolicy
from training.drift.store import last_reports

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1_800)]

DAGS = 3
DATA_SECONDS = 240.0
MOST_SECONDS_TO_FIRE = 60.0
ALERT_SECONDS = 120.0
AIRFLOW_SECONDS = 300.0
"""It gives way to everything that a payment passes through."""
SPIKE_SECONDS, CALM_SECONDS = 60, 60
WINDOW_SECONDS = 400.0
"""The alert looks at five minutes: after them it is over in any case."""
SETTLE_SECONDS = 120.0


def wait_calmly(holds: Callable[[], bool], seconds: float, told: Callable[[], object]) -> None:
    wait_until(holds, seconds, told, pause=1.0)


def url_of(port: int) -> str:
    return f"http://{HOST}:{port}"


def test_every_panel_has_data_and_nothing_is_lost(
    base: Settings, stack: Settings, receiver: Receiver
) -> None:
    every_program_is_ready(base)
    if stack.stack.airflow:
        only_drift_runs_by_itself(stack)
        fail_a_retraining(base)
    since = time.time()
    spike_is_told(stack, receiver, since)
    # The alert looks at five minutes; what else is to be seen is seen meanwhile.
    every_panel_has_data(stack)
    drift_is_of_the_worlds_days(stack)
    if stack.stack.airflow:
        failure_is_told(stack, receiver)
    spike_is_over(stack, since)
    nothing_is_lost(stack)


def every_program_is_ready(base: Settings) -> None:
    """Each was once; Airflow's may answer late again while the last ones start."""
    shown: list[str] = []

    def is_ready() -> bool:
        done = try_fraud(base, "stack", "status")
        shown[:] = [done.stdout + done.stderr]
        cells = {cell.strip() for cell in done.stdout.split("│")}
        return done.returncode == 0 and "yes" in cells and "no" not in cells

    wait_calmly(is_ready, AIRFLOW_SECONDS, lambda: shown[0])


def only_drift_runs_by_itself(stack: Settings) -> None:
    """A new stack has no days to train on: `retrain` waits for somebody."""
    running: list[str] = []

    def is_read() -> bool:
        address = make_conninfo(stack.recorder.dsn or "", dbname=DATABASE)
        with psycopg.connect(address) as connection:
            found = connection.execute("SELECT dag_id, is_paused FROM dag ORDER BY 1").fetchall()
        running[:] = [dag_id for dag_id, is_paused in found if not is_paused]
        return len(found) == DAGS

    wait_calmly(is_read, AIRFLOW_SECONDS, lambda: running)
    assert running == ["drift"]


def fail_a_retraining(base: Settings) -> None:
    """A run of `retrain` for a day that the lake does not have: it fails for good in a while."""
    fraud(base, "stack", "airflow", "dags", "unpause", "--yes", "retrain")


def failure_is_told(stack: Settings, receiver: Receiver) -> None:
    """Airflow's metrics tell of the run and its tasks, and the alert reaches who is to know."""
    prometheus = client(stack)
    told = (
        'airflow_task_failures_total{dag_id="retrain", task_id="dataset"} >= 4',
        'airflow_dag_run_duration_seconds_count{dag_id="retrain", state="failed"} >= 1',
        "rate(airflow_scheduler_heartbeats_total[1m]) > 0",
        "rate(airflow_dag_processor_heartbeats_total[1m]) > 0",
    )
    wait_calmly(
        lambda: all(prometheus.query(each) for each in told),
        AIRFLOW_SECONDS,
        lambda: [each for each in told if not prometheus.query(each)],
    )
    # Its first runs find too few payments, which is no failure.
    failed = 'airflow_dag_run_duration_seconds_count{dag_id="drift", state="failed"} > 0'
    assert not prometheus.query(failed)
    wait_calmly(
        lambda: bool(receiver.found("/ticket", "RetrainFailed")),
        AIRFLOW_SECONDS,
        lambda: (prometheus.alerts(), receiver.received),
    )


def every_panel_has_data(stack: Settings) -> None:
    wait_for_drift(stack, url_of(stack.monitoring.prometheus_port))
    with looking_at(url_of(stack.monitoring.dashboards_port)) as browser:
        drawn: dict[str, bool] = {}

        def empty() -> list[str]:
            return [title for title, data in drawn.items() if not data and is_expected(title)]

        def is_expected(title: str) -> bool:
            return stack.stack.airflow or not title.startswith("Airflow")

        def all_drawn() -> bool:
            for dashboard in DASHBOARDS:
                drawn.update(panels_with_data(browser, dashboard.uid))
            return not empty()

        wait_calmly(all_drawn, DATA_SECONDS, empty)
        assert len(drawn) == sum(len(dashboard.panels) for dashboard in DASHBOARDS)


def drift_is_of_the_worlds_days(stack: Settings) -> None:
    """By whole days of the payments' own time, although no day of ours has passed."""
    dsn, model_name = stack.recorder.dsn or "", stack.registry.model_name
    report = last_reports(dsn, model_name, 1)[0].report
    assert report.window_end - report.window_start == timedelta(days=3)
    assert report.window_end < datetime.now(UTC) - timedelta(days=30)
    assert report.payments >= DriftPolicy().least_payments
    assert "amount" in {each.subject for each in report.measures}


def spike_is_told(stack: Settings, receiver: Receiver, since: float) -> None:
    """The alert fires soon after the crossing."""
    look = look_for_alert(stack, since)
    produce(stack, "spike-", fraud_rate=0.4, rate=60, seconds=SPIKE_SECONDS)
    wait_calmly(
        lambda: (spell := look()) is not None and spell.fired is not None, ALERT_SECONDS, look
    )
    found = look()
    assert found is not None
    assert found.crossed > since, "more than the threshold was stopped before"
    assert found.fire_seconds is not None
    assert found.fire_seconds <= MOST_SECONDS_TO_FIRE
    wait_calmly(
        lambda: bool(receiver.found("/page", ALERT)), ALERT_SECONDS, lambda: receiver.received
    )
    produce(stack, "calm-", fraud_rate=0, rate=250, seconds=CALM_SECONDS)


def spike_is_over(stack: Settings, since: float) -> None:
    """The alert ends when genuine payments outweigh the spike."""
    look = look_for_alert(stack, since)
    wait_calmly(
        lambda: (spell := look()) is not None and spell.resolved is not None, WINDOW_SECONDS, look
    )


def look_for_alert(stack: Settings, since: float) -> Callable[[], Spell | None]:
    """What there is of the alert's first spell by now."""
    url = url_of(stack.monitoring.prometheus_port)
    return lambda: Spell.first_of(url, ALERT, since, time.time())


def produce(stack: Settings, prefix: str, *, fraud_rate: float, rate: int, seconds: int) -> None:
    """Payments of another world, beside those that come anyway."""
    options = {
        "fraud-rate": fraud_rate,
        "rate": rate,
        "seconds": seconds,
        "id-prefix": prefix,
        "customers": 2000,
        "time": "original",
    }
    pairs = (part for name, value in options.items() for part in (f"--{name}", str(value)))
    fraud(stack, "produce", *pairs)


def client(stack: Settings) -> LocalPrometheus:
    """The stack's, to be asked."""
    return LocalPrometheus(stack.home, {}, stack.monitoring.prometheus_port)


def nothing_is_lost(stack: Settings) -> None:
    """What was produced is what was scored is what is stored, each once."""
    Supervisor(stack.home / "supervisor").stop_program("producer")
    url = url_of(stack.monitoring.prometheus_port)
    counts: dict[str, int] = {}

    def is_whole() -> bool:
        counts.update(count_payments(stack, url))
        return len(set(counts.values())) == 1

    wait_calmly(is_whole, SETTLE_SECONDS, lambda: counts)
    assert min(counts.values()) > 1_000
