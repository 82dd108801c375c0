"""The processes: a broker, two scorers with all that belongs to them, and workers by name."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from fraud.local.port import free_port
from fraud.local.scorer import LocalScorer
from fraud.local.worker import LocalWorker
from fraud.settings import (
    KafkaSettings,
    LoggingSettings,
    RegistrySettings,
    ScorerSettings,
    Settings,
    WorkerSettings,
)
from messaging.admin import reconcile
from tests.unit.scorer.support import amount_bundle, write_champion

SCORERS = ("scorer-a", "scorer-b")


class Stage:
    """Two running scorers, and workers that come and go.

    Args:
        home: Folder of everything that is written.
        kafka: Of the broker, on which the topics are.
        scorer: Of both scorers, but for their ports.
    """

    def __init__(
        self, home: Path, kafka: KafkaSettings, scorer: ScorerSettings | None = None
    ) -> None:
        bundles = home / "bundles"
        write_champion(bundles, amount_bundle())
        self.kafka = kafka
        self.scorers = [
            _scorer_settings(home / name, bundles, scorer or ScorerSettings()) for name in SCORERS
        ]
        self.settings = Settings(
            home=home,
            kafka=kafka,
            worker=WorkerSettings(
                scorers=[f"127.0.0.1:{each.scorer.port}" for each in self.scorers],
                group=f"{kafka.topic_prefix}worker",
            ),
        )
        self.processes = [LocalScorer(each) for each in self.scorers]
        self._workers: dict[str, LocalWorker] = {}

    @property
    def outboxes(self) -> list[Path]:
        """Where the scorers keep their decisions."""
        return [each.outbox_path for each in self.scorers]

    def join(self, names: Sequence[str]) -> None:
        """Start workers, all at once; returns when they are members."""
        for name in names:
            self._workers[name] = LocalWorker(self.settings, f"worker-{name}")
            self._workers[name].begin()
        for name in names:
            self._workers[name].wait()

    def leave(self, names: Sequence[str]) -> None:
        """End workers in an orderly way."""
        for name in names:
            self._workers.pop(name).stop()

    def kill(self, names: Sequence[str]) -> None:
        """End workers as a crash would."""
        for name in names:
            self._workers.pop(name).kill()

    def close(self) -> None:
        """End all workers."""
        self.leave(list(self._workers))


@contextmanager
def running_stage(
    home: Path, kafka: KafkaSettings, scorer: ScorerSettings | None = None
) -> Iterator[Stage]:
    """Topics made, scorers started; everything stopped at the end."""
    reconcile(kafka)
    stage = Stage(home, kafka, scorer)
    with ExitStack() as running:
        for process in stage.processes:
            running.enter_context(process)
        running.callback(stage.close)
        yield stage


def _scorer_settings(home: Path, bundles: Path, scorer: ScorerSettings) -> Settings:
    return Settings(
        home=home,
        scorer=scorer.model_copy(update={"port": free_port()}),
        registry=RegistrySettings(directory=bundles),
        logging=LoggingSettings(level="warning"),
    )
