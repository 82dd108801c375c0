from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from tests.unit.training.world import make_tables, write
from training.datasets.history import NEVER_US, History
from training.errors import DatasetError


def test_labels_are_matched_by_id_in_whatever_order_they_come() -> None:
    events, labels = make_tables(payments=500)
    expected = History.of_tables(events, labels)
    shuffled = labels.take(np.random.default_rng(0).permutation(len(labels)))
    found = History.of_tables(events, shuffled)
    assert (found.fraud == expected.fraud).all()
    assert (found.known_at_us == expected.known_at_us).all()


def test_only_what_came_to_be_known_is_learned_and_in_that_order() -> None:
    history = History.of_tables(*make_tables(payments=500))
    learned = history.learned()
    assert len(learned) == (history.known_at_us != NEVER_US).sum() > 0
    known_at = learned["known_at"].cast(pa.int64()).to_numpy()
    assert (np.diff(known_at) >= 0).all()
    assert (known_at > learned["event_time"].cast(pa.int64()).to_numpy()).all()


def test_a_folder_says_the_same_as_its_tables(tmp_path: Path) -> None:
    events, labels = make_tables(payments=300)
    found = History.read(write(tmp_path, events, labels))
    assert found.events["transaction_id"].to_pylist() == events["transaction_id"].to_pylist()
    assert (found.known_at_us == History.of_tables(events, labels).known_at_us).all()


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"events\.parquet"):
        History.read(tmp_path)


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    events, labels = make_tables(payments=50)
    with pytest.raises(DatasetError, match="known_at"):
        History.read(write(tmp_path, events, labels.drop_columns(["known_at"])))


def test_events_out_of_order_are_refused() -> None:
    events, labels = make_tables(payments=50)
    with pytest.raises(DatasetError, match="not sorted"):
        History.of_tables(events.take(list(range(49, -1, -1))), labels)


def test_ties_out_of_order_are_refused() -> None:
    events, labels = make_tables(payments=2)
    same = pa.chunked_array([[events["event_time"][0]] * 2], events["event_time"].type)
    tied = events.set_column(6, "event_time", same)
    History.of_tables(tied, labels)
    with pytest.raises(DatasetError, match="not sorted"):
        History.of_tables(tied.take([1, 0]), labels)


def test_an_id_twice_is_refused() -> None:
    events, labels = make_tables(payments=50)
    ids = pc.replace_with_mask(
        events["transaction_id"].combine_chunks(),
        pa.array([False] * 49 + [True]),
        pa.scalar("t0000000"),
    )
    with pytest.raises(DatasetError, match="1 events repeat"):
        History.of_tables(events.set_column(0, "transaction_id", ids), labels)


def test_an_event_without_label_is_named() -> None:
    events, labels = make_tables(payments=50)
    with pytest.raises(DatasetError, match="1 events have no label, such as `t0000000`"):
        History.of_tables(events, labels.slice(1))
    other = labels.slice(1).take([*range(49), 48])
    with pytest.raises(DatasetError, match="such as `t0000000`"):
        History.of_tables(events, other)


def test_a_label_without_event_is_named() -> None:
    events, labels = make_tables(payments=50)
    with pytest.raises(DatasetError, match="1 labels are of no payment, such as `t0000049`"):
        History.of_tables(events.slice(0, 49), labels)


@pytest.mark.parametrize(
    ("column", "values", "said"),
    [
        ("fraud", ["perhaps"] * 50, "column fraud is not bool: .*perhaps"),
        ("fraud", [True] * 49 + [None], "1 rows have no fraud, such as that of `t0000049`"),
        ("kind", ["stolen_card"] * 50, "column kind is not int8: .*stolen_card"),
        ("known_at", ["soon"] * 50, "column known_at is not timestamp.*: .*soon"),
    ],
)
def test_a_label_of_another_type_is_told_by_column_and_value(
    column: str, values: list[object], said: str
) -> None:
    events, labels = make_tables(payments=50)
    at = labels.schema.get_field_index(column)
    with pytest.raises(DatasetError, match=said):
        History.of_tables(events, labels.set_column(at, column, pa.array(values)))


def test_words_for_true_and_false_are_read_as_such() -> None:
    events, labels = make_tables(payments=50)
    words = pa.array([str(fraud).lower() for fraud in labels["fraud"].to_pylist()])
    found = History.of_tables(events, labels.set_column(1, "fraud", words))
    assert (found.fraud == labels["fraud"].to_numpy()).all()
