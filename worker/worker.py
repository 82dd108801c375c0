"""The worker: reads payments, puts each in its lane, commits what is settled."""

import time
from contextlib import ExitStack
from pathlib import Path

import structlog
from confluent_kafka import Message

from fraud.exposition.endpoint import serve_metrics
from fraud.settings import Settings
from fraud.tracing.start import tracing_of
from fraud.v1.transaction_pb2 import Transaction
from messaging.codec import ORIGIN, from_record, header, headers_in
from messaging.errors import UnreadableMessageError
from worker.claim import Claim
from worker.consumer import PaymentConsumer
from worker.group import configure_group
from worker.lanes import Lanes
from worker.metrics import OUTCOMES, WorkerMetrics
from worker.probe import PingProbe
from worker.routing import Router
from worker.set_aside import SetAside

log = structlog.get_logger(__name__)

FINISH_SECONDS = 0.1
"""How long calls under way may hold up a hand-over."""
MOST_OPEN = 20_000
"""Open messages above which nothing is read: what one scorer away may pile up."""
LAG_SECONDS = 1.0
STATUS_SECONDS = 10.0
STANDBY_SECONDS = 3.0
"""A member that got no partition in so long is one that has none to get."""


class Worker:
    """Scores the payments of the stream that no gateway asked about.

    Args:
        settings: Of broker, group and scorers.
        aside: Takes what cannot be decided.
        ready: File that is made once the worker is a member of the group.

    Raises:
        RoutingError: The list of scorers cannot be used.
        BrokerAwayError: No broker is set.
    """

    def __init__(self, settings: Settings, aside: SetAside, ready: Path | None = None) -> None:
        self._settings = settings
        self.metrics = WorkerMetrics()
        self._tracing = tracing_of(settings.tracing, "worker")
        router, in_flight = Router(settings.worker.scorers), settings.worker.in_flight
        self._lanes = Lanes(router, in_flight, aside, self.metrics, self._tracing)
        self._consumer = PaymentConsumer(settings, self.metrics, self._finish)
        self._ready = ready
        self._is_stopping = False
        self._is_full = False
        self._lag = 0
        self._lag_due = 0.0
        self._standby_at = 0.0
        self._status_due = time.monotonic() + STATUS_SECONDS
        self.metrics.in_flight.set_function(lambda: self._lanes.in_flight)
        self.metrics.open.set_function(self._count_open)

    def run(self) -> None:
        """Work until stopped; then calls under way are finished, and the group is left.

        Raises:
            MembershipError: The broker will not have the worker in its group.
            EndpointError: The metrics endpoint cannot listen.
        """
        with ExitStack() as open_things:
            if self._tracing is not None:
                open_things.callback(self._tracing.close)
            worker = self._settings.worker
            if worker.metrics_port:
                host, port = worker.metrics_host, worker.metrics_port
                open_things.callback(
                    serve_metrics(self.metrics.registry, host, port, "worker.metrics_port")
                )
            configure_group(self._settings)
            self._lanes.start()
            open_things.callback(self._lanes.stop)
            if worker.metrics_port:
                probe = PingProbe(worker.scorers, self.metrics)
                probe.start()
                open_things.callback(probe.stop)
            open_things.callback(self._consumer.close)
            self._consumer.join()
            log.info("worker.started", group=worker.group, scorers=worker.scorers)
            self._standby_at = time.monotonic() + STANDBY_SECONDS
            while not self._is_stopping:
                self._step()
        log.info("worker.stopped", **self._facts())

    def stop(self) -> None:
        """Have ``run`` return; may be called from a signal handler."""
        self._is_stopping = True

    def _step(self) -> None:
        for claim, message in self._consumer.read():
            self._take(claim, message)
        self._consumer.commit_if_due()
        self._consumer.pause_if(self._is_too_full())
        self._report(time.monotonic())

    def _take(self, claim: Claim, message: Message) -> None:
        offset = message.offset()
        assert offset is not None
        delivery = claim.deliver(offset)
        if header(headers_in(message), ORIGIN) == "scorer":
            self.metrics.settled("skipped")
            delivery.settle()
            return
        delivery.message = message
        try:
            delivery.payment = self._read_payment(message)
        except UnreadableMessageError as exc:
            delivery.fault = str(exc)
        self._lanes.put(delivery)

    def _read_payment(self, message: Message) -> Transaction:
        # The scorer would call it a lack of resources, which it is not.
        value, most = message.value() or b"", self._settings.scorer.max_message_bytes // 2
        if len(value) > most:
            raise UnreadableMessageError(
                f"value: {len(value):,} bytes are more than the {most:,} of a payment"
            )
        return from_record(Transaction, value, headers_in(message))

    def _finish(self, claims: list[Claim]) -> None:
        left = self._lanes.finish(claims, FINISH_SECONDS)
        if left:
            log.info("worker.calls_left_behind", calls=left)

    def _is_too_full(self) -> bool:
        """With hysteresis, since what was fetched is thrown away at each pause."""
        self._is_full = self._count_open() > (MOST_OPEN // 2 if self._is_full else MOST_OPEN)
        return self._is_full

    def _count_open(self) -> int:
        return sum(map(len, list(self._consumer.claims.values())))

    def _report(self, now: float) -> None:
        if self._ready is not None and (self._consumer.is_member or now > self._standby_at):
            self._ready.touch()
            self._ready = None
        if now >= self._lag_due:
            self._lag_due = now + LAG_SECONDS
            self._lag = self._consumer.report_lag()
        if now >= self._status_due:
            self._status_due = now + STATUS_SECONDS
            log.info("worker.status", lag=self._lag, **self._facts())

    def _facts(self) -> dict[str, int]:
        return {
            **{outcome: self.metrics.total(outcome) for outcome in OUTCOMES},
            "open": self._count_open(),
            "partitions": len(self._consumer.claims),
        }
