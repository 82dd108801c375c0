"""Joins what was learned of payments with the payments, and teaches the kernel."""

from collections.abc import Iterable, Sequence

import structlog

from features_rs import Store, WaitingIds
from features_rs.verdicts import verdict_of
from fraud.v1.label_pb2 import Label
from fraud.v1.records_pb2 import Prediction
from scorer.features.convert import to_label
from scorer.features.payments import IndexedPayment, PaymentFacts, PaymentIndex
from scorer.sinks.outbox import Outbox

log = structlog.get_logger(__name__)

# An append waits 2 us for each entry that is read.
INDEX_BATCH = 32


class LabelBook:
    """Labels of payments, those that came before their payment included.

    Everything here may be repeated without effect, so a restart may learn labels again.
    """

    def __init__(self, store: Store, outbox: Outbox, index: PaymentIndex) -> None:
        self._store = store
        self._outbox = outbox
        self._index = index
        self.waiting = WaitingIds()
        for transaction_id in index.waiting_ids():
            self.waiting.add(transaction_id)

    def learn(self, label: Label) -> bool:
        """Teach the kernel a label that is already durable.

        Returns:
            False when its payment is not known; the label then waits for it.
        """
        known_at_us = label.known_at.ToMicroseconds()
        payment = self._payment(label.transaction_id)
        if payment is None:
            self.waiting.add(label.transaction_id)
            self._index.add_waiting(label.transaction_id, label.SerializeToString(), known_at_us)
            return False
        self._teach(label, payment, known_at_us)
        return True

    def is_waiting_for(self, transaction_id: str) -> bool:
        """Whether a label came before this payment."""
        return transaction_id in self.waiting

    def join(self, transaction_id: str, payment: PaymentFacts) -> None:
        """Teach the kernel what was said of a payment before it came."""
        for payload in self._index.waiting_labels(transaction_id):
            label = Label.FromString(payload)
            self._teach(label, payment, label.known_at.ToMicroseconds())
        # On disk they stay: after a restart they may have to be learned again.
        self.waiting.discard(transaction_id)

    def keep(self, labels: Iterable[Label]) -> None:
        """Have labels wait for their payments without looking whether those are known."""
        labels = list(labels)
        self._index.add_waiting_many(
            (each.transaction_id, each.SerializeToString(), each.known_at.ToMicroseconds())
            for each in labels
        )
        for each in labels:
            self.waiting.add(each.transaction_id)

    def join_known(self) -> None:
        """Join labels that wait although their payment is known, see :meth:`keep`."""
        self._join_many(self._index.payments_waited_for())

    def index(self, payments: Sequence[IndexedPayment]) -> None:
        """Keep what labels need of payments that were decided elsewhere, and join those waiting."""
        self._index.add_many(payments)
        self._join_many(payments)

    def index_payments(self) -> int:
        """Add the next payments of the outbox to the index; returns how many entries were read."""
        outbox = self._outbox.identity
        entries = self._outbox.read_after(self._index.position_in(outbox), INDEX_BATCH)
        if entries:
            payments = [
                (entry.key, PaymentFacts.decided(Prediction.FromString(entry.payload)))
                for entry in entries
                if entry.kind == "prediction"
            ]
            self._index.add(payments, outbox, entries[-1].seq)
            self._join_many(payments)
        return len(entries)

    def _join_many(self, payments: Iterable[IndexedPayment]) -> None:
        for transaction_id, facts in payments:
            if transaction_id in self.waiting:
                self.join(transaction_id, facts)

    def _payment(self, transaction_id: str) -> PaymentFacts | None:
        # The outbox last: payments that are being decided take turns for it.
        found = self._index.find(transaction_id)
        if found is not None:
            return found
        stored = self._outbox.find_prediction(transaction_id)
        if stored is None:
            return None
        return PaymentFacts.decided(Prediction.FromString(stored.payload))

    def _teach(self, label: Label, payment: PaymentFacts, known_at_us: int) -> None:
        stood = self._index.stands_as_fraud(label.transaction_id, known_at_us)
        verdict = verdict_of(fraud=label.fraud, stood_as_fraud=stood)
        if verdict is not None:
            self._store.learn(
                to_label(label, payment, fraud=verdict.fraud, withdraws=verdict.withdraws)
            )
        self._index.add_verdict(label.transaction_id, known_at_us, fraud=label.fraud)
