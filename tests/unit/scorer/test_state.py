"""Restoring equals going on, labels included."""

from pathlib import Path

import numpy as np
import pytest

from fraud.v1.label_pb2 import Label
from fraud.v1.scoring_pb2 import ScoreRequest
from scorer.errors import StateUnreadableError
from scorer.features.convert import to_event
from tests.unit.scorer.conftest import Parts, open_parts
from tests.unit.scorer.support import BEGIN_SECONDS, CONTRACT, WIDTH, Rows, payment

DAY = 86_400


def pay(parts: Parts, *numbers: int) -> None:
    for number in numbers:
        transaction = payment(f"t{number}", account_id=f"account-{number % 3}", seconds=number)
        parts.pipeline.score(ScoreRequest(transaction=transaction))


def label(number: int, *, fraud: bool = True, known_day: int = 1, source: str = "bank") -> Label:
    found = Label(transaction_id=f"t{number}", fraud=fraud, source=source)
    found.happened_at.seconds = BEGIN_SECONDS + number
    found.known_at.seconds = BEGIN_SECONDS + known_day * DAY
    return found


def features(parts: Parts, *, day: int = 5) -> Rows:
    """What a payment of that day would be scored on."""
    row = np.empty(WIDTH, np.float32)
    parts.store.assemble(to_event(payment("probe", seconds=day * DAY)), row)
    return row


def known_frauds(parts: Parts, *, day: int = 5) -> float:
    return float(features(parts, day=day)[CONTRACT.index("merchant_frauds_known_30d")])


@pytest.mark.parametrize("saved_at", [0, 7, 20])
def test_snapshot_and_log_give_the_same_state(parts: Parts, tmp_path: Path, saved_at: int) -> None:
    for number in range(20):
        if number == saved_at:
            parts.state.save()
        pay(parts, number)
        if number % 5 == 4:
            parts.state.report([label(number - 1), label(number + 100)])
    pay(parts, 104)
    if saved_at == 20:
        parts.state.save()
    expected = features(parts)
    parts.close()
    again = open_parts(tmp_path)
    replayed = again.state.restore()
    np.testing.assert_array_equal(features(again), expected)
    assert known_frauds(again) == 5
    assert replayed == {0: 29, 7: 20, 20: 0}[saved_at]
    again.close()


def test_a_report_tells_what_became_of_each_label(parts: Parts) -> None:
    pay(parts, 1, 2)
    report = parts.state.report([label(1), label(2), label(9)])
    assert (report.accepted, report.duplicates) == (3, 0)
    assert report.unknown_transaction_ids == ["t9"]
    repeated = parts.state.report([label(1), label(9)])
    assert (repeated.accepted, repeated.duplicates) == (0, 2)
    assert repeated.unknown_transaction_ids == ["t9"]
    assert known_frauds(parts) == 2


def test_a_label_counts_from_its_known_at_time(parts: Parts) -> None:
    pay(parts, 1)
    parts.state.report([label(1, known_day=3)])
    assert [known_frauds(parts, day=day) for day in (2, 3, 4)] == [0, 1, 1]


def test_a_label_that_came_first_is_joined_when_its_payment_comes(parts: Parts) -> None:
    parts.state.report([label(1)])
    assert known_frauds(parts) == 0
    pay(parts, 1)
    assert known_frauds(parts) == 1


def test_a_waiting_label_survives_a_restart(parts: Parts, tmp_path: Path) -> None:
    parts.state.report([label(1)])
    parts.state.save()
    parts.close()
    again = open_parts(tmp_path, rules=True)
    again.state.restore()
    pay(again, 1)
    assert known_frauds(again) == 1
    again.close()


def test_a_correction_takes_the_fraud_back_from_its_own_time_on(parts: Parts) -> None:
    pay(parts, 1)
    parts.state.report([label(1, known_day=1)])
    parts.state.report([label(1, fraud=False, known_day=3)])
    assert [known_frauds(parts, day=day) for day in (2, 4)] == [1, 0]


def test_a_second_source_does_not_count_a_fraud_twice(parts: Parts) -> None:
    pay(parts, 1)
    parts.state.report([label(1), label(1, known_day=2, source="analyst")])
    assert known_frauds(parts) == 1


def test_a_label_finds_its_payment_after_the_outbox_forgot_it(parts: Parts) -> None:
    pay(parts, *range(20))
    while parts.labels.index_payments():
        pass
    parts.outbox.prune(parts.outbox.newest_seq, 2**62, 1000)
    assert parts.outbox.find_prediction("t3") is None
    assert parts.state.report([label(3)]).unknown_transaction_ids == []
    assert known_frauds(parts) == 1


def test_a_damaged_snapshot_is_named(parts: Parts, tmp_path: Path) -> None:
    pay(parts, 1)
    parts.state.save()
    path = tmp_path / "state.bin"
    path.write_bytes(path.read_bytes()[:-5])
    parts.close()
    again = open_parts(tmp_path)
    with pytest.raises(StateUnreadableError, match=r"state\.bin"):
        again.state.restore()
    again.close()


def test_a_snapshot_beside_another_log_replays_all_of_it(parts: Parts, tmp_path: Path) -> None:
    pay(parts, *range(5))
    parts.state.save()
    parts.close()
    for path in tmp_path.glob("outbox.sqlite*"):
        path.unlink()
    fresh = open_parts(tmp_path, rules=True)
    pay(fresh, 7, 8)
    fresh.close()
    again = open_parts(tmp_path)
    assert again.state.restore() == 2
    again.close()
