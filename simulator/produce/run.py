"""A run: messages to the broker at their intended times, whatever the broker does."""

import gc
import sys
import time
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Final, TextIO

from fraud.settings import KafkaSettings
from fraud.v1.label_pb2 import Label
from fraud.v1.transaction_pb2 import Transaction
from messaging.codec import Record, headers_of
from messaging.errors import DeliveryError
from messaging.producer import MessageProducer
from messaging.topics import LABELS, RAW_TRANSACTIONS
from simulator.produce.checkpoint import Checkpoint
from simulator.produce.cursor import Cursor
from simulator.produce.feed import Feed
from simulator.produce.lateness import Lateness
from simulator.produce.ledger import Ledger
from simulator.produce.plan import ProducePlan
from simulator.produce.report import Count, ProduceReport
from simulator.produce.sequence import Item
from simulator.produce.timeline import wall_us

TICK_SECONDS: Final = 0.001
"""Messages due within one tick are sent together."""
REST_SECONDS: Final = 0.02
AHEAD: Final = 20_000
"""Messages that wait to be due, at most; as many more wait for the broker as it has a queue for."""
IN_FLIGHT: Final = 40_000
AT_ONCE: Final = 500
BUSY_RATE: Final = 2_000.0
BUSY_LINGER_MS: Final = 10
"""Above so many payments a second, messages wait so long for company: fewer, larger batches."""
GRACE_SECONDS: Final = 5.0
"""For the client to notice that the time of a message is up."""
SAVE_US: Final = 50_000
RESERVE_SECONDS: Final = 0.5
TELL_US: Final = 200_000
TIMEOUT_SECONDS: Final = 120.0

type OnProgress = Callable[[int, int], None]
"""Told, again and again, payments acknowledged, and how late sending is in microseconds."""


class ProduceRun:
    """One run of a plan; for one thread.

    Args:
        plan: What to produce.
        settings: Of the brokers.
        checkpoint: Where the run begins, and keeps where it is; None begins anew, keeps nothing.
        ids: Gets the id of every acknowledged payment, one a line, each before the checkpoint says
            so.
        timeout_seconds: How long a message may wait for the broker before it counts as failed.
    """

    def __init__(
        self,
        plan: ProducePlan,
        settings: KafkaSettings,
        checkpoint: Checkpoint | None = None,
        ids: TextIO | None = None,
        timeout_seconds: float = TIMEOUT_SECONDS,
    ) -> None:
        self._plan, self._settings = plan, settings
        self._checkpoint, self._ids = checkpoint, ids
        self._timeout_seconds = timeout_seconds
        self._cursor = checkpoint.load() if checkpoint else Cursor()
        self._ledger = Ledger(self._cursor)
        self._items: deque[Item] = deque()
        self._lateness = Lateness()
        self._produced = {RAW_TRANSACTIONS: 0, LABELS: 0}
        self._acknowledged = {RAW_TRANSACTIONS: 0, LABELS: 0}
        self._headers = {
            RAW_TRANSACTIONS: headers_of(Transaction, plan.source.origin),
            LABELS: headers_of(Label, plan.source.origin),
        }
        self._reserved = self._cursor.reserved if checkpoint else sys.maxsize
        self._reserve = max(1, round(plan.arrivals.mean_rate * RESERVE_SECONDS))
        self._reason = ""
        self._stops = 0
        self._started_us = self._first_us = self._saved_us = self._told_us = 0

    @property
    def total(self) -> int:
        """Payments acknowledged, with those of the runs that this one continues."""
        return self._ledger.settled

    def stop(self) -> None:
        """End soon; may be called by a signal's handler.

        The first call sends nothing more and waits for the broker, the second one waits no longer.
        """
        self._stops += 1

    def run(self, on_progress: OnProgress | None = None) -> ProduceReport:
        """Send until the plan is done, a message fails, or :meth:`stop` is called.

        Raises:
            BrokerAwayError: No broker is set.
            ProduceError: The source cannot be read.
        """
        linger = {"linger.ms": BUSY_LINGER_MS} if self._plan.arrivals.peak_rate > BUSY_RATE else {}
        producer = MessageProducer(self._settings, self._timeout_seconds, **linger)
        try:
            with Feed(self._plan, self._cursor) as feed:
                self._begin(feed)
                while not self._is_over(feed):
                    self._turn(feed, producer, on_progress)
            self._finish(producer, on_progress)
        finally:
            producer.close()
            gc.unfreeze()
        return self._report()

    def _begin(self, feed: Feed) -> None:
        epochs = feed.begin()
        if self._checkpoint is not None and epochs:
            self._checkpoint.begin(epochs)
        self._started_us = wall_us()
        # What was imported lives to the end: not worth being looked through while messages wait.
        gc.freeze()

    def _is_over(self, feed: Feed) -> bool:
        return bool(self._stops or self._reason) or (feed.ended and not self._items)

    def _turn(self, feed: Feed, producer: MessageProducer, on_progress: OnProgress | None) -> None:
        woken = time.monotonic()
        if len(self._items) < AHEAD and (block := feed.take()) is not None:
            self._ledger.add_block(block)
            self._items.extend(block.items)
        self._send_due(producer)
        producer.poll(0)
        self._save()
        self._tell(on_progress)
        self._rest(producer, woken)

    def _send_due(self, producer: MessageProducer) -> None:
        """Send what is due, as long as there is room in the queue for the broker."""
        for _ in range(AT_ONCE):
            now_us = wall_us()
            if not self._items or self._items[0].due_us > now_us or self._is_full(producer):
                return
            item = self._items.popleft()
            if item.payment_id and self._ledger.position >= self._reserved:
                self._save(reserve=True)
            # What is sent again after a pause is due at once.
            intended_us = max(item.due_us, self._started_us)
            self._first_us = self._first_us or intended_us
            self._lateness.add(now_us - intended_us)
            self._send(producer, item)

    def _is_full(self, producer: MessageProducer) -> bool:
        if producer.waiting < IN_FLIGHT:
            return False
        producer.poll(REST_SECONDS)
        return True

    def _send(self, producer: MessageProducer, item: Item) -> None:
        topic = RAW_TRANSACTIONS if item.payment_id else LABELS
        record = Record(item.key, item.value, self._headers[topic])
        number = self._ledger.send(item)
        self._produced[topic] += 1
        told = partial(self._told, number, topic, item.payment_id)
        try:
            producer.produce(topic, record, on_delivery=told)
        except DeliveryError as error:
            self._reason = self._reason or str(error)

    def _told(self, number: int, topic: str, payment_id: str, error: DeliveryError | None) -> None:
        if error is not None:
            self._reason = self._reason or str(error)
            return
        self._acknowledged[topic] += 1
        if self._ids is not None and payment_id:
            self._ids.write(f"{payment_id}\n")
        self._ledger.acknowledge(number)

    def _save(self, reserve: bool = False) -> None:
        """Keep where the run is, now and then; with ``reserve`` at once."""
        now_us = wall_us()
        if not reserve and now_us - self._saved_us < SAVE_US:
            return
        self._saved_us = now_us
        if self._ids is not None:
            self._ids.flush()
        if self._checkpoint is None:
            return
        if reserve or self._reserved - self._ledger.position < self._reserve // 2:
            self._reserved = max(self._reserved, self._ledger.position + self._reserve)
        self._checkpoint.save(*self._ledger.cursor(self._reserved))

    def _tell(self, on_progress: OnProgress | None) -> None:
        now_us = wall_us()
        if on_progress is None or now_us - self._told_us < TELL_US:
            return
        self._told_us = now_us
        late_us = now_us - self._items[0].due_us if self._items else 0
        on_progress(self._ledger.settled, max(late_us, 0))

    def _rest(self, producer: MessageProducer, woken: float) -> None:
        """Sleep to the next tick, or longer when nothing is due; acknowledgements wake earlier."""
        wait = REST_SECONDS
        if self._items:
            wait = min(wait, (self._items[0].due_us - wall_us()) / 1e6)
        wait = max(wait, woken + TICK_SECONDS - time.monotonic())
        if wait > 2 * TICK_SECONDS:
            producer.poll(wait - TICK_SECONDS)
        elif wait > 0:
            time.sleep(wait)

    def _finish(self, producer: MessageProducer, on_progress: OnProgress | None) -> None:
        """Wait for the broker to have all that was sent."""
        end = time.monotonic() + self._timeout_seconds + GRACE_SECONDS
        while producer.waiting and time.monotonic() < end and self._stops < 2:
            producer.poll(REST_SECONDS)
            self._tell(on_progress)
            self._save()
        self._saved_us = 0
        self._save()
        if on_progress is not None:
            on_progress(self._ledger.settled, 0)

    def _report(self) -> ProduceReport:
        payments, labels = (
            Count(self._produced[topic], self._acknowledged[topic])
            for topic in (RAW_TRANSACTIONS, LABELS)
        )
        return ProduceReport(
            payments=payments,
            labels=labels,
            total_payments=self._ledger.settled,
            total_labels=self._ledger.labels,
            seconds=(wall_us() - (self._first_us or wall_us())) / 1e6,
            late_p50_us=self._lateness.percentile_us(50),
            late_p99_us=self._lateness.percentile_us(99),
            late_max_us=self._lateness.greatest_us,
            reason=self._reason,
        )
