"""The kernel's store as the scorer keeps it: restored at start, saved in the background."""

import struct
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import structlog

from features_rs import ContractMismatchError, Event, StateError, Store
from fraud.v1.label_pb2 import Label
from fraud.v1.records_pb2 import Prediction
from fraud.v1.transaction_pb2 import Transaction
from scorer.errors import StateUnreadableError
from scorer.features.convert import to_event
from scorer.features.labels import LabelBook
from scorer.features.payments import PaymentFacts
from scorer.model.session import Rows
from scorer.sinks.outbox import Outbox, OutboxEntry, StoredLabel

log = structlog.get_logger(__name__)

REPLAY_BATCH = 1_000
# The note of a snapshot: identity of the outbox, and its entry up to which the state is complete.
NOTE = struct.Struct("<32sq")


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
    """

    def __init__(self, store: Store, outbox: Outbox, labels: LabelBook, path: Path) -> None:
        self._store = store
        self._outbox = outbox
        self._labels = labels
        self._path = path
        self._learning = threading.Lock()

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

    def join_waiting_labels(self, transaction: Transaction) -> None:
        """Learn the labels that came before this payment, if any did."""
        if self._labels.is_waiting_for(transaction.transaction_id):
            with self._learning:
                self._labels.join(transaction.transaction_id, PaymentFacts.of(transaction))

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

    def save(self) -> None:
        """Write a snapshot; calls go on meanwhile."""
        started = time.monotonic()
        with self._learning:
            position = self._outbox.newest_seq
        entities = self._store.save(self._path, NOTE.pack(self._outbox.identity.encode(), position))
        log.debug(
            "state.saved",
            entities=entities,
            position=position,
            seconds=round(time.monotonic() - started, 3),
        )

    def evict_idle(self) -> int:
        """Forget entities that no window can reach from the newest payment on."""
        return self._store.evict_idle(self._store.newest_event_us)

    @property
    def newest_event_us(self) -> int:
        """Event time of the newest payment, in microseconds; 0 when there is none."""
        return self._store.newest_event_us

    def _restore_snapshot(self) -> int:
        try:
            note = self._store.restore(self._path)
        except FileNotFoundError:
            return 0
        except (ContractMismatchError, StateError) as exc:
            raise StateUnreadableError(
                f"Failed to restore the state `{self._path}`: {exc}"
            ) from exc
        return _position_of(note, self._outbox.identity)

    def _replay(self, entry: OutboxEntry) -> None:
        if entry.kind == "label":
            self._labels.learn(Label.FromString(entry.payload))
            return
        transaction = Prediction.FromString(entry.payload).transaction
        self._store.record(to_event(transaction))
        self.join_waiting_labels(transaction)


def _position_of(note: bytes, outbox: str) -> int:
    """The position in a snapshot's note; 0, where all is replayed, if it is of another log."""
    if len(note) != NOTE.size:
        return 0
    identity, position = NOTE.unpack(note)
    return int(position) if identity.decode() == outbox else 0
