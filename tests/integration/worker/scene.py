"""What a test does to a worker's surroundings, and what it sees of them."""

import uuid
from collections import Counter
from collections.abc import Sequence

import httpx
from prometheus_client.parser import text_string_to_metric_families

from benchmarks.pipeline.rebalance.ledger import decisions_in, messages_of
from benchmarks.pipeline.rebalance.stage import Stage
from fraud.local.port import free_port
from fraud.local.worker import LocalWorker
from fraud.settings import Settings
from fraud.v1.stream_pb2 import DeadLetter
from fraud.v1.transaction_pb2 import Transaction
from messaging.codec import Origin, Record, to_record
from messaging.producer import MessageProducer
from messaging.topics import DEAD_LETTERS, RAW_TRANSACTIONS
from tests.unit.scorer.support import payment
from tests.waiting import wait_until
from worker.routing import Router


class Scene:
    """Scorers and topics; each test brings a worker, and payments with ids of their own."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.router = Router(stage.settings.worker.scorers)

    def settings(self, **worker: object) -> Settings:
        """Of a worker, on a metrics port of its own."""
        changed = self.stage.settings.worker.model_copy(
            update={"metrics_port": free_port(), **worker}
        )
        return self.stage.settings.model_copy(update={"worker": changed})

    def worker(self) -> "WatchedWorker":
        """A worker that is not started yet."""
        return WatchedWorker(self.settings())

    def produce(self, payments: Sequence[Transaction], origin: Origin = "producer") -> None:
        """Have the broker take payments, in order."""
        self.produce_records(
            [to_record(each, key=each.account_id, origin=origin) for each in payments]
        )

    def produce_records(self, records: Sequence[Record]) -> None:
        with MessageProducer(self.stage.kafka) as producer:
            for record in records:
                producer.produce(RAW_TRANSACTIONS, record)

    def decided(self, prefix: str) -> list[list[str]]:
        """Ids of the decisions in each scorer's outbox, in order, of payments so named."""
        return [
            [name for name, _ in decisions_in(outbox) if name.startswith(prefix)]
            for outbox in self.stage.outboxes
        ]

    def wait_for_decisions(self, prefix: str, count: int) -> None:
        """Return when as many payments so named are decided."""
        wait_until(lambda: sum(map(len, self.decided(prefix))) >= count, seconds=60)

    def assert_decided_once(self, payments: Sequence[Transaction], prefix: str) -> None:
        """Each by the scorer of its account, and nothing else."""
        for target, names in zip(
            self.stage.settings.worker.scorers, self.decided(prefix), strict=True
        ):
            due = [
                e.transaction_id for e in payments if self.router.target_of(e.account_id) == target
            ]
            assert Counter(names) == Counter(due)

    def letters(self, prefix: str) -> list[DeadLetter]:
        """Dead letters whose message's key begins so."""
        letters = [
            DeadLetter.FromString(each.value())
            for each in messages_of(self.stage.kafka, DEAD_LETTERS)
        ]
        return [letter for letter in letters if letter.key.decode().startswith(prefix)]


class WatchedWorker(LocalWorker):
    """A worker whose metrics can be read."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings, f"worker-{uuid.uuid4().hex[:8]}")
        self._url = f"http://127.0.0.1:{settings.worker.metrics_port}/metrics"

    def metric(self, name: str, **labels: str) -> float:
        """The sum of a series over the labels that are not given."""
        return sum(
            sample.value
            for family in text_string_to_metric_families(httpx.get(self._url).text)
            for sample in family.samples
            if sample.name == name and labels.items() <= sample.labels.items()
        )


def payments_of(prefix: str, count: int, accounts: int = 40) -> list[Transaction]:
    """Payments of several accounts in turn."""
    return [
        payment(
            f"{prefix}-{number:05}",
            seconds=number,
            account_id=f"{prefix}-{number % accounts}",
            amount_minor=100 + number,
        )
        for number in range(count)
    ]
