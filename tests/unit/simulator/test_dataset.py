"""A data set appears on disk complete or not at all."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from features_rs import contract
from simulator import Chunk, World, WorldConfig, schema, write_chunks, write_dataset
from training.datasets.history import History
from training.datasets.replay import replay

CONFIG = WorldConfig(seed=5, customers=200, merchants=50, days=8, fraud_rate=0.05)


def test_writes_what_the_world_generates(tmp_path: Path) -> None:
    told: list[int] = []
    summary = write_dataset(World(CONFIG), tmp_path / "new", told.append)
    events = pq.read_table(tmp_path / "new" / "events.parquet")
    labels = pq.read_table(tmp_path / "new" / "labels.parquet")
    assert (events.schema, labels.schema) == (schema.EVENTS, schema.LABELS)
    assert events.num_rows == labels.num_rows == summary.payments == sum(told)
    frauds = labels["fraud"].to_pylist().count(True)
    assert frauds == summary.frauds == sum(summary.frauds_by_kind.values())
    assert summary.reported == len(labels) - labels["known_at"].null_count
    rows = [row for chunk in World(CONFIG).generate() for row in chunk.events.to_pylist()]
    usual = events.schema.get_field_index("ratio_to_usual")
    assert events.remove_column(usual).to_pylist() == [
        {name: value for name, value in row.items() if name != "ratio_to_usual"} for row in rows
    ]


def test_tells_what_was_usual_as_each_payment_was_decided(tmp_path: Path) -> None:
    write_dataset(World(CONFIG), tmp_path)
    history = History.read(tmp_path)
    place = contract().index("amount_to_winsorised_mean_30d")
    found = history.events["ratio_to_usual"].to_numpy(zero_copy_only=False)
    np.testing.assert_array_equal(found, replay(history).features[:, place])
    assert np.isnan(found[0])
    assert (found > 2).any()
    assert (found < 1).any()


def test_the_same_world_gives_the_same_bytes(tmp_path: Path) -> None:
    for folder in ("one", "two"):
        write_dataset(World(CONFIG), tmp_path / folder)
    for name in ("events.parquet", "labels.parquet"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_a_failure_leaves_what_was_there(tmp_path: Path) -> None:
    write_dataset(World(CONFIG), tmp_path)
    before = (tmp_path / "events.parquet").read_bytes()

    def failing() -> Iterator[Chunk]:
        yield next(World(CONFIG).generate())
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        write_chunks(failing(), tmp_path)
    assert (tmp_path / "events.parquet").read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["events.parquet", "labels.parquet"]
