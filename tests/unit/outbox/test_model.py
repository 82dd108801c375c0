"""The outbox against a list: whatever is done in whatever order, both say the same."""

import tempfile
from pathlib import Path

from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from hypothesis.strategies import binary, integers, sampled_from

from scorer.sinks.errors import DuplicateEntryError
from scorer.sinks.outbox import Outbox, StoredLabel

KEYS = sampled_from([f"t{number}" for number in range(6)])
ALL = 10_000
FUTURE_US = 10**18


class OutboxMachine(RuleBasedStateMachine):
    """Entries are (seq, kind, key, payload)."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name) / "outbox.sqlite"
        self.outbox = Outbox(self.path, "normal")
        self.entries: list[tuple[int, str, str, bytes]] = []
        self.newest = 0

    @rule(key=KEYS, payload=binary(max_size=40))
    def append_prediction(self, key: str, payload: bytes) -> None:
        known = any(entry[1:3] == ("prediction", key) for entry in self.entries)
        try:
            self.outbox.append_prediction(key, b"digest", payload)
        except DuplicateEntryError:
            assert known
        else:
            assert not known
            self._expect("prediction", key, payload)

    @rule(key=KEYS, payload=binary(max_size=2))
    def append_label(self, key: str, payload: bytes) -> None:
        known = any(entry[1:] == ("label", key, payload) for entry in self.entries)
        appended = self.outbox.append_labels([StoredLabel(key, payload)])
        assert appended.duplicates == known
        if not known:
            self._expect("label", key, payload)

    @rule(through=integers(0, 60), rows=integers(0, 20))
    def prune(self, through: int, rows: int) -> None:
        doomed = [entry for entry in self.entries if entry[0] <= through and entry[0] < self.newest]
        assert self.outbox.prune(through, FUTURE_US, rows) == len(doomed[:rows])
        self.entries = [entry for entry in self.entries if entry not in doomed[:rows]]

    @rule()
    def checkpoint(self) -> None:
        self.outbox.checkpoint()

    @rule()
    def reopen(self) -> None:
        self.outbox.close()
        self.outbox = Outbox(self.path, "normal")

    @invariant()
    def says_the_same(self) -> None:
        read = [(e.seq, e.kind, e.key, e.payload) for e in self.outbox.read_after(0, ALL)]
        assert read == self.entries
        assert self.outbox.newest_seq == self.newest

    def teardown(self) -> None:
        self.outbox.close()
        self.folder.cleanup()

    def _expect(self, kind: str, key: str, payload: bytes) -> None:
        self.newest += 1
        self.entries.append((self.newest, kind, key, payload))


TestOutboxModel = OutboxMachine.TestCase
TestOutboxModel.settings = settings(max_examples=25, stateful_step_count=30, deadline=None)
