"""A store that is spoken to in payments and reports, and comparisons that say what differs."""

from array import array
from collections.abc import Iterable
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from features_rs import Store, contract
from tests.laws.oracle import Payment, Report

NAMES = tuple(contract().names)
KINDS: tuple["Kind", ...] = ("account", "merchant", "category", "device")

type Kind = Literal["account", "merchant", "category", "device"]
type Deed = Payment | Report
type States = dict[tuple[Kind, str], bytes]
type Row = NDArray[np.float32]


class Replica:
    """A kernel store and the ids that it has seen."""

    def __init__(self) -> None:
        self.store = Store()

    @classmethod
    def of(cls, deeds: Iterable[Deed]) -> "Replica":
        """A fresh replica to which ``deeds`` were done in their order."""
        replica = cls()
        for deed in deeds:
            replica.do(deed)
        return replica

    def do(self, deed: Deed) -> str:
        """Record a payment or learn a report."""
        if isinstance(deed, Payment):
            return self.store.record(deed.to_event())
        return self.store.learn(deed.to_label())

    def features(self, probe: Payment) -> Row:
        """What the kernel assembles."""
        row = array("f", bytes(4 * len(NAMES)))
        self.store.assemble(probe.to_event(), row)
        return np.frombuffer(row, dtype=np.float32).copy()

    def score(self, payment: Payment) -> Row:
        """Assemble and record in one step."""
        row = array("f", bytes(4 * len(NAMES)))
        self.store.assemble_and_record(payment.to_event(), row)
        return np.frombuffer(row, dtype=np.float32).copy()

    def merge(self, states: Iterable[bytes]) -> "Replica":
        """Join states in; returns itself."""
        for state in states:
            self.store.merge(state)
        return self


def states_of(replica: Replica, deeds: Iterable[Deed]) -> States:
    """The state of every entity that ``deeds`` touch, as far as the replica knows it."""
    found: States = {}
    for kind, entity in entities_of(deeds):
        state = replica.store.snapshot(kind, entity)
        if state is not None:
            found[kind, entity] = state
    return found


def entities_of(deeds: Iterable[Deed]) -> set[tuple[Kind, str]]:
    """Kind and id of all that ``deeds`` touch."""
    entities: set[tuple[Kind, str]] = set()
    for deed in deeds:
        payment = deed if isinstance(deed, Payment) else deed.payment
        names = payment.account_id, payment.merchant_id, payment.category, payment.device_id
        entities |= {(kind, name) for kind, name in zip(KINDS, names, strict=True) if name}
    return entities


def assert_same_bits(found: Row, expected: Row, context: object = "") -> None:
    """Equal bit for bit, where any NaN equals any NaN."""
    same = found.view(np.uint32) == expected.view(np.uint32)
    same |= np.isnan(found) & np.isnan(expected)
    different = {
        NAMES[place]: (float(found[place]), float(expected[place]))
        for place in np.flatnonzero(~same)
    }
    assert not different, f"(found, expected) {different} {context}"
