"""The composition root: builds the scorer from its settings, starts it and stops it."""

import gc
import sys
import threading
import time
from functools import partial
from typing import TYPE_CHECKING

import structlog

from features_rs import Engine, Store, Turns, contract
from fraud.logs import configure_logs
from fraud.person import whoami
from fraud.settings import Settings
from fraud.signals import stop_on_signals
from fraud.tracing.start import tracing_of
from scorer.edge.admin import AdminMethods
from scorer.edge.aio import AioEdge
from scorer.edge.labels import LabelMethods
from scorer.edge.native import NativeEdge
from scorer.edge.scoring import ScoringMethods
from scorer.edge.server import Edge
from scorer.edge.threads import ThreadsEdge
from scorer.edge.webhook import Webhook
from scorer.errors import ModelError
from scorer.features.labels import LabelBook
from scorer.features.payments import PaymentIndex
from scorer.features.state import LiveState
from scorer.housekeeping import jobs_of, sinks_of
from scorer.jobs import PeriodicJob
from scorer.judge import Judge
from scorer.lock import FolderLock
from scorer.metrics.metrics import ScorerMetrics
from scorer.metrics.standing import Parts
from scorer.metrics.tally import CallTally
from scorer.model.cache import ModelCache
from scorer.model.holder import ModelHolder
from scorer.model.native import NativeModels, RuntimeMissingError, load_runtime
from scorer.model.registry import source_of
from scorer.native import counted_by, engine_of
from scorer.pipeline import ScoringPipeline
from scorer.rules import VERSION as RULES
from scorer.rules import RuleSet
from scorer.sinks.native import NativeOutbox
from scorer.sinks.outbox import Outbox
from scorer.sinks.policy import PolicyJournal

if TYPE_CHECKING:
    from scorer.tail.tail import Tail
    from scorer.tracing.calls import CallTracer

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
        self._is_native = settings.scorer.edge == "native" and can_be_native(settings)
        self._outbox = self._build_outbox()
        self._policy = PolicyJournal(settings.outbox_path)
        self._index = PaymentIndex(settings.payments_path)
        store, features = Store(), contract()
        self.labels = LabelBook(store, self._outbox, self._index)
        self.state = LiveState(store, self._outbox, self.labels, settings.snapshot_path)
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
        turns = Turns()
        self.pipeline = ScoringPipeline(
            self._outbox, self.state, self._judge, features, self.freshness, turns
        )
        self._tally = CallTally()
        self._tracing = tracing_of(settings.tracing, "scorer")
        self.engine = self._build_engine(store, turns)
        self._edge = self._build_edge()
        self._metrics = self._build_metrics()
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
            EndpointError: The same of the metrics endpoint.
        """
        self.state.restore()
        self._load_models()
        self._note_policy()
        self.pipeline.warm_up()
        self._edge.start()
        self._settings.port_file.write_text(str(self.port))
        self._announce_readiness()
        if self._tail is not None:
            self._tail.start()
        for job in self._jobs:
            job.start()
        if self._metrics is not None:
            self._metrics.start()
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
        if self._metrics is not None:
            self._metrics.stop()
        if self._tracing is not None:
            self._tracing.close()
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
        stop_on_signals(asked.set)
        self.start()
        asked.wait()
        self.stop()

    def _build_tail(self) -> "Tail | None":
        if self._settings.kafka.bootstrap_servers is None:
            return None
        # Imported here: a scorer that follows no topic needs no client of Kafka.
        from scorer.tail.tail import Tail

        return Tail(self._settings.kafka, self.state, self._index, self._announce_readiness)

    def _build_outbox(self) -> Outbox:
        kind = NativeOutbox if self._is_native else Outbox
        return kind(self._settings.outbox_path, self._settings.outbox.synchronous)

    def _build_engine(self, store: Store, turns: Turns) -> Engine | None:
        """What scores without Python, told of everything that Python comes to know."""
        if not isinstance(self._outbox, NativeOutbox):
            return None
        engine = engine_of(store, self._outbox, turns, self.labels)
        NativeModels(engine, self.models, self._settings.scorer.threads)
        self._tally.elsewhere = partial(counted_by, engine)
        if self.freshness is not None:
            self.freshness.tell(engine.set_complete_us)
        return engine

    def _build_edge(self) -> Edge:
        methods = [
            *ScoringMethods(self.pipeline, self._tally, self._build_tracer()).methods,
            *LabelMethods(self.state).methods,
            *AdminMethods(self.models, self._announce_readiness, self.freshness).methods,
        ]
        settings, traced = self._settings.scorer, self._tracing is not None
        if self.engine is not None:
            return NativeEdge(settings, methods, self.engine)
        kind = AioEdge if settings.edge == "aio" else ThreadsEdge
        return kind(settings, methods, traced=traced)

    def _build_tracer(self) -> "CallTracer | None":
        if self._tracing is None:
            return None
        # Imported here: a scorer that traces nothing needs no client of a collector.
        from scorer.tracing.calls import CallTracer

        return CallTracer(self._tracing)

    def _build_metrics(self) -> ScorerMetrics | None:
        if self._settings.scorer.metrics_port == 0:
            return None
        sinks = sinks_of(self._settings)
        parts = Parts(self.models, self.state, self._outbox, sinks, self._edge, self.freshness)
        return ScorerMetrics(self._settings.scorer, self._tally, parts)

    def _build_webhook(self) -> Webhook | None:
        registry = self._settings.registry
        if registry.webhook_port is None or registry.directory is not None:
            return None
        return Webhook(registry, self._following.hurry)

    def _build_jobs(self) -> list[PeriodicJob]:
        seconds = self._settings.registry.poll_seconds
        self._following = PeriodicJob("model", seconds, self._follow_models, nice=True)
        jobs = jobs_of(self._settings, self._outbox, self.state, self._index)
        return [*jobs, self._following]

    def _load_models(self) -> None:
        try:
            self.models.load()
        except ModelError as exc:
            log.warning("model.none_loaded", error=str(exc), degrade=self._settings.scorer.degrade)

    def _note_policy(self) -> None:
        """What this scorer decides by beside what its models bring, now and when it changes."""
        decision, degrade = self._settings.decision, self._settings.scorer.degrade
        noted = {
            "review_threshold": _told(decision.review_threshold),
            "decline_threshold": _told(decision.decline_threshold),
            "rules": RULES if degrade == "rules" else None,
            "challenger_percent": str(self.models.challenger_percent),
        }
        self._policy.note(noted, whoami(), "the scorer was started with it")
        self.models.on_share = self._note_share

    def _note_share(self, percent: int, by: str) -> None:
        self._policy.note({"challenger_percent": str(percent)}, by, f"told by {by} while it ran")

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


def _told(threshold: float | None) -> str | None:
    return None if threshold is None else str(threshold)


def can_be_native(settings: Settings) -> bool:
    """Whether payments can be scored without Python; if not, the log says why."""
    if settings.tracing.endpoint is not None:
        log.warning("native.unavailable", error="calls are traced", served_by="threads")
        return False
    try:
        load_runtime()
    except RuntimeMissingError as exc:
        log.warning("native.unavailable", error=str(exc), served_by="threads")
        return False
    return True


def settle_memory() -> None:
    """Put what start-up made out of the collector's sight, and share the interpreter fairly."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*GC_THRESHOLDS)
    sys.setswitchinterval(SWITCH_SECONDS)
