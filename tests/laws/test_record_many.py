"""Recording a batch is recording its rows, of some kinds or a shard of the entities alone."""

from collections import Counter

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from features_rs import InvalidEventError, RecordReport, shard_of
from tests.laws.batches import events_batch, labels_batch
from tests.laws.oracle import Payment, Report, Verdict
from tests.laws.replica import KINDS, Deed, Kind, Replica, States, states_of
from tests.laws.strategies import START, arrivals, deeds, payments

COLLECTIONS = st.lists(st.sampled_from(KINDS), unique=True)


def outcomes_of(report: RecordReport) -> dict[str, int]:
    """The counts, those of nothing left out."""
    counts = {
        "recorded": report.recorded,
        "duplicate": report.duplicates,
        "late": report.late,
        "refused": len(report.refused),
    }
    return {name: count for name, count in counts.items() if count}


def parts_of(stream: list[Deed]) -> tuple[pa.RecordBatch, pa.RecordBatch, list[Report]]:
    """Payments as a batch; labels as a batch, and in its order."""
    reports = [deed for deed in stream if isinstance(deed, Report)]
    reports.sort(key=lambda report: report.known_at_us)
    made = [deed for deed in stream if isinstance(deed, Payment)]
    return events_batch(made), labels_batch(reports), reports


@given(deeds().flatmap(arrivals))
def test_a_batch_is_its_rows(stream: list[Deed]) -> None:
    events, labels, reports = parts_of(stream)
    many, single = Replica(), Replica()
    recorded = many.store.record_many(events)
    learned = many.store.learn_many(labels)
    made = [deed for deed in stream if isinstance(deed, Payment)]
    assert outcomes_of(recorded) == Counter(single.do(payment) for payment in made)
    assert outcomes_of(learned) == Counter(single.do(report) for report in reports)
    assert states_of(many, stream) == states_of(single, stream)
    assert many.store.newest_event_us == single.store.newest_event_us
    assert many.store.late_events == single.store.late_events


@given(deeds(), COLLECTIONS)
def test_kinds_left_out_are_left_alone(stream: list[Deed], kinds: list[Kind]) -> None:
    events, labels, _ = parts_of(stream)
    whole, part = Replica(), Replica()
    whole.store.record_many(events)
    whole.store.learn_many(labels)
    part.store.record_many(events, kinds)
    part.store.learn_many(labels, kinds)
    expected = {key: state for key, state in states_of(whole, stream).items() if key[0] in kinds}
    assert states_of(part, stream) == expected
    assert [part.store.entity_count(kind) for kind in KINDS] == [
        whole.store.entity_count(kind) if kind in kinds else 0 for kind in KINDS
    ]


@given(deeds(), st.integers(1, 5))
def test_shards_share_the_entities_out(stream: list[Deed], count: int) -> None:
    events, labels, _ = parts_of(stream)
    whole = Replica()
    whole.store.record_many(events)
    whole.store.learn_many(labels)
    union: States = {}
    for index in range(count):
        part = Replica()
        part.store.record_many(events, shard=(index, count))
        part.store.learn_many(labels, shard=(index, count))
        states = states_of(part, stream)
        assert all(shard_of(name, count) == index for _, name in states)
        union |= states
    assert union == states_of(whole, stream)


@given(payments())
def test_a_payment_of_no_entity_in_scope_is_a_duplicate(made: list[Payment]) -> None:
    replica = Replica()
    report = replica.store.record_many(events_batch(made), kinds=[])
    assert outcomes_of(report) == {"duplicate": len(made)}
    assert replica.store.newest_event_us == 0


def test_shards_are_the_same_on_every_machine() -> None:
    assert [shard_of(name, 1000) for name in ("anna", "boris")] == [889, 147]
    # The published xxh3-64 of nothing.
    assert shard_of("", 1000) == 0x2D06800538D394C2 % 1000


@pytest.mark.parametrize("shard", [(2, 2), (0, 0)])
def test_a_shard_that_is_none_is_refused(shard: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="is not an index below a count"):
        Replica().store.record_many(events_batch([]), shard=shard)


def test_a_shard_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="count: `0` is not 1 or more"):
        shard_of("anna", 0)


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="kind: `card` is not one of account, merchant"):
        Replica().store.record_many(events_batch([]), kinds=["card"])  # type: ignore[list-item]


def test_wrong_rows_are_told_and_the_others_taken() -> None:
    made = [Payment(transaction_id=f"t{n}", event_time_us=START + n) for n in range(200)]
    batch = events_batch(made)
    amounts = [-3 if n in {2, 150} else 1 for n in range(200)]
    place = batch.schema.get_field_index("amount_minor")
    report = Replica().store.record_many(batch.set_column(place, "amount_minor", pa.array(amounts)))
    assert report.recorded == 198
    assert [row for row, _ in report.refused] == [2, 150]
    assert report.refused[0][1] == "amount_minor: `-3` is not from 0 to 10^15"


def test_a_wrong_label_is_told() -> None:
    payment = Payment(transaction_id="t", event_time_us=START)
    batch = labels_batch([Report(payment, START + n, Verdict.FRAUD) for n in range(2)])
    place = batch.schema.get_field_index("withdraws")
    both = batch.set_column(place, "withdraws", pa.array([False, True]))
    report = Replica().store.learn_many(both)
    assert report.recorded == 1
    assert report.refused == [(1, "withdraws: `True` is not allowed when fraud is true")]


def test_a_missing_column_records_nothing() -> None:
    batch = events_batch([Payment(transaction_id="t", event_time_us=START)])
    replica = Replica()
    with pytest.raises(InvalidEventError, match="column merchant_id is missing"):
        replica.store.record_many(batch.drop_columns(["merchant_id"]))
    assert replica.store.entity_count("account") == 0
