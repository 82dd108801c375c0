"""The composition root: builds the scorer from its settings, starts it and stops it."""

import gc
import signal
import sys
import threading
import time
from typing import TYPE_CHECKING

import structlog

from features_rs import Store, contract
from fraud.logs import configure_logs
from fraud.settings import Settings
from scorer.edge.admin import AdminMethods
from scorer.edge.aio import AioEdge
from scorer.edge.labels import LabelMethods
from scorer.edge.scoring import ScoringMethods
from scorer.edge.server import Edge
from scorer.edge.threads import ThreadsEdge
from scorer.edge.webhook import Webhook
from scorer.errors import ModelError
from scorer.features.labels import LabelBook
from scorer.features.payments import PaymentIndex
from scorer.features.state import LiveState
from scorer.housekeeping import jobs_of
from scorer.jobs import PeriodicJob
from scorer.judge import Judge
from scorer.lock import FolderLock
from scorer.model.cache import ModelCache
from scorer.model.holder import ModelHolder
from scorer.model.registry import source_of
from scorer.pipeline import ScoringPipeline
from scorer.rules import RuleSet
from scorer.sinks.outbox import Outbox

if TYPE_CHECKING:
    from scorer.tail.tail import Tail

log = structlog.get_logger(__name__)

EXIT_SECONDS = 4.8
# A thread that waits for the interpreter gets it after this long: the tail of a payment that
# arrives while the background works. The default of 5 ms would be all of that tail.
SWITCH_SECONDS = 0.0002
# Collect the young often and cheaply, the rest rarely: after the freeze it holds little.
GC_THRESHOLDS = (2_000, 50, 100)


class ScorerService:
    """The scorer, whole: state, models, outbox, server and background jobs.

    ::

        service = ScorerService(load_settings())
        service.start()
        ...
        service.stop()

    Args:
        settings: Everything that can be set.

    Raises:
        StateInUseError: Another scorer runs on the same home.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = FolderLock(settings.home / "scorer" / "lock")
        self._outbox = Outbox(settings.outbox_path, settings.outbox.synchronous)
        self._index = PaymentIndex(settings.payments_path)
        store, features = Store(), contract()
        self._labels = LabelBook(store, self._outbox, self._index)
        self.state = LiveState(store, self._outbox, self._labels, settings.snapshot_path)
        self.models = ModelHolder(
            source_of(settings.registry),
            ModelCache(settings.model_cache),
            features,
            settings.decision,
        )
        rules = RuleSet(features) if settings.scorer.degrade == "rules" else None
        self._judge = Judge(self.models, rules)
        self._stopping = False
        self._tail = self._build_tail()
        self.freshness = None if self._tail is None else self._tail.freshness
        self.pipeline = ScoringPipeline(
            self._outbox, self.state, self._judge, features, self.freshness
        )
        self._edge = self._build_edge()
        self._jobs = self._build_jobs()
        self._webhook = self._build_webhook()

    @property
    def port(self) -> int:
        """Where the server listens, once started."""
        return self._edge.port

    def start(self) -> None:
        """Restore the state, load the models, then listen.

        Serving from when a payment can be judged and the topics, where there are any to follow,
        have been caught up with.

        Raises:
            StateUnreadableError: The snapshot is damaged or of another contract.
            AddressError: The address cannot be listened on.
        """
        self.state.restore()
        self._load_models()
        self.pipeline.warm_up()
        self._edge.start()
        self._settings.port_file.write_text(str(self.port))
        self._announce_readiness()
        if self._tail is not None:
            self._tail.start()
        for job in self._jobs:
            job.start()
        if self._webhook is not None:
            self._webhook.start()
            self._following.hurry()
        settle_memory()
        log.info("scorer.started", host=self._settings.scorer.host, port=self.port)

    def stop(self) -> None:
        """Finish calls in flight, then leave everything on disk; again, it does nothing."""
        if self._stopping:
            return
        deadline = time.monotonic() + EXIT_SECONDS
        self._stopping = True
        self._edge.set_serving(False)
        if self._webhook is not None:
            self._webhook.stop()
        for job in self._jobs:
            job.stop()
        if self._tail is not None:
            self._tail.stop()
        self._edge.stop(self._settings.scorer.shutdown_seconds)
        if self._tail is not None:
            self._tail.join(max(0.0, deadline - time.monotonic()))
        for job in self._jobs:
            job.join(max(0.0, deadline - time.monotonic()))
        self._save_until(deadline)
        self._index.close()
        self._outbox.close()
        self._settings.port_file.unlink(missing_ok=True)
        self._lock.release()
        log.info("scorer.stopped")

    def run(self) -> None:
        """Start, serve until SIGTERM or SIGINT, stop. For the main thread."""
        configure_logs(self._settings.logging)
        asked = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: asked.set())
        self.start()
        asked.wait()
        self.stop()

    def _build_tail(self) -> "Tail | None":
        if self._settings.kafka.bootstrap_servers is None:
            return None
        # Imported here: a scorer that follows no topic needs no client of Kafka.
        from scorer.tail.tail import Tail

        return Tail(self._settings.kafka, self.state, self._index, self._announce_readiness)

    def _build_edge(self) -> Edge:
        methods = [
            *ScoringMethods(self.pipeline).methods,
            *LabelMethods(self.state).methods,
            *AdminMethods(self.models, self._announce_readiness, self.freshness).methods,
        ]
        kind = ThreadsEdge if self._settings.scorer.edge == "threads" else AioEdge
        return kind(self._settings.scorer, methods)

    def _build_webhook(self) -> Webhook | None:
        registry = self._settings.registry
        if registry.webhook_port is None or registry.directory is not None:
            return None
        return Webhook(registry, self._following.hurry)

    def _build_jobs(self) -> list[PeriodicJob]:
        seconds = self._settings.registry.poll_seconds
        self._following = PeriodicJob("model", seconds, self._follow_models)
        jobs = jobs_of(self._settings, self._outbox, self.state, self._index)
        return [*jobs, self._following]

    def _load_models(self) -> None:
        try:
            self.models.load()
        except ModelError as exc:
            log.warning("model.none_loaded", error=str(exc), degrade=self._settings.scorer.degrade)

    def _follow_models(self) -> None:
        if self.models.current is None:
            self._load_models()
        else:
            try:
                self.models.follow()
            except ModelError as exc:
                log.warning("model.not_followed", error=str(exc))
        if self._webhook is not None:
            self._webhook.announce()
        self._announce_readiness()

    def _announce_readiness(self) -> None:
        caught_up = self.freshness is None or self.freshness.is_caught_up
        self._edge.set_serving(self._judge.is_ready and caught_up and not self._stopping)

    def _save_until(self, deadline: float) -> None:
        """The last snapshot; one that takes too long is left, the outbox has what it lacks."""
        saving = threading.Thread(target=self.state.save, name="last-snapshot", daemon=True)
        saving.start()
        saving.join(max(0.0, deadline - time.monotonic()))


def settle_memory() -> None:
    """Put what start-up made out of the collector's sight, and share the interpreter fairly."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*GC_THRESHOLDS)
    sys.setswitchinterval(SWITCH_SECONDS)
