"""What a real Prometheus tells the terminal view of the other processes."""

import time
from pathlib import Path

import pytest

from fraud.errors import MissingToolError
from fraud.exposition.endpoint import serve_metrics
from fraud.local.port import free_port
from fraud.local.prometheus import LocalPrometheus
from fraud.local.web_program import find_tool
from fraud.watch.prometheus import ask_prometheus
from tests.integration.monitoring.faster import faster_prometheus
from worker.metrics import WorkerMetrics

PATIENCE_SECONDS = 30.0


def test_the_lag_of_workers_and_the_alerts_that_fire(tmp_path: Path) -> None:
    try:
        find_tool("prometheus")
    except MissingToolError as exc:
        pytest.skip(str(exc))
    metrics, port = WorkerMetrics(), free_port()
    for partition, lag in enumerate((1200, 34)):
        metrics.lag.labels(str(partition)).set(lag)
    close = serve_metrics(metrics.registry, "127.0.0.1", port, "worker.metrics_port")
    targets, config = {"worker": [f"127.0.0.1:{port}"]}, faster_prometheus(tmp_path / "faster.yml")
    with LocalPrometheus(tmp_path / "prometheus", targets, config=config) as prometheus:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while "worker lag" not in (found := ask_prometheus(prometheus.url) or {}):
            assert time.monotonic() < deadline, found
            time.sleep(0.2)
    close()
    assert found == {"worker lag": "1,234", "alerts firing": "none"}


def test_without_one_there_is_nothing_to_tell() -> None:
    assert ask_prometheus(f"http://127.0.0.1:{free_port()}") is None
