"""A batch gives what its rows give one by one."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from features_rs import InvalidEventError
from tests.laws.batches import dictionary_encoded, events_batch, labels_batch, rows_of
from tests.laws.oracle import Payment, Report, Verdict
from tests.laws.replica import NAMES, Deed, Replica, assert_same_bits, states_of
from tests.laws.strategies import START, deeds, payments

REQUIRED = [
    "transaction_id",
    "account_id",
    "merchant_id",
    "category",
    "amount_minor",
    "currency",
    "event_time",
]


@given(deeds(), st.booleans())
def test_rows_and_states_are_those_of_single_calls(stream: list[Deed], encoded: bool) -> None:
    single, many = Replica(), Replica()
    expected = []
    for deed in stream:
        if isinstance(deed, Payment):
            expected.append(single.score(deed))
        else:
            single.do(deed)
    events = events_batch([deed for deed in stream if isinstance(deed, Payment)])
    labels = labels_batch([deed for deed in stream if isinstance(deed, Report)])
    found = many.store.assemble_and_record_many(
        dictionary_encoded(events) if encoded else events, labels
    )
    assert pa.record_batch(found).schema.names == list(NAMES)
    for found_row, expected_row in zip(rows_of(found), expected, strict=True):
        assert_same_bits(found_row, expected_row)
    assert states_of(many, stream) == states_of(single, stream)


@given(payments(), st.integers(0, 24))
def test_a_batch_equals_its_halves(made: list[Payment], cut: int) -> None:
    whole, halves = Replica(), Replica()
    expected = rows_of(whole.store.assemble_and_record_many(events_batch(made)))
    batch = events_batch(made)
    parts = [batch.slice(0, cut), batch.slice(min(cut, len(made)))]
    found = [rows_of(halves.store.assemble_and_record_many(part)) for part in parts]
    for found_row, expected_row in zip([r for f in found for r in f], expected, strict=True):
        assert_same_bits(found_row, expected_row)


def test_columns_with_a_default_may_be_missing() -> None:
    made = [Payment(transaction_id=f"t{n}", event_time_us=START + n) for n in range(3)]
    batch = events_batch(made)
    full, short = Replica(), Replica()
    expected = rows_of(full.store.assemble_and_record_many(batch))
    found = rows_of(short.store.assemble_and_record_many(batch.select(REQUIRED)))
    for found_row, expected_row in zip(found, expected, strict=True):
        assert_same_bits(found_row, expected_row)


def test_no_rows_are_no_rows() -> None:
    assert rows_of(Replica().store.assemble_and_record_many(events_batch([]))).shape == (0, 55)


@pytest.mark.parametrize("missing", REQUIRED)
def test_a_missing_column_is_named(missing: str) -> None:
    batch = events_batch([Payment(transaction_id="t", event_time_us=START)])
    batch = batch.drop_columns([missing])
    with pytest.raises(InvalidEventError, match=f"column {missing} is missing"):
        Replica().store.assemble_and_record_many(batch)


def test_a_null_is_named_with_its_row() -> None:
    batch = events_batch([Payment(transaction_id=f"t{n}", event_time_us=START) for n in range(3)])
    place = batch.schema.get_field_index("account_id")
    batch = batch.set_column(place, "account_id", pa.array(["a", None, "c"]))
    with pytest.raises(InvalidEventError, match="row 1: account_id is null"):
        Replica().store.assemble_and_record_many(batch)


def test_a_wrong_row_is_named_and_those_before_it_are_recorded() -> None:
    made = [Payment(transaction_id=f"t{n}", event_time_us=START + n) for n in range(3)]
    batch = events_batch(made)
    place = batch.schema.get_field_index("amount_minor")
    batch = batch.set_column(place, "amount_minor", pa.array([1, 2, -3]))
    replica = Replica()
    with pytest.raises(
        InvalidEventError, match=r"row 2: amount_minor: `-3` is not from 0 to 10\^15"
    ):
        replica.store.assemble_and_record_many(batch)
    assert replica.store.newest_event_us == START + 1


def test_labels_out_of_order_are_refused() -> None:
    payment = Payment(transaction_id="t", event_time_us=START)
    labels = labels_batch([Report(payment, START + n, Verdict.FRAUD) for n in range(2)])
    backwards = labels.take(pa.array([1, 0]))
    with pytest.raises(InvalidEventError, match="label row 1: known_at is before the row above"):
        Replica().store.assemble_and_record_many(events_batch([]), backwards)


def test_a_column_of_another_kind_is_refused() -> None:
    batch = events_batch([Payment(transaction_id="t", event_time_us=START)])
    place = batch.schema.get_field_index("amount_minor")
    lists = batch.set_column(place, "amount_minor", pa.array([[1]]))
    with pytest.raises(InvalidEventError, match="column amount_minor: `List"):
        Replica().store.assemble_and_record_many(lists)
