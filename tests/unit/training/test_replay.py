import numpy as np
import pyarrow as pa
import pytest

from features_rs import contract
from tests.unit.training.world import make_history, make_tables, payments
from training.datasets.dataset import Dataset
from training.datasets.digest import digest_columns
from training.datasets.history import History
from training.datasets.replay import replay
from training.errors import DatasetError


@pytest.mark.parametrize("batch_rows", [1, 97, 6_000, 1_000_000])
def test_the_batch_size_changes_nothing(batch_rows: int) -> None:
    history = make_history(payments=1_500, days=10)
    expected = replay(history, batch_rows=500)
    found = replay(history, batch_rows=batch_rows)
    assert found.features.tobytes() == expected.features.tobytes()
    assert found.digest == expected.digest


def test_chunks_and_dictionaries_leave_no_trace_in_the_digest() -> None:
    events, labels = make_tables(payments=800, days=10)
    expected = replay(History.of_tables(events, labels))
    chunked = pa.concat_tables([events.slice(0, 300), events.slice(300)])
    for column in ("account_id", "merchant_id", "category", "currency"):
        index = chunked.schema.get_field_index(column)
        chunked = chunked.set_column(index, column, chunked[column].dictionary_encode())
    found = replay(History.of_tables(chunked, labels))
    assert found.digest == expected.digest
    assert (found.account_codes == expected.account_codes).all()


def test_every_part_of_the_content_shows_in_the_digest() -> None:
    events, labels = make_tables(payments=200, days=5)
    other_seed = replay(make_history(payments=200, days=5, seed=2))
    fewer = replay(History.of_tables(events.slice(0, 199), labels.slice(0, 199)))
    fraud = pa.array(~labels["fraud"].to_numpy())
    relabelled = replay(History.of_tables(events, labels.set_column(1, "fraud", fraud)))
    original = replay(History.of_tables(events, labels))
    digests = {item.digest for item in (original, other_seed, fewer, relabelled)}
    assert len(digests) == 4


def test_the_digest_is_the_same_on_every_machine() -> None:
    columns = {"id": ["t1", "t2"], "fraud": np.array([True, False]), "at": np.array([1, -1])}
    assert digest_columns(columns)[:16] == "0abcc507f66b8076"


def test_a_label_counts_from_its_known_at_time_and_not_before() -> None:
    history = payments(
        ("t1", "a1", "m1", "2026-01-01T10:00", True, "2026-01-03T10:00"),
        ("t2", "a2", "m1", "2026-01-03T09:59:59", False, None),
        ("t3", "a3", "m1", "2026-01-03T10:00", False, None),
        ("t4", "a4", "m1", "2026-01-03T10:00:01", False, None),
    )
    known = contract().index("merchant_frauds_known_30d")
    for batch_rows in (1, 2, 4):
        features = replay(history, batch_rows=batch_rows).features
        assert features[:, known].tolist() == [0.0, 0.0, 1.0, 1.0]


def test_a_fraud_that_is_never_reported_is_never_learned() -> None:
    history = payments(
        ("t1", "a1", "m1", "2026-01-01T10:00", True, None),
        ("t2", "a2", "m1", "2026-01-20T10:00", False, None),
    )
    known = contract().index("merchant_frauds_known_30d")
    assert replay(history).features[:, known].tolist() == [0.0, 0.0]


def test_progress_ends_at_all_rows() -> None:
    told: list[tuple[str, int, int]] = []
    history = make_history(payments=250, days=3)
    replay(history, lambda *step: told.append(step), batch_rows=100)
    assert told == [("replay", 100, 250), ("replay", 200, 250), ("replay", 250, 250)]


def test_what_the_kernel_refuses_is_a_dataset_error_that_names_the_field() -> None:
    events, labels = make_tables(payments=20, days=2)
    currency = pa.array(["EUR"] * 19 + ["XXX"])
    broken = events.set_column(4, "currency", currency)
    with pytest.raises(DatasetError, match="XXX"):
        replay(History.of_tables(broken, labels))


def test_columns_are_float32_in_the_contracts_order(dataset: Dataset) -> None:
    assert dataset.features.dtype == np.float32
    assert list(dataset.feature_names) == contract().names
    assert dataset.contract_digest == contract().digest
    amount = dataset.features[:, contract().index("amount")]
    minor = dataset.history.events["amount_minor"].to_numpy()
    assert np.allclose(amount, minor / 100)
