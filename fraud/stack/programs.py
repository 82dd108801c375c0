"""The processes of the stack, in the order in which they need each other."""

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Final

import httpx

from fraud.client import ScorerClient
from fraud.local.airflow import PARTS
from fraud.local.postgres import takes_queries
from fraud.local.statsd import has_statsd
from fraud.settings import Settings
from fraud.stack.world import StackWorld
from spark_stream.status import JobStatus, status_path

ON_THE_WAY: Final = ("postgres", "kafka", "scorer", "recorder", "worker", "producer")
"""What a payment passes through until it is stored."""
NICENESS: Final = {**dict.fromkeys(ON_THE_WAY, 0), "stream": 5}
"""Of a program; of each that is not here :data:`LOWEST`. Of a core that all of them want, 5 gets a
third and 10 a tenth of what 0 gets (``sched(7)``)."""
LOWEST: Final = 10


@dataclass(frozen=True, slots=True)
class Program:
    """One process.

    Args:
        name: As people call it.
        arguments: Of Python.
        is_ready: Whether those that need it may start.
        patience: Seconds until it must be.
        stop_seconds: That it may take to end.
    """

    name: str
    arguments: tuple[str, ...]
    is_ready: Callable[[], bool]
    patience: float = 90.0
    stop_seconds: int = 20

    @property
    def command(self) -> list[str]:
        """What is executed; what no payment passes through gives way to what one does."""
        niceness = str(NICENESS.get(self.name, LOWEST))
        return ["nice", "-n", niceness, sys.executable, *self.arguments]


def programs_of(settings: Settings, world: StackWorld) -> list[Program]:
    """Every process of the stack.

    Args:
        settings: Those of :func:`fraud.stack.settings.stack_settings`.
        world: Whose payments are produced.
    """
    local, url = ("-m", "fraud.local"), settings.registry.url
    worker, hindsight, dsn = settings.worker, settings.hindsight, settings.recorder.dsn or ""
    ports = settings.monitoring
    alertmanager, prometheus, page = (
        f"http://127.0.0.1:{port}"
        for port in (ports.alertmanager_port, ports.prometheus_port, ports.dashboards_port)
    )
    return [
        Program("postgres", (*local, "postgres"), lambda: takes_queries(dsn)),
        Program("mlflow", (*local, "mlflow"), lambda: _answers(f"{url}/health"), 180.0),
        Program("kafka", (*local, "kafka"), lambda: _is_kafka_ready(settings), 180.0, 40),
        Program("scorer", ("-m", "scorer"), lambda: _is_serving(settings), 120.0),
        Program("recorder", ("-m", "scorer.recorder"), lambda: takes_queries(dsn, "predictions")),
        Program(
            "hindsight",
            ("-m", "hindsight"),
            lambda: _answers(_page(hindsight.metrics_host, hindsight.metrics_port)),
        ),
        Program(
            "worker",
            ("-m", "worker"),
            lambda: _answers(_page(worker.metrics_host, worker.metrics_port)),
        ),
        Program("stream", ("-m", "spark_stream"), lambda: _is_streaming(settings), 240.0, 60),
        Program(
            "alertmanager", (*local, "alertmanager"), lambda: _answers(f"{alertmanager}/-/ready")
        ),
        Program("prometheus", (*local, "prometheus"), lambda: _answers(f"{prometheus}/-/ready")),
        Program("dashboards", ("-m", "fraud", "dashboards"), lambda: _answers(page)),
        *(_airflow_of(settings) if settings.stack.airflow else ()),
        Program("producer", ("-m", "fraud", *world.produce(settings.stack.rate)), lambda: True),
    ]


def _airflow_of(settings: Settings) -> Iterator[Program]:
    """Where metrics go first, if that is installed; then Airflow's own processes."""
    section = settings.airflow
    if has_statsd():
        page = _page(section.metrics_host, section.metrics_port)
        yield Program("statsd", ("-m", "fraud.local", "statsd"), lambda: _answers(page))
    url = f"http://127.0.0.1:{section.port}/api/v2/monitor/health"
    for part in PARTS:
        # Tables are made the first time.
        yield Program(
            f"airflow-{part}",
            ("-m", "fraud.local.airflow", part),
            partial(_is_healthy, url, part),
            180.0,
        )


def _is_healthy(url: str, part: str) -> bool:
    """What Airflow's server says of itself or, by their heartbeats, of the others."""
    try:
        answer = httpx.get(url, timeout=5.0)
    except httpx.HTTPError:
        return False
    if not answer.is_success:
        return False
    name = "metadatabase" if part == PARTS[0] else part.replace("-", "_")
    return bool(answer.json()[name]["status"] == "healthy")


def _page(host: str, port: int) -> str:
    return f"http://{host}:{port}/metrics"


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=2.0).is_success
    except httpx.HTTPError:
        return False


def _is_kafka_ready(settings: Settings) -> bool:
    """Answers, and has the topics, which are made here the first time."""
    from messaging.admin import reconcile
    from messaging.errors import MessagingError

    try:
        reconcile(settings.kafka)
    except MessagingError:
        return False
    return True


def _is_serving(settings: Settings) -> bool:
    if not settings.port_file.is_file():
        return False
    with ScorerClient(f"{settings.scorer.host}:{settings.port_file.read_text()}") as client:
        return client.is_serving()


def _is_streaming(settings: Settings) -> bool:
    status = JobStatus.read(status_path(settings))
    return status is not None and status.is_running
