"""The processes of a soak: broker, PostgreSQL, two scorers with a recorder each, worker, Spark."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from fraud.local.kafka import LocalKafka
from fraud.local.port import free_port
from fraud.local.postgres import EmbeddedPostgres
from fraud.local.process import ChildProcess
from fraud.local.scorer import LocalScorer, local_recorder
from fraud.local.spark import LocalSpark
from fraud.local.worker import LocalWorker
from fraud.settings import (
    KafkaSettings,
    LoggingSettings,
    RecorderSettings,
    RegistrySettings,
    ScorerSettings,
    Settings,
    WorkerSettings,
)
from messaging.admin import reconcile
from tests.unit.scorer.support import amount_bundle, write_champion

SCORERS = ("scorer-a", "scorer-b")
SNAPSHOT_SECONDS = 15.0

type Killable = LocalScorer | LocalWorker | LocalSpark | LocalKafka


@dataclass(frozen=True, slots=True)
class Stack:
    """What runs, and how each part is found.

    Args:
        settings: Of each scorer and its recorder, by name; those of the first serve the rest too.
        dsn: Where both recorders write.
        broker: The Kafka broker.
        scorers: By name.
        recorders: By the name of their scorer.
        worker: Scores what is produced.
        spark: The streaming job.
    """

    settings: dict[str, Settings]
    dsn: str
    broker: LocalKafka
    scorers: dict[str, LocalScorer]
    recorders: dict[str, ChildProcess]
    worker: LocalWorker
    spark: LocalSpark

    @property
    def shared(self) -> Settings:
        """Settings for whatever belongs to no one scorer."""
        return self.settings[SCORERS[0]]

    @property
    def kafka(self) -> KafkaSettings:
        """How the broker is spoken to."""
        return self.shared.kafka

    def restarts(self) -> dict[str, Callable[[], None]]:
        """For each process, what kills it and starts it again."""
        parts: dict[str, Killable] = {
            **self.scorers,
            "worker": self.worker,
            "spark": self.spark,
            "broker": self.broker,
        }
        return {name: _restart_of(part) for name, part in parts.items()}


def _restart_of(part: Killable) -> Callable[[], None]:
    def restart() -> None:
        part.kill()
        part.start()

    return restart


@contextmanager
def running_stack(home: Path) -> Iterator[Stack]:
    """Everything started, in the order of who needs whom; stopped in the reverse."""
    write_champion(home / "bundles", amount_bundle())
    with ExitStack() as running:
        postgres = running.enter_context(EmbeddedPostgres(home / "postgres"))
        broker = running.enter_context(LocalKafka(home / "kafka", free_port()))
        kafka = KafkaSettings(bootstrap_servers=broker.bootstrap_servers)
        reconcile(kafka)
        settings = _settings(home, kafka, postgres.dsn)
        scorers = {name: LocalScorer(each) for name, each in settings.items()}
        recorders = {name: local_recorder(each) for name, each in settings.items()}
        stack = Stack(
            settings=settings,
            dsn=postgres.dsn,
            broker=broker,
            scorers=scorers,
            recorders=recorders,
            worker=LocalWorker(settings[SCORERS[0]]),
            spark=LocalSpark(settings[SCORERS[0]]),
        )
        running.enter_context(stack.spark)
        for name, scorer in scorers.items():
            running.enter_context(scorer)
            recorders[name].start()
            running.callback(recorders[name].stop)
        running.enter_context(stack.worker)
        yield stack


def _settings(home: Path, kafka: KafkaSettings, dsn: str) -> dict[str, Settings]:
    ports = {name: free_port() for name in SCORERS}
    worker = WorkerSettings(scorers=[f"127.0.0.1:{port}" for port in ports.values()])
    return {
        name: Settings(
            home=home / name,
            scorer=ScorerSettings(port=port, snapshot_seconds=SNAPSHOT_SECONDS),
            registry=RegistrySettings(directory=home / "bundles"),
            recorder=RecorderSettings(dsn=dsn),
            kafka=kafka,
            worker=worker,
            logging=LoggingSettings(level="info"),
        )
        for name, port in ports.items()
    }
