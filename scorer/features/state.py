"""The kernel's store as the scorer keeps it: restored at start, saved in the background."""

import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

from features_rs import ContractMismatchError, Event, MergeReport, StateError, Store
from fraud.v1.label_pb2 import Label
from fraud.v1.records_pb2 import Prediction
from fraud.v1.transaction_pb2 import Transaction
from scorer.errors import StateUnreadableError
from scorer.features import usual
from scorer.features.convert import to_event
from scorer.features.labels import LabelBook
from scorer.features.note import Mark, Place, SnapshotNote
from scorer.features.payments import IndexedPayment, PaymentFacts
from scorer.model.session import Rows
from scorer.sinks.outbox import Outbox, OutboxEntry, StoredLabel

if TYPE_CHECKING:
    from features_rs import RecordReport
    from features_rs._kernel import EntityKind

log = structlog.get_logger(__name__)

REPLAY_BATCH = 1_000
ENTITY_KINDS: tuple["EntityKind", ...] = ("account", "merchant", "category", "device")


@dataclass(frozen=True, slots=True)
class LabelReport:
    """What became of a report of labels."""

    accepted: int
    duplicates: int
    unknown_transaction_ids: list[str]


class LiveState:
    """The feature state of all entities, with the log that makes it durable.

    A payment is recorded before its decision is appended, and a label is learned after; a
    snapshot therefore notes the log's position under the lock that labels are learned under, and
    everything up to that position is in the file. What is recorded twice changes nothing.

    Where topics are followed, a snapshot also notes the marks up to which they are contained.
    """

    def __init__(self, store: Store, outbox: Outbox, labels: LabelBook, path: Path) -> None:
        self._store = store
        self._outbox = outbox
        self._labels = labels
        self._path = path
        self._learning = threading.Lock()
        self._restored: Mapping[Place, Mark] = {}
        self._marks: Callable[[], Mapping[Place, Mark]] = lambda: self._restored

    @property
    def restored_marks(self) -> Mapping[Place, Mark]:
        """Up to where the topics were contained in the snapshot that was restored."""
        return self._restored

    def note_marks(self, marks: Callable[[], Mapping[Place, Mark]]) -> None:
        """Have snapshots note what ``marks`` gives: what is contained at the time of the call."""
        self._marks = marks

    def restore(self) -> int:
        """Bring back the state: the snapshot, then the log from its position on.

        Returns:
            Entries of the log that were replayed.

        Raises:
            StateUnreadableError: The snapshot is damaged or of another contract.
        """
        started, position, replayed = time.monotonic(), self._restore_snapshot(), 0
        while entries := self._outbox.read_after(position, REPLAY_BATCH):
            for entry in entries:
                self._replay(entry)
            position, replayed = entries[-1].seq, replayed + len(entries)
        log.info(
            "state.restored",
            replayed=replayed,
            accounts=self._store.entity_count("account"),
            seconds=round(time.monotonic() - started, 3),
        )
        return replayed

    def assemble_and_record(self, event: Event, row: Rows) -> str:
        """Write the features of ``event`` into ``row``, then remember it.

        Args:
            event: The payment.
            row: float32 [1, features], overwritten.

        Returns:
            The kernel's outcome: ``recorded``, ``duplicate`` or ``late``.
        """
        return self._store.assemble_and_record(event, row)

    def join_waiting_labels(self, transaction: Transaction, ratio_to_usual: float | None) -> None:
        """Learn the labels that came before this payment, if any did.

        Args:
            transaction: The payment.
            ratio_to_usual: See :mod:`scorer.features.usual`.
        """
        if self._labels.is_waiting_for(transaction.transaction_id):
            with self._learning:
                facts = PaymentFacts.of(transaction)._replace(ratio_to_usual=ratio_to_usual)
                self._labels.join(transaction.transaction_id, facts)

    def report(self, labels: Sequence[Label]) -> LabelReport:
        """Make labels durable, then learn those whose payment is known."""
        stored = [
            StoredLabel(label.transaction_id, label.SerializeToString(deterministic=True))
            for label in labels
        ]
        with self._learning:
            appended = self._outbox.append_labels(stored)
            known = [self._labels.learn(label) for label in labels]
        unknown = [
            label.transaction_id
            for label, is_known in zip(labels, known, strict=True)
            if not is_known
        ]
        return LabelReport(appended.accepted, appended.duplicates, list(dict.fromkeys(unknown)))

    def record_wire(self, messages: Sequence[bytes]) -> "RecordReport":
        """Remember payments that came from elsewhere, see the kernel's method."""
        return self._store.record_wire(messages)

    def merge_wire(self, messages: Sequence[bytes]) -> MergeReport:
        """Join feature vectors into the state, see the kernel's method."""
        return self._store.merge_wire(messages)

    def index(self, payments: Sequence[IndexedPayment]) -> None:
        """Keep what labels need of payments from elsewhere, and learn the labels that waited."""
        with self._learning:
            self._labels.index(payments)

    def index_payments(self) -> int:
        """The same for the next payments of the outbox; returns how many entries were read."""
        with self._learning:
            return self._labels.index_payments()

    def learn(self, label: Label) -> None:
        """Learn a label that is durable elsewhere; one whose payment is not known waits for it."""
        with self._learning:
            self._labels.learn(label)

    def keep(self, labels: Iterable[Label]) -> None:
        """Have labels that the state may contain already wait for their payments."""
        with self._learning:
            self._labels.keep(labels)

    def join_known(self) -> None:
        """Learn the labels that wait although their payment is known."""
        with self._learning:
            self._labels.join_known()

    def save(self) -> None:
        """Write a snapshot; calls go on meanwhile."""
        started = time.monotonic()
        with self._learning:
            position = self._outbox.newest_seq
        note = SnapshotNote(self._outbox.identity, position, self._marks())
        entities = self._store.save(self._path, note.to_bytes())
        log.debug(
            "state.saved",
            entities=entities,
            position=position,
            seconds=round(time.monotonic() - started, 3),
        )

    def evict_idle(self) -> int:
        """Forget entities that no window can reach from the newest payment on."""
        return self._store.evict_idle(self._store.newest_event_us)

    def entity_count(self, kind: "EntityKind") -> int:
        """Entities of that kind that have features."""
        return self._store.entity_count(kind)

    @property
    def newest_event_us(self) -> int:
        """Event time of the newest payment, in microseconds; 0 when there is none."""
        return self._store.newest_event_us

    def _restore_snapshot(self) -> int:
        try:
            note = SnapshotNote.from_bytes(self._store.restore(self._path))
        except FileNotFoundError:
            return 0
        except (ContractMismatchError, StateError) as exc:
            raise StateUnreadableError(
                f"Failed to restore the state `{self._path}`: {exc}"
            ) from exc
        self._restored = note.marks
        # Of another log all is replayed.
        return note.position if note.outbox == self._outbox.identity else 0

    def _replay(self, entry: OutboxEntry) -> None:
        if entry.kind == "label":
            self._labels.learn(Label.FromString(entry.payload))
            return
        prediction = Prediction.FromString(entry.payload)
        self._store.record(to_event(prediction.transaction))
        self.join_waiting_labels(prediction.transaction, usual.decided(prediction))
