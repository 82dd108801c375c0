"""Right answers are told from wrong ones, and from those that were overtaken."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from benchmarks.load.errors import WrongAnswerError
from benchmarks.load.oracle import Checked, Oracle
from features_rs import Store
from fraud.loadgen import LoadAnswer
from scorer.features.convert import to_event
from scorer.model.session import ModelSession
from tests.unit.scorer.support import WIDTH, bundle_of, logistic_model, payment

COUNT = 12
WEIGHTS = {"account_count_1h": 0.3, "merchant_count_1h": 0.1}
BUNDLE = bundle_of(logistic_model(WEIGHTS), review_threshold=0.2, decline_threshold=0.9)
PAYMENTS = [
    payment(f"t{number}", account_id=f"account-{number % 3}", seconds=60 * number)
    for number in range(COUNT)
]


@pytest.fixture
def state(tmp_path: Path) -> Path:
    store = Store()
    for number in range(5):
        store.record(to_event(payment(f"old{number}", seconds=number - 100)))
    store.save(tmp_path / "state.bin")
    return tmp_path / "state.bin"


APART_US = 100.0
"""From one payment's sending to the next one's."""


def answers(state: Path, order: list[int], latency_us: float = 50.0) -> list[LoadAnswer]:
    """What a scorer says that takes the payments in ``order``, in the order of sending."""
    store, session = Store(), ModelSession(BUNDLE.model)
    store.restore(state)
    found: dict[int, float] = {}
    for place in order:
        row = np.empty((1, WIDTH), np.float32)
        store.assemble_and_record(to_event(PAYMENTS[place]), row)
        found[place] = session.probability(row)
    return [answer(place, found[place], latency_us) for place in range(COUNT)]


def answer(place: int, probability: float, latency_us: float) -> LoadAnswer:
    return LoadAnswer(
        index=place,
        transaction_id=PAYMENTS[place].transaction_id,
        warm_up=False,
        event_time_us=0,
        sent_us=APART_US * place,
        latency_us=latency_us + 1,
        lag_us=1.0,
        code="OK",
        message="",
        decision="approve" if probability < 0.2 else "review",
        probability=probability,
        risk_score=0,
        model_version="1",
        reasons=[],
        degraded=False,
        duplicate=False,
        late=False,
        server_us=1,
    )


def check(state: Path, found: list[LoadAnswer], *, concurrent: bool) -> Checked:
    return Oracle(state, BUNDLE).check(found, PAYMENTS, concurrent=concurrent)


def test_answers_in_the_order_of_sending(state: Path) -> None:
    found = answers(state, list(range(COUNT)))
    assert len({each.probability for each in found}) > 3
    assert check(state, found, concurrent=False) == Checked(COUNT, 0)


@pytest.mark.parametrize("first", [3, 6])
def test_a_payment_may_overtake_those_that_were_under_way(state: Path, first: int) -> None:
    """Payment ``first + 2`` is taken before the two sent before it."""
    order = list(range(COUNT))
    order[first : first + 3] = [first + 2, first, first + 1]
    found = answers(state, order, latency_us=2.5 * APART_US)
    assert check(state, found, concurrent=True) == Checked(COUNT - 1, 1)
    with pytest.raises(WrongAnswerError, match=f"t{first + 2}"):
        check(state, found, concurrent=False)


def test_a_payment_may_not_overtake_one_that_was_answered(state: Path) -> None:
    found = answers(state, [0, 1, 4, 2, 3, *range(5, COUNT)], latency_us=1.5 * APART_US)
    with pytest.raises(WrongAnswerError, match="t4"):
        check(state, found, concurrent=True)


def test_nothing_overtakes_more_than_three(state: Path) -> None:
    found = answers(state, [COUNT - 1, *range(COUNT - 1)], latency_us=COUNT * APART_US)
    with pytest.raises(WrongAnswerError, match=f"t{COUNT - 1}"):
        check(state, found, concurrent=True)


def test_one_bit_is_seen(state: Path) -> None:
    found = answers(state, list(range(COUNT)))
    assert found[7].probability is not None
    nudged = float(np.nextafter(np.float32(found[7].probability), np.float32(1)))
    found[7] = replace(found[7], probability=nudged)
    with pytest.raises(WrongAnswerError, match="t7"):
        check(state, found, concurrent=True)


def test_another_decision_is_seen(state: Path) -> None:
    found = answers(state, list(range(COUNT)))
    found[7] = replace(found[7], decision="decline")
    with pytest.raises(WrongAnswerError, match="t7"):
        check(state, found, concurrent=True)


def test_what_was_refused_is_not_known_to_what_follows(state: Path) -> None:
    order = [place for place in range(COUNT) if place != 4]
    store_order = answers(state, [*order, 4])
    refused = replace(store_order[4], code="RESOURCE_EXHAUSTED", decision=None, probability=None)
    found = [refused if place == 4 else each for place, each in enumerate(store_order)]
    assert check(state, found, concurrent=False) == Checked(COUNT - 1, 0)


def test_an_answer_that_is_missing_is_seen(state: Path) -> None:
    with pytest.raises(WrongAnswerError, match="11 answers to 12"):
        check(state, answers(state, list(range(COUNT)))[:-1], concurrent=True)
