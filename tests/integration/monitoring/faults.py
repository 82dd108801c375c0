"""Real processes, and what goes wrong with each."""

import importlib
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any
from zlib import crc32

import grpc
import psycopg
import pytest
from prometheus_client import CollectorRegistry, Counter
from prometheus_client.metrics_core import Metric
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.registry import Collector

from fraud.client import ScorerClient
from fraud.exposition.endpoint import serve_metrics
from fraud.local.port import free_port
from fraud.local.prometheus import OPS
from fraud.local.worker import LocalWorker
from fraud.settings import (
    HindsightSettings,
    KafkaSettings,
    RegistrySettings,
    ScorerSettings,
    Settings,
    WorkerSettings,
)
from fraud.v1.scoring_pb2 import ScoreRequest, ScoreResponse
from hindsight.quality.watch import QualityWatch
from messaging.codec import Record, to_record
from messaging.producer import MessageProducer
from messaging.topics import RAW_TRANSACTIONS
from scorer.service import ScorerService
from spark_stream.metrics import StreamMetrics
from spark_stream.status import QueryStatus
from tests.integration.hindsight.live import Live, Payment
from tests.unit.scorer.support import amount_bundle, payment, write_champion

GENUINE, FRAUD = 1_000, 90_000
"""Amounts that the model of the tests approves and declines."""


@dataclass(frozen=True, slots=True)
class Watched:
    """A scorer, and where it is scraped."""

    service: ScorerService
    page: str

    @property
    def target(self) -> str:
        return f"127.0.0.1:{self.service.port}"


@contextmanager
def repeated(act: Callable[[], object], pause_seconds: float) -> Iterator[None]:
    """Again and again, on a thread of its own."""
    ended = threading.Event()

    def go_on() -> None:
        while not ended.wait(pause_seconds):
            act()

    thread = threading.Thread(target=go_on)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


@contextmanager
def running_scorer(
    home: Path, *, model: bool = True, kafka: KafkaSettings | None = None, **scorer: Any
) -> Iterator[Watched]:
    if model:
        write_champion(home / "bundles", amount_bundle())
    port = free_port()
    settings = Settings(
        home=home,
        scorer=ScorerSettings(port=0, metrics_port=port, shutdown_seconds=0.5, **scorer),
        registry=RegistrySettings(directory=home / "bundles"),
        kafka=kafka or KafkaSettings(),
    )
    service = ScorerService(settings)
    service.start()
    yield Watched(service, f"127.0.0.1:{port}")
    service.stop()


@contextmanager
def paying(
    scorer: Watched, *, every_nth_fraud: int = 0, failing: int = 0, pause: float = 0.1
) -> Iterator[None]:
    """Payments come, some of which are fraud and some of which make the scorer fail."""
    numbers = count()

    def pay() -> None:
        number = next(numbers)
        name = "fail" if failing and number % failing == 0 else "pay"
        fraud = every_nth_fraud and number % every_nth_fraud == 0
        with suppress(grpc.RpcError):
            client.score(
                payment(f"{name}-{number}-{id(numbers)}", amount_minor=FRAUD if fraud else GENUINE)
            )

    with ScorerClient(scorer.target, attempts=1) as client, repeated(pay, pause):
        yield


def break_scorer(service: ScorerService, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its model becomes slow, and payments named so make it fail."""
    score, judge = service.pipeline.score, service._judge.judge

    def failing(request: ScoreRequest) -> ScoreResponse:
        if request.transaction.transaction_id.startswith("fail"):
            raise RuntimeError("a fault of the test")
        return score(request)

    def slow(*arguments: Any) -> Any:
        time.sleep(0.003)
        return judge(*arguments)

    monkeypatch.setattr(service.pipeline, "score", failing)
    monkeypatch.setattr(service._judge, "judge", slow)


@contextmanager
def lagging_worker(home: Path, kafka: KafkaSettings) -> Iterator[str]:
    """A worker whose scorer is away, while payments come, some of them not to be read."""
    port = free_port()
    worker = WorkerSettings(
        scorers=[f"127.0.0.1:{free_port()}"],
        group=f"{kafka.topic_prefix}worker",
        metrics_port=port,
    )
    numbers = count()

    # What cannot be read waits in the lane of no account: it is not to wait behind payments.
    accounts = [name for name in map(str, range(50)) if crc32(name.encode()) % worker.in_flight]

    def produce() -> None:
        producer.produce(RAW_TRANSACTIONS, Record(b"", b"no payment", []))
        for _ in range(100):
            number = next(numbers)
            account = accounts[number % len(accounts)]
            each = payment(f"w{number}", account_id=account, seconds=number)
            producer.produce(
                RAW_TRANSACTIONS, to_record(each, key=each.account_id, origin="producer")
            )
        producer.flush()

    with (
        LocalWorker(Settings(home=home, kafka=kafka, worker=worker)),
        MessageProducer(kafka) as producer,
        repeated(produce, 0.25),
    ):
        yield f"127.0.0.1:{port}"


@contextmanager
def page(registry: CollectorRegistry) -> Iterator[str]:
    """The page of a registry."""
    port = free_port()
    close = serve_metrics(registry, "127.0.0.1", port, "test.metrics_port")
    yield f"127.0.0.1:{port}"
    close()


@contextmanager
def stalled_stream() -> Iterator[str]:
    """What a streaming job tells that has ended one batch and no other."""
    metrics = StreamMetrics()
    metrics.batch(QueryStatus("features", batch=0, rows=10, batch_ms=500))
    with page(metrics.registry) as address:
        yield address


@contextmanager
def silent_airflow() -> Iterator[str]:
    """What is told of an Airflow that has begun and then stands still."""
    registry = CollectorRegistry()
    for part in ("scheduler", "dag_processor"):
        Counter(f"airflow_{part}_heartbeats", "Rounds.", registry=registry).inc()
    with page(registry) as address:
        yield address


class TextFiles(Collector):
    """What the textfile collector of Prometheus' node exporter makes of a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def collect(self) -> Iterator[Metric]:
        """The families of each file."""
        for path in self._folder.glob("*.prom"):
            yield from text_string_to_metric_families(path.read_text())


@contextmanager
def failed_retraining(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """What Airflow leaves when a task has failed."""
    folder.mkdir()
    monkeypatch.syspath_prepend(OPS.parent / "airflow_dags" / "dags")
    alert = importlib.import_module("fraud_steps.alert")
    alert._measure(folder, {"event": "task_failed", "dag_id": "retrain", "task_id": "train"})
    registry = CollectorRegistry()
    registry.register(TextFiles(folder))
    with page(registry) as address:
        yield address


@contextmanager
def quality_page(dsn: str) -> Iterator[str]:
    """Asks a database for the quality of its decisions."""
    settings = HindsightSettings(metrics_port=free_port(), quality_seconds=1)
    watch = QualityWatch(settings, dsn)
    thread = threading.Thread(target=watch.run)
    thread.start()
    yield f"127.0.0.1:{settings.metrics_port}"
    watch.stop()
    thread.join()


def spoil_quality(dsn: str) -> None:
    """Decisions of a champion of long ago: good for a week, and bad on its last day, with drift."""
    live = Live(dsn)
    good = [Payment(f"good{n}", f"g{n}", 1 + n / 60, 0.95) for n in range(240)]
    missed = [Payment(f"missed{n}", f"m{n}", 6 + n / 1000, 0.1) for n in range(60)]
    bothered = [Payment(f"bothered{n}", f"b{n}", 6 + n / 1000, 0.95) for n in range(60)]
    live.pay(*good, *missed, *bothered, Payment("newest", "n", 7, 0.1))
    live.label(*((each, True, 0.5) for each in good), *((each, True, 0.5) for each in missed))
    live.label(*((each, False, 0.5) for each in bothered))
    live.close()
    with psycopg.connect(dsn) as connection:
        report = connection.execute(
            "INSERT INTO drift_reports (model_name, model_version, window_start, window_end,"
            " payments, drifted) VALUES ('fraud', '1', now() - interval '1 day', now(), 500, true)"
            " RETURNING report"
        ).fetchone()
        assert report is not None
        connection.execute(
            "INSERT INTO drift_measures (report, subject, test, statistic, threshold, drifted)"
            " VALUES (%s, 'amount', 'ks', 0.4, 0.1, true)",
            report,
        )
        connection.execute(
            "INSERT INTO ledger (changed_at, changed_by, model_name, subject, subject_name,"
            " new_value, reason) VALUES (now() - %s, 'me', 'fraud', 'alias', 'champion', '1', 'x')",
            [timedelta(days=31)],
        )
