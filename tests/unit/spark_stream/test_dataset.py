"""Entity by entity, whoever has which, the features are those of a replay."""

import zlib
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pytest

from features_rs import KernelError, contract
from spark_stream.dataset.assemble import Assemble, schema_of
from spark_stream.dataset.kinds import KINDS, LABELLED
from tests.unit.training.world import make_labels, make_tables
from training.datasets.history import History
from training.datasets.replay import replay

GROUPS = 3


@pytest.fixture(scope="module")
def history() -> History:
    """With devices, and with labels that were withdrawn."""
    events, labels = make_tables(payments=1_500, days=20)
    device = [None if row % 3 == 0 else f"d{row % 50}" for row in range(len(events))]
    events = events.append_column("device_id", pa.array(device))
    known = labels["known_at"].cast(pa.int64()).fill_null(0).to_numpy()
    withdrawn = make_labels(
        events,
        np.zeros(len(events), np.bool_),
        np.zeros(len(events), np.int8),
        known + 86_400_000_000,
        (known == 0) | (np.arange(len(events)) % 2 == 0),
    )
    return History.of_tables(events, pa.concat_tables([labels, withdrawn]))


@pytest.mark.parametrize("kind", KINDS)
def test_groups_of_a_kind_have_its_columns_of_a_replay(kind: str, history: History) -> None:
    learned, replayed = history.learned(), replay(history)
    assert any(learned["withdraws"].to_pylist())
    middle = int(history.event_time_us[700])
    found = []
    for group in range(GROUPS):
        rows = groups_of(history.events[KINDS[kind].column]) == group
        payments = history.events.filter(pa.array(rows))
        shuffled = payments.take(np.random.default_rng(group).permutation(len(payments)))
        labels = None
        if kind in LABELLED:
            labels = learned.filter(pa.array(groups_of(learned[KINDS[kind].column]) == group))
        found.append(Assemble(kind, middle)(shuffled, labels))
    table = pa.concat_tables(found).sort_by("transaction_id")
    wanted = history.events["transaction_id"].slice(700).to_pylist()
    assert table["transaction_id"].to_pylist() == wanted
    for name in KINDS[kind].features:
        column = np.ascontiguousarray(replayed.features[700:, contract().index(name)])
        assert table[name].to_numpy().tobytes() == column.tobytes(), name


def groups_of(entities: Any) -> npt.NDArray[np.int64]:
    names: list[str | None] = entities.to_pylist()
    return np.array([zlib.crc32((name or "").encode()) % GROUPS for name in names])


def test_a_group_of_labels_alone_has_no_rows(history: History) -> None:
    none = history.events.slice(0, 0)
    found = Assemble("merchant", 0)(none, history.learned())
    assert len(found) == 0
    assert found.schema == schema_of("merchant")


def test_a_payment_that_the_kernel_refuses_is_told_by_field_and_value(history: History) -> None:
    rows = history.events.slice(0, 3).to_pylist()
    rows[1]["currency"] = "XXX"
    with pytest.raises(KernelError, match="currency: `XXX`"):
        Assemble("account", 0)(pa.Table.from_pylist(rows, history.events.schema))
