"""A lane: payments one after the other, so that those of an account keep their order."""

import threading
import time
from queue import SimpleQueue

import structlog

from fraud.tracing.header import TRACEPARENT
from messaging.codec import header, headers_in
from messaging.errors import MessagingError
from worker.backoff import Backoff
from worker.claim import Delivery
from worker.errors import NotAnsweredError, RefusedError
from worker.metrics import WorkerMetrics
from worker.scorer_link import ScorerLink
from worker.set_aside import SetAside

log = structlog.get_logger(__name__)


class Lane(threading.Thread):
    """Settles deliveries in the order in which they were put.

    A delivery whose claim was revoked is dropped: the partition's next owner gets it.

    Args:
        link: The scorer of all payments of this lane.
        aside: Takes what cannot be decided.
        metrics: Told of every outcome.
    """

    def __init__(self, link: ScorerLink, aside: SetAside, metrics: WorkerMetrics) -> None:
        super().__init__(name=f"lane to {link.target}", daemon=True)
        self.settling: Delivery | None = None
        self._link = link
        self._aside = aside
        self._metrics = metrics
        self._waiting: SimpleQueue[Delivery | None] = SimpleQueue()

    def put(self, delivery: Delivery) -> None:
        """Have a delivery settled after those before it."""
        self._waiting.put(delivery)

    def stop(self) -> None:
        """Have the thread end after what was put."""
        self._waiting.put(None)

    def run(self) -> None:
        """Settle until stopped."""
        while (delivery := self._waiting.get()) is not None:
            backoff = Backoff()
            while not (delivery.claim.revoked.is_set() or self._try(delivery)):
                # For ever, and the same scorer: another one would decide the payment again.
                delivery.claim.revoked.wait(backoff.next_seconds())

    def _try(self, delivery: Delivery) -> bool:
        """Whether the delivery is settled, or dropped."""
        self.settling = delivery
        try:
            # Looked at after `settling` is set: whoever revokes waits for what is set.
            if not delivery.claim.revoked.is_set():
                self._settle(delivery)
        except NotAnsweredError as exc:
            self._metrics.retries.labels(exc.cause).inc()
            return False
        except Exception:
            self._metrics.retries.labels("failed").inc()
            log.exception("worker.attempt_failed", offset=delivery.offset)
            return False
        finally:
            self.settling = None
        return True

    def _settle(self, delivery: Delivery) -> None:
        if delivery.payment is None:
            self._set_aside(delivery, delivery.fault)
            return
        try:
            was_decided = self._link.decide(delivery.payment, _trace_of(delivery))
        except RefusedError as exc:
            self._set_aside(delivery, str(exc))
            return
        seconds = time.perf_counter() - delivery.received
        self._metrics.settled("duplicate" if was_decided else "decided", seconds)
        delivery.settle()

    def _set_aside(self, delivery: Delivery, reason: str) -> None:
        """Write a dead letter.

        Raises:
            NotAnsweredError: The broker did not take it.
        """
        assert delivery.message is not None
        try:
            self._aside.put(delivery.message, reason)
        except MessagingError as exc:
            raise NotAnsweredError("failed", str(exc)) from exc
        self._metrics.settled("dead_lettered")
        delivery.settle()


def _trace_of(delivery: Delivery) -> str | None:
    message = delivery.message
    return None if message is None else header(headers_in(message), TRACEPARENT)
