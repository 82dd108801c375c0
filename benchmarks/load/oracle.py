"""Whether a scorer answered rightly: every payment is worked out again, offline and in order.

Calls may be under way at once, and a payment may be scored before one that is before it in the file
is recorded. An answer is therefore right if it is right for some order that the server may have
taken: all payments before it known, or all but a few that were not answered when it was sent.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import onnxruntime

from benchmarks.load.errors import WrongAnswerError
from features_rs import Event, Store, contract
from fraud.loadgen import LoadAnswer
from fraud.v1.transaction_pb2 import Transaction
from scorer.features.convert import to_event
from scorer.model.bundle import ModelBundle

if TYPE_CHECKING:
    from features_rs._kernel import EntityKind

RECENT = 1_000
"""Payments back in which one that was still under way is looked for."""
MISSING = 3
"""How many may have been unknown at once: more than any edge has threads beside."""

type Entity = tuple["EntityKind", str]


@dataclass(frozen=True, slots=True)
class Checked:
    """Answers of a run, all of them right.

    Args:
        in_order: Equal when all payments before them were known.
        overtaking: Equal when up to three that were under way were not known yet.
    """

    in_order: int
    overtaking: int

    def __add__(self, other: "Checked") -> "Checked":
        return Checked(self.in_order + other.in_order, self.overtaking + other.overtaking)


NOT_CHECKED = Checked(0, 0)


@dataclass(frozen=True, slots=True)
class _Recent:
    """A payment, its entities' states before it, and when its answer was there."""

    event: Event
    before: dict[Entity, bytes | None]
    answered_us: float


class Oracle:
    """Follows one scorer from its start: the kernel, the bare model and the thresholds.

    Args:
        state: What the scorer started from.
        bundle: Its model.
    """

    def __init__(self, state: Path, bundle: ModelBundle) -> None:
        self._store = Store()
        self._store.restore(state)
        self._manifest = bundle.manifest
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        providers = ["CPUExecutionProvider"]
        self._session = onnxruntime.InferenceSession(bundle.model, options, providers=providers)

    def check(
        self, answers: Iterable[LoadAnswer], payments: Sequence[Transaction], *, concurrent: bool
    ) -> Checked:
        """Compare exactly; payments that got an error are taken as not recorded.

        Args:
            answers: In the order of the file.
            payments: As sent; as many as there are answers.
            concurrent: Whether calls were under way at once.

        Raises:
            WrongAnswerError: One is missing or differs; names the payment and both values.
        """
        checked = NOT_CHECKED
        recent: deque[_Recent] = deque(maxlen=RECENT if concurrent else 0)
        found = list(answers)
        if len(found) != len(payments):
            raise WrongAnswerError(f"{len(found)} answers to {len(payments)} payments")
        for answer, payment in zip(found, payments, strict=True):
            if answer.transaction_id != payment.transaction_id:
                raise WrongAnswerError(f"answered {answer} to {payment.transaction_id}")
            if answer.code == "OK":
                checked += self._check_one(answer, payment, recent)
        return checked

    def _check_one(
        self, answer: LoadAnswer, payment: Transaction, recent: deque[_Recent]
    ) -> Checked:
        event, row = to_event(payment), _empty_row()
        before = {each: self._store.snapshot(*each) for each in entities_of(payment)}
        self._store.assemble_and_record(event, row)
        expected = self._answer(row)
        given = (np.float32(answer.probability or 0.0), str(answer.decision))
        overtook = given != expected
        if overtook:
            shared = [each for each in recent if not before.keys().isdisjoint(each.before)]
            if given not in self._overtaking(event, before, answer.sent_us, shared):
                raise WrongAnswerError(f"answered {answer}, expected {expected}")
        recent.append(_Recent(event, before, answer.answered_us))
        return Checked(int(not overtook), int(overtook))

    def _overtaking(
        self,
        event: Event,
        before: dict[Entity, bytes | None],
        sent_us: float,
        shared: list[_Recent],
    ) -> Iterator[tuple[np.float32, str]]:
        """The answers that are right if some of those that share a state were not known yet."""
        under_way = [place for place, each in enumerate(shared) if each.answered_us > sent_us]
        states = dict(before)
        for each in reversed(shared):
            states |= {name: old for name, old in each.before.items() if name in states}
        for count in range(1, MISSING + 1):
            for missing in combinations(under_way, count):
                store = _store_of(states.values())
                for place, each in enumerate(shared):
                    if place not in missing:
                        store.record(each.event)
                row = _empty_row()
                store.assemble(event, row)
                yield self._answer(row)

    def _answer(self, row: npt.NDArray[np.float32]) -> tuple[np.float32, str]:
        output = self._session.run(["probability"], {"features": row})[0]
        probability = np.float32(np.asarray(output).ravel()[-1])
        return probability, self._decide(float(probability))

    def _decide(self, probability: float) -> str:
        if probability >= self._manifest.decline_threshold:
            return "decline"
        return "review" if probability >= self._manifest.review_threshold else "approve"


def entities_of(payment: Transaction) -> list[Entity]:
    """Whose states a payment's features come from."""
    named: list[Entity] = [
        ("account", payment.account_id),
        ("merchant", payment.merchant_id),
        ("category", payment.category),
        ("device", payment.device_id),
    ]
    return [(kind, name) for kind, name in named if name]


def _store_of(states: Iterable[bytes | None]) -> Store:
    store = Store()
    store.merge_many([state for state in states if state is not None])
    return store


def _empty_row() -> npt.NDArray[np.float32]:
    return np.empty((1, len(contract().names)), np.float32)
