"""A member of the workers' group: hands out messages with the claim they were read under."""

import threading
import time
from collections.abc import Callable, Iterator

import structlog
from confluent_kafka import Consumer, KafkaError, KafkaException, Message, TopicPartition

from fraud.settings import Settings
from messaging.client import consumer_config
from messaging.topics import RAW_TRANSACTIONS, named
from worker.claim import Claim
from worker.errors import MembershipError
from worker.metrics import Rebalance, WorkerMetrics
from worker.nudge import Nudge

log = structlog.get_logger(__name__)

POLL_SECONDS = 0.05
NUDGE_SECONDS = 0.01
READ_MOST = 500
REVOKE_MS = 3000
"""A member that was told to give a partition up and has not done so after this is replaced. It
happens when the answer that told it was lost (seen on a machine with ten times the load that it
can carry): librdkafka's own five minutes would keep that partition from everybody."""
COMMIT_SECONDS = 0.2
LEAVE_SECONDS = 3.0
LOG_NOTHING = 0  # errors come by the callback


class PaymentConsumer:
    """Reads raw_transactions as a dynamic member of the group, by the KIP-848 protocol.

    Used by one thread. Commits are of settled offsets alone, asynchronous while reading and
    synchronous when a partition is given up.

    Args:
        settings: Of broker and group.
        metrics: Told of rebalances and lag.
        finish: Called with claims that were just revoked: returns when their calls are done, or
            are to be left behind.
    """

    def __init__(
        self, settings: Settings, metrics: WorkerMetrics, finish: Callable[[list[Claim]], None]
    ) -> None:
        self.claims: dict[int, Claim] = {}
        self.is_member = False
        self._topic = named(settings.kafka, RAW_TRANSACTIONS)
        self._metrics = metrics
        self._finish = finish
        self._is_paused = False
        self._commit_due = 0.0
        self._is_committing = False
        self._is_broker_away = False
        self._fatal: KafkaError | None = None
        self._consumer = Consumer(
            consumer_config(
                settings.kafka,
                settings.worker.group,
                **{
                    "group.protocol": "consumer",
                    "queued.max.messages.kbytes": 16_384,
                    "max.poll.interval.ms": REVOKE_MS,
                    # A heartbeat times out after its interval; that is no reason to reconnect.
                    "socket.max.fails": 5,
                    "log_level": LOG_NOTHING,
                    "error_cb": self._on_error,
                    "on_commit": self._on_commit,
                },
            )
        )
        self._nudge = Nudge(self._consumer, self._topic)

    def join(self) -> None:
        """Become a member; partitions come while reading."""
        self._consumer.subscribe(
            [self._topic],
            on_assign=self._on_assign,
            on_revoke=self._on_revoke,
            on_lost=self._on_lost,
        )

    def read(self) -> Iterator[tuple[Claim, Message]]:
        """What has arrived, after waiting for the first message for a moment.

        Raises:
            MembershipError: The broker will not have us in the group.
        """
        self._nudge.act(self.claims)
        first = self._consumer.poll(NUDGE_SECONDS if self._nudge.is_on else POLL_SECONDS)
        if self._fatal is not None:
            raise MembershipError(
                f"Failed to consume `{self._topic}`: {self._fatal.str()}: the broker must know "
                "the consumer group protocol of KIP-848 (Kafka 4.0 or later)"
            )
        if first is None:
            return
        self._is_broker_away = False
        for message in [first, *self._consumer.consume(READ_MOST, 0)]:
            claim = self.claims.get(message.partition() or 0)
            error = message.error()
            if error is not None:
                log.warning("worker.read_failed", reason=error.str())
            elif claim is not None:
                yield claim, message

    def commit_if_due(self) -> None:
        """Commit what was settled since, at most five times a second.

        Never a second one before the first is answered: a coordinator that is slow would get
        heartbeats late, behind commits on the same connection, and take the member for dead.
        """
        now = time.monotonic()
        if now < self._commit_due or self._is_committing:
            return
        self._commit_due = now + COMMIT_SECONDS
        offsets = self._uncommitted(list(self.claims.values()))
        if offsets:
            self._is_committing = True
            self._consumer.commit(offsets=offsets, asynchronous=True)

    def pause_if(self, is_full: bool) -> None:
        """Stop reading while too much is open; membership goes on."""
        if is_full == self._is_paused:
            return
        self._is_paused = is_full
        log.info("worker.paused" if is_full else "worker.resumed")
        owned = [TopicPartition(self._topic, partition) for partition in self.claims]
        (self._consumer.pause if is_full else self._consumer.resume)(owned)

    def report_lag(self) -> int:
        """Tell the metrics how far each partition is behind; returns the sum."""
        total = 0
        for partition, claim in self.claims.items():
            place = TopicPartition(self._topic, partition)
            _, end = self._consumer.get_watermark_offsets(place, cached=True)
            begin = claim.next_offset
            lag = max(0, end - begin) if begin is not None and end >= 0 else len(claim)
            self._metrics.lag.labels(partition).set(lag)
            total += lag
        return total

    def close(self) -> None:
        """Give up all partitions as when revoked, and leave the group at once.

        A broker that is away cannot be told: it is waited for only shortly, and finds out itself.
        """
        leaving = threading.Thread(target=self._consumer.close, name="leaving", daemon=True)
        leaving.start()
        leaving.join(LEAVE_SECONDS)
        if leaving.is_alive():
            log.warning("worker.left_untold", seconds=LEAVE_SECONDS)

    def _on_assign(self, _: Consumer, places: list[TopicPartition]) -> None:
        self.is_member = True
        for place in places:
            self.claims[place.partition] = Claim(place.partition)
        if self._is_paused:
            self._is_paused = False  # so that the new ones are paused too, if it is still full
        self._tell("assigned", places)

    def _on_revoke(self, _: Consumer, places: list[TopicPartition]) -> None:
        began = time.perf_counter()
        claims = self._give_up(places)
        self._finish(claims)
        offsets = self._uncommitted(claims)
        if offsets:
            try:
                self._consumer.commit(offsets=offsets, asynchronous=False)
            except KafkaException as exc:
                # The next owner asks again about a few payments, and is told the same.
                log.warning("worker.commit_failed", reason=str(exc))
        self._nudge.begin()
        self._metrics.pause.observe(time.perf_counter() - began)
        self._tell("revoked", places)

    def _on_lost(self, _: Consumer, places: list[TopicPartition]) -> None:
        self._give_up(places)
        self._tell("lost", places)

    def _give_up(self, places: list[TopicPartition]) -> list[Claim]:
        claims = [self.claims.pop(place.partition) for place in places]
        for claim in claims:
            claim.revoked.set()
            self._metrics.lag.remove(claim.partition)
        return claims

    def _tell(self, kind: Rebalance, places: list[TopicPartition]) -> None:
        if not places:
            return
        self._metrics.rebalances.labels(kind).inc()
        self._metrics.partitions.set(len(self.claims))
        log.info(
            "worker.rebalanced",
            kind=kind,
            partitions=sorted(place.partition for place in places),
            owned=sorted(self.claims),
        )

    def _uncommitted(self, claims: list[Claim]) -> list[TopicPartition]:
        return [
            TopicPartition(self._topic, claim.partition, offset)
            for claim in claims
            if (offset := claim.take_uncommitted()) is not None
        ]

    def _on_commit(self, error: KafkaError | None, places: list[TopicPartition]) -> None:
        self._is_committing = False
        if error is None:
            return
        log.info("worker.commit_failed", reason=error.str())
        for place in places:
            if claim := self.claims.get(place.partition):
                claim.forget_commit()

    def _on_error(self, error: KafkaError) -> None:
        if error.fatal():
            self._fatal = error
        elif error.code() == KafkaError._ALL_BROKERS_DOWN:  # noqa: SLF001 - its public name
            if not self._is_broker_away:
                log.warning("worker.broker_away", reason=error.str())
            self._is_broker_away = True
        else:
            log.debug("worker.broker", reason=error.str())
