"""The whole platform, brought up by its command."""

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from fraud.errors import MissingToolError
from fraud.local.airflow import ROOT
from fraud.local.environment import to_environment
from fraud.local.port import HOST, free_port
from fraud.local.statsd import has_statsd
from fraud.local.web_program import find_tool
from fraud.settings import (
    AirflowSettings,
    HindsightSettings,
    KafkaSettings,
    MonitoringSettings,
    RegistrySettings,
    ScorerSettings,
    Settings,
    SparkSettings,
    StackSettings,
    WorkerSettings,
)
from fraud.stack.settings import stack_settings
from fraud.stack.stack import supervisor_of
from tests.integration.monitoring.receiver import Receiver

UP_SECONDS = 480.0
# A day of the world's payments is over in ten seconds, so that labels come within a minute.
CUSTOMERS, RATE = 400, 40


@pytest.fixture(scope="module")
def receiver() -> Iterator[Receiver]:
    """Who is told of alerts."""
    with Receiver() as receiver:
        yield receiver


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory, receiver: Receiver) -> Settings:
    """Settings of a stack on ports that are free; skips where its programs cannot be had."""
    for tool in ("prometheus", "alertmanager"):
        try:
            find_tool(tool)
        except MissingToolError as exc:
            pytest.skip(str(exc))
    # Where its metrics cannot be had, Airflow is left out.
    if has_statsd():
        subprocess.run([ROOT / "tools" / "setup-airflow"], check=True, timeout=600)
    return Settings(
        home=tmp_path_factory.mktemp("home"),
        scorer=ScorerSettings(port=free_port(), metrics_port=free_port()),
        worker=WorkerSettings(metrics_port=free_port()),
        spark=SparkSettings(metrics_port=free_port()),
        hindsight=HindsightSettings(metrics_port=free_port(), quality_seconds=5.0),
        registry=RegistrySettings(url=f"http://{HOST}:{free_port()}"),
        kafka=KafkaSettings(bootstrap_servers=f"{HOST}:{free_port()}"),
        monitoring=MonitoringSettings(
            prometheus_port=free_port(),
            alertmanager_port=free_port(),
            alert_receiver=receiver.url,
            dashboards_port=free_port(),
        ),
        airflow=AirflowSettings(
            port=free_port(),
            statsd_port=free_port(),
            metrics_port=free_port(),
            task_retry_seconds=1,
            drift_minutes=2,
        ),
        stack=StackSettings(rate=RATE, customers=CUSTOMERS, airflow=has_statsd()),
    )


def fraud(settings: Settings, *arguments: str) -> str:
    """Run a command as its user would; returns what it printed."""
    done = try_fraud(settings, *arguments)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def try_fraud(settings: Settings, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command that may fail."""
    return subprocess.run(
        [sys.executable, "-m", "fraud", *arguments],
        env={**os.environ, **to_environment(settings), "COLUMNS": "160"},
        capture_output=True,
        text=True,
        timeout=UP_SECONDS,
        check=False,
    )


@pytest.fixture(scope="module")
def stack(base: Settings) -> Iterator[Settings]:
    """Settings of the stack that runs."""
    try:
        told = fraud(base, "stack", "up")
        assert "Dashboards: http://" in told
        yield stack_settings(base)
    finally:
        fraud(base, "stack", "down")
    assert not supervisor_of(base).is_running
