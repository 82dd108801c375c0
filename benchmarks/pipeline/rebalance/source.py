"""Produces payments open loop, each at its intended time or as soon after as it can."""

import random
import threading
import time

from fraud.settings import KafkaSettings
from fraud.v1.transaction_pb2 import CHANNEL_ECOMMERCE, Transaction
from messaging.codec import to_record
from messaging.producer import MessageProducer
from messaging.topics import RAW_TRANSACTIONS

ACCOUNTS = 2_000


class Source(threading.Thread):
    """Pays until stopped.

    Args:
        kafka: Of the broker.
        rate: Payments a second; may be changed meanwhile.
    """

    def __init__(self, kafka: KafkaSettings, rate: float) -> None:
        super().__init__(name="source", daemon=True)
        self.rate = rate
        self.produced = 0
        self.error: Exception | None = None
        self._kafka = kafka
        self._random = random.Random(6)  # noqa: S311 - not a secret
        self._stopping = threading.Event()

    def run(self) -> None:
        """Produce; returns when the broker has everything."""
        try:
            with MessageProducer(self._kafka) as producer:
                due = time.perf_counter()
                while not self._stopping.wait(max(0.0, due - time.perf_counter())):
                    payment = self._payment(self.produced)
                    record = to_record(payment, key=payment.account_id, origin="producer")
                    producer.produce(RAW_TRANSACTIONS, record)
                    self.produced += 1
                    due += 1 / self.rate
        except Exception as exc:  # noqa: BLE001 - told by whoever stops the thread
            self.error = exc

    def stop(self) -> int:
        """Stop; returns how many payments the broker has.

        Raises:
            Exception: What producing failed at.
        """
        self._stopping.set()
        self.join()
        if self.error is not None:
            raise self.error
        return self.produced

    def _payment(self, number: int) -> Transaction:
        payment = Transaction(
            transaction_id=f"rebalance-{number:07}",
            account_id=f"account-{self._random.randrange(ACCOUNTS):05}",
            merchant_id=f"merchant-{self._random.randrange(200):04}",
            category="5411",
            amount_minor=self._random.randrange(100, 9_000),
            currency="EUR",
            channel=CHANNEL_ECOMMERCE,
        )
        payment.event_time.FromNanoseconds(time.time_ns() // 1000 * 1000)
        return payment
