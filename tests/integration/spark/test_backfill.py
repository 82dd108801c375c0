"""Sources of a backfill, labels that correct each other, and states from lake to topic."""

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest

from features_rs import Store
from fraud.local.environment import to_environment
from fraud.settings import KafkaSettings, Settings
from messaging.topics import LABELS, RAW_TRANSACTIONS
from messaging.vectors import read_progress, read_vectors
from simulator import World, WorldConfig, write_dataset
from spark_stream.backfill.errors import SourceError, StreamAheadError
from spark_stream.backfill.learned import learned
from spark_stream.backfill.publish import check_stream
from spark_stream.backfill.source import DataSetSource, LakeSource
from spark_stream.backfill.task import rows_of, store_of
from spark_stream.lake.writer import LakeWriter
from tests.integration.lake.support import found_of, payments
from training.datasets.history import History

ROOT = Path(__file__).resolve().parents[3]
WORLD = WorldConfig(seed=4, customers=60, merchants=30, days=40, payments_per_day=1.0)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    write_dataset(World(WORLD), folder)
    return folder


def states(store: Store) -> dict[tuple[str, str], bytes]:
    return {
        (row["kind"], row["entity_id"]): row["state"]
        for batch in rows_of(store)
        for row in batch.to_pylist()
    }


def test_shards_share_the_entities_and_together_are_the_whole(folder: Path) -> None:
    source = DataSetSource(folder)
    whole = states(store_of(source, (0, 1)))
    parts = [states(store_of(source, (index, 3))) for index in range(3)]
    assert sum(map(len, parts)) == len(whole)
    assert {key: state for part in parts for key, state in part.items()} == whole
    assert all(part for part in parts)


def test_what_was_learned_is_what_training_learns(folder: Path) -> None:
    history = History.read(folder)
    found = learned(history.events, DataSetSource(folder).labels())
    expected = history.learned()
    assert found.select(expected.column_names).to_pylist() == expected.to_pylist()
    assert not any(found["withdraws"].to_pylist())


def test_labels_of_one_payment_correct_each_other(folder: Path) -> None:
    events = pq.read_table(folder / "events.parquet")
    name = events["transaction_id"][0].as_py()
    start = events["event_time"][0].as_py()
    said = [(3, False), (1, True), (2, True), (5, True)]
    labels = pa.table(
        {
            "transaction_id": [name] * len(said) + ["of nobody"],
            "fraud": [fraud for _, fraud in said] + [True],
            "known_at": [start + timedelta(days=days) for days, _ in said] + [start],
        }
    )
    found = learned(events, labels)
    days = [(known - start).days for known in found["known_at"].to_pylist()]
    verdicts = zip(days, found["fraud"].to_pylist(), found["withdraws"].to_pylist(), strict=True)
    # The second report of the fraud says nothing new.
    assert list(verdicts) == [(1, True, False), (3, False, True), (5, True, False)]


def test_payments_out_of_order_are_refused(folder: Path, tmp_path: Path) -> None:
    events = pq.read_table(folder / "events.parquet")
    swapped = events.take([0, 1, 3, 2, *range(4, len(events))])
    pq.write_table(swapped, tmp_path / "swapped.parquet")
    with pytest.raises(SourceError, match=r"not sorted by event_time.*: row 3 belongs further up"):
        list(DataSetSource(tmp_path / "swapped.parquet").payments())
    twice = pa.concat_tables([events.slice(0, 2), events.slice(1, 1)])
    pq.write_table(twice, tmp_path / "twice.parquet", row_group_size=2)
    with pytest.raises(SourceError, match="row 2 belongs further up"):
        list(DataSetSource(tmp_path / "twice.parquet").payments())


def test_a_payment_that_the_kernel_refuses_is_named(folder: Path, tmp_path: Path) -> None:
    rows = pq.read_table(folder / "events.parquet").slice(0, 5).to_pylist()
    rows[3]["currency"] = "XXX"
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "events.parquet")
    with pytest.raises(SourceError, match="payment in row 3: currency: `XXX`"):
        store_of(DataSetSource(tmp_path), (0, 1))


@pytest.mark.parametrize("missing", ["events.parquet", "category", "labels"])
def test_what_cannot_be_read_is_said_before_anything_starts(
    folder: Path, tmp_path: Path, missing: str
) -> None:
    events = pq.read_table(folder / "events.parquet")
    if missing != "events.parquet":
        columns = [name for name in events.column_names if name != missing]
        pq.write_table(events.select(columns), tmp_path / "events.parquet")
    labels = tmp_path / "labels.parquet" if missing == "labels" else None
    with pytest.raises(SourceError, match=missing):
        DataSetSource(tmp_path, labels).count()


def test_without_a_lake_it_says_so(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="there is no lake in"):
        LakeSource(tmp_path / "lake").count()


def test_states_do_not_replace_fuller_ones() -> None:
    held = {(RAW_TRANSACTIONS, 0): 10}
    check_stream({}, {})
    check_stream({(RAW_TRANSACTIONS, 0): 10}, held)
    with pytest.raises(StreamAheadError, match="up to offset 11 of raw_transactions/0"):
        check_stream({(RAW_TRANSACTIONS, 0): 11}, held)
    with pytest.raises(StreamAheadError, match="up to offset 1 of labels/2"):
        check_stream({(LABELS, 2): 1}, held)


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_from_the_lake_to_the_topic(tmp_path: Path, kafka_settings: KafkaSettings) -> None:
    settings = Settings(home=tmp_path, kafka=kafka_settings)
    LakeWriter(settings.lake_dir).write(found_of(payments()), "query", 0)
    done = command(settings, "--data", "lake", "--out", str(tmp_path / "states"), "--publish")
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{len(payments()):,} payments" in done.stdout
    replayed = Store()
    replayed.record_wire([payment.SerializeToString() for payment in payments()])
    expected = states(replayed)
    assert written(tmp_path / "states") == expected
    vectors = list(read_vectors(kafka_settings))
    assert {vector.state for vector in vectors} == set(expected.values())
    assert len(vectors) == len(expected)
    progress = read_progress(kafka_settings)
    assert sum(progress.values()) == len(payments())
    assert {topic for topic, _ in progress} == {RAW_TRANSACTIONS}


def written(folder: Path) -> dict[tuple[str, str], bytes]:
    rows: list[dict[str, Any]] = ds.dataset(folder, format="parquet").to_table().to_pylist()
    return {(row["kind"], row["entity_id"]): row["state"] for row in rows}


def command(settings: Settings, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "fraud", "backfill", *arguments],
        cwd=ROOT,
        env={**os.environ, **to_environment(settings), "COLUMNS": "120"},
        capture_output=True,
        text=True,
        check=False,
    )
