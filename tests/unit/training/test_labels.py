"""Labels that correct each other: what holds when, and what the kernel is told of it."""

from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from features_rs import contract
from features_rs.verdicts import stands_as_fraud, verdict_of
from tests.unit.training.world import TIME, make_tables, payments
from training.datasets.history import History
from training.datasets.labels import NEVER_US, Labels
from training.datasets.period import Period
from training.datasets.replay import replay
from training.datasets.split import SplitPlan, known_as_defrauded, split

PAYMENTS = 4
KNOWN = contract().index("merchant_frauds_known_30d")
type Said = list[tuple[int, bool, int, int]]

said_of = st.lists(
    st.tuples(
        st.integers(0, PAYMENTS - 1),
        st.booleans(),
        st.integers(1, 3),
        st.one_of(st.integers(1, 9), st.just(int(NEVER_US))),
    ),
    max_size=12,
    unique_by=lambda label: (label[0], label[3]),
)


def labels_of(said: Said) -> Labels:
    row, fraud, kind, known = np.array(said, np.int64).reshape(-1, 4).T
    is_fraud = fraud.astype(np.bool_)
    return Labels.of(row, is_fraud, np.where(is_fraud, kind, 0).astype(np.int8), known)


@given(said_of, st.integers(0, 10))
def test_the_last_label_known_by_a_moment_holds(said: Said, moment: int) -> None:
    for at in (moment, int(NEVER_US)):
        truth = labels_of(said).known_by(at, PAYMENTS)
        for row in range(PAYMENTS):
            of = sorted((known, fraud, kind) for r, fraud, kind, known in said if r == row)
            by_then = [label for label in of if label[0] <= at]
            found = bool(truth.fraud[row]), int(truth.kind[row]), int(truth.known_at_us[row])
            if not by_then:
                assert found == (False, 0, NEVER_US)
                continue
            _, fraud, kind = by_then[-1]
            since = by_then[-1][0]
            for earlier in reversed(by_then):
                if earlier[1] != fraud:
                    break
                since = earlier[0]
            assert found == (fraud, kind if fraud else 0, since)


@given(said_of)
def test_the_kernel_is_told_what_scorer_and_stream_tell_it(said: Said) -> None:
    told: dict[int, list[tuple[int, bool]]] = {}
    expected = []
    known = sorted((known, row, fraud) for row, fraud, _, known in said if known != NEVER_US)
    for at, row, fraud in known:
        before = told.setdefault(row, [])
        verdict = verdict_of(fraud=fraud, stood_as_fraud=stands_as_fraud(before, at))
        before.append((at, fraud))
        if verdict is not None:
            expected.append((row, verdict.fraud, verdict.withdraws, at))
    taught = labels_of(said).taught()
    columns = (taught.row, taught.fraud, taught.withdraws, taught.known_at_us)
    assert list(zip(*(column.tolist() for column in columns), strict=True)) == expected


@given(said_of, st.randoms(use_true_random=False))
def test_the_order_in_which_they_are_read_changes_nothing(said: Said, random: Any) -> None:
    # Labels of one instant that differ, too.
    doubled = said + [(row, not fraud, kind, known) for row, fraud, kind, known in said[:3]]
    shuffled = random.sample(doubled, len(doubled))
    for name in Labels.__slots__:
        one, other = (getattr(labels_of(each), name) for each in (doubled, shuffled))
        assert (one == other).all()


def corrected(*rows: tuple[str, bool, str | None]) -> History:
    """Five payments to one merchant, a day apart, and labels: (id, fraud, known at or None)."""
    base = payments(
        *((f"t{n}", f"a{n % 2}", "m1", f"2026-01-0{n}", False, None) for n in range(1, 6))
    )
    known = np.array([moment_of(at) if at else 0 for _, _, at in rows], np.int64)
    labels = pa.table(
        {
            "transaction_id": [name for name, _, _ in rows],
            "fraud": [fraud for _, fraud, _ in rows],
            "kind": pa.array([2 * fraud for _, fraud, _ in rows], pa.int8()),
            "known_at": pa.array(known, TIME, mask=np.array([at is None for _, _, at in rows])),
        }
    )
    return History.of_tables(base.events, labels, complete=False)


def moment_of(text: str) -> int:
    return int(np.datetime64(text, "us").astype(np.int64))


WITHDRAWN = [("t1", True, "2026-01-02"), ("t1", False, "2026-01-04")]


@pytest.mark.parametrize("batch_rows", [1, 3, 10])
def test_a_withdrawal_takes_a_fraud_back_from_its_own_time_on(batch_rows: int) -> None:
    features = replay(corrected(*WITHDRAWN), batch_rows=batch_rows).features
    assert features[:, KNOWN].tolist() == [0, 1, 1, 0, 0]


def test_a_microsecond_decides() -> None:
    later = [("t1", True, "2026-01-02"), ("t1", False, "2026-01-04T00:00:00.000001")]
    features = replay(corrected(*later)).features
    assert features[:, KNOWN].tolist() == [0, 1, 1, 1, 0]


def test_a_second_source_does_not_count_a_fraud_twice() -> None:
    twice = [("t1", True, "2026-01-02"), ("t1", True, "2026-01-03")]
    history = corrected(*twice)
    assert replay(history).features[:, KNOWN].tolist() == [0, 1, 1, 1, 1]
    assert history.known_at_us[0] == moment_of("2026-01-02")


def test_training_learns_what_held_at_its_moment_and_is_measured_by_what_held_last() -> None:
    history = corrected(
        *WITHDRAWN,
        ("t2", False, "2026-01-02T12:00"),
        ("t2", True, "2026-01-03"),
        ("t5", False, "2026-01-06"),
        ("t5", True, None),
    )
    dataset = replay(history)

    def learned(as_of: str) -> list[bool]:
        train, test = Period.parse("2026-01-01..2026-01-02"), Period.parse("2026-01-05")
        moment = moment_of(as_of)
        plan = SplitPlan(train, train.last - train.first, test, moment)
        sides = split(dataset, plan, remove_known_accounts=False)
        assert dataset.fraud[sides.test].tolist() == [True]
        return [bool(each) for each in sides.train_fraud]

    assert learned("2026-01-03") == [True, True]
    assert learned("2026-01-03T23:59:59.999999") == [True, True]
    assert learned("2026-01-04") == [False, True]
    assert history.fraud.tolist() == [False, True, False, False, True]
    assert history.known_at_us[4] == NEVER_US


def test_an_account_is_known_as_defrauded_until_the_day_after_the_withdrawal() -> None:
    history = corrected(("t1", True, "2026-01-02"), ("t1", False, "2026-01-04"))
    # The account of t1 pays on the 1st, the 3rd and the 5th.
    assert known_as_defrauded(replay(history), 0).tolist() == [False, False, True, False, False]


def test_what_did_not_hold_shows_in_the_digest() -> None:
    one = corrected(("t1", True, "2026-01-02"), ("t1", False, "2026-01-06"))
    other = corrected(("t1", True, "2026-01-07"), ("t1", False, "2026-01-06"))
    plain = corrected(("t1", False, "2026-01-06"))
    assert len({replay(each).digest for each in (one, other, plain)}) == 3


def test_one_label_for_each_payment_is_as_it_was() -> None:
    history = History.of_tables(*make_tables(payments=300))
    assert history.said is None
    labels = history.labels
    truth = labels.known_by(int(NEVER_US), len(history))
    assert (truth.fraud == history.fraud).all()
    assert (truth.known_at_us == history.known_at_us).all()


def test_a_payment_without_label_is_genuine_where_not_all_have_one() -> None:
    history = corrected(("t2", True, "2026-01-03"), ("of nobody", True, "2026-01-03"))
    assert history.fraud.tolist() == [False, True, False, False, False]
    assert len(history.labels) == 5
