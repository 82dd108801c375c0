"""What a payment's state does with labels: before it, after it, twice, and taken back."""

from collections.abc import Iterator

from pyspark.sql import Row

from fraud.v1.transaction_pb2 import Transaction
from spark_stream.payments import SCHEMA, Payment
from tests.unit.scorer.support import BEGIN_SECONDS, payment
from tests.unit.spark_stream.rows import arrival, label_of


def _verdicts(rows: Iterator[Row]) -> list[tuple[bool, bool]]:
    return [(row.fraud, row.withdraws) for row in rows if row.known_at_us is not None]


def test_a_payment_is_passed_on_once() -> None:
    state = Payment(None)
    (first,) = state.arrive(arrival(payment("t1")))
    assert (first.account_id, first.merchant_id, first.known_at_us) == (
        "account-1",
        "merchant-1",
        None,
    )
    assert list(state.arrive(arrival(payment("t1")))) == []
    assert list(Payment(state.state).arrive(arrival(payment("t1")))) == []


def test_a_row_has_the_columns_that_the_schema_names() -> None:
    (row,) = Payment(None).arrive(arrival(payment("t1")))
    assert list(row.asDict()) == [part.split()[0] for part in SCHEMA.split(", ")]


def test_a_label_names_merchant_and_category_alone() -> None:
    state = Payment(None)
    list(state.arrive(arrival(payment("t1"))))
    (row,) = state.learn(label_of("t1", 3, fraud=True))
    facts = Transaction.FromString(row.payment)
    assert (row.account_id, row.device_id) == (None, None)
    assert (row.merchant_id, row.category) == ("merchant-1", "5411")
    assert (facts.transaction_id, facts.amount_minor, facts.currency) == ("t1", 1250, "EUR")
    assert facts.event_time.seconds == BEGIN_SECONDS
    assert row.known_at_us == (BEGIN_SECONDS + 3 * 86_400) * 1_000_000


def test_a_label_brings_what_was_usual_when_its_payment_was_decided() -> None:
    for made in (payment("t1"), payment("t1", ratio_to_usual=1.75)):
        state = Payment(None)
        list(state.arrive(arrival(made)))
        (row,) = Payment(state.state).learn(label_of("t1", 3, fraud=True))
        facts = Transaction.FromString(row.payment)
        assert facts.HasField("ratio_to_usual") == made.HasField("ratio_to_usual")
        assert facts.ratio_to_usual == made.ratio_to_usual


def test_labels_that_came_first_wait_for_their_payment() -> None:
    state = Payment(None)
    assert list(state.learn(label_of("t1", 5, fraud=False))) == []
    assert list(state.learn(label_of("t1", 3, fraud=True))) == []
    later = Payment(state.state)
    rows = later.arrive(arrival(payment("t1")))
    # In the order in which they became known: a fraud, then its withdrawal.
    assert _verdicts(rows) == [(True, False), (False, True)]


def test_a_second_source_does_not_count_a_fraud_twice() -> None:
    state = Payment(None)
    list(state.arrive(arrival(payment("t1"))))
    assert _verdicts(state.learn(label_of("t1", 3, fraud=True))) == [(True, False)]
    assert (
        _verdicts(Payment(state.state).learn(label_of("t1", 4, fraud=True, source="analyst"))) == []
    )


def test_a_correction_withdraws_across_batches() -> None:
    state = Payment(None)
    list(state.arrive(arrival(payment("t1"))))
    list(state.learn(label_of("t1", 3, fraud=True)))
    assert _verdicts(Payment(state.state).learn(label_of("t1", 4, fraud=False))) == [(False, True)]


def test_a_repeated_label_says_the_same_and_is_kept_once() -> None:
    state = Payment(None)
    list(state.arrive(arrival(payment("t1"))))
    list(state.learn(label_of("t1", 3, fraud=True)))
    again = Payment(state.state)
    assert _verdicts(again.learn(label_of("t1", 3, fraud=True))) == [(True, False)]
    assert not again.changed
    assert again.state == state.state
