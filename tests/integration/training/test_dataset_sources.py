"""A folder, the lake and what was recorded: the same payments and labels give the same data set."""

import shutil
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from fraud.cli import dataset
from fraud.v1.label_pb2 import Label
from scorer.recorder.batch import Batch
from scorer.recorder.database import RecordDatabase
from scorer.sinks.entry import OutboxEntry
from simulator import World, WorldConfig, to_transactions, write_dataset
from spark_stream.lake.writer import LakeWriter
from tests.integration.lake.support import found_of
from training.datasets.built import BuiltDataset

WORLD = WorldConfig(seed=6, customers=300, merchants=60, days=30, payments_per_day=1.0)
PERIODS = [
    "--train",
    "2026-01-10..2026-01-22",
    "--gap",
    "5d",
    "--holdout",
    "2026-01-28..2026-02-02",
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("history")
    write_dataset(World(WORLD), found)
    return found


@pytest.fixture(scope="module")
def lake(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("lake")
    payments = list(to_transactions(pq.read_table(folder / "events.parquet")))
    writer = LakeWriter(found)
    for batch, start in enumerate(range(0, len(payments), 700)):
        writer.write(found_of(payments[start : start + 700], start), "query", batch)
    return found


def built(output: Path, *arguments: object) -> BuiltDataset:
    command = [
        "build",
        *PERIODS,
        "--keep-known-accounts",
        "--output",
        str(output),
        *map(str, arguments),
    ]
    result = CliRunner().invoke(dataset.app, command, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return BuiltDataset.read(output)


def test_the_lake_gives_what_the_folder_gives(folder: Path, lake: Path, tmp_path: Path) -> None:
    expected = built(tmp_path / "one", "--data", folder)
    found = built(tmp_path / "two", "--lake", lake, "--labels", folder / "labels.parquet")
    assert found.id == expected.id
    names = [source.name for source in found.manifest.sources]
    assert names[-1] == "labels.parquet"
    assert {name.partition("/")[0] for name in names[:-1]} == {
        f"event_date={day}" for day in days_of(folder) if day <= date(2026, 2, 2)
    }


def test_recorded_labels_give_what_a_file_of_them_gives(
    folder: Path, lake: Path, tmp_path: Path, dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    labels = pq.read_table(folder / "labels.parquet")
    known = labels.filter(pc.is_valid(labels["known_at"]))
    # One of them is withdrawn later, within the training's time.
    withdrawal = known.slice(0, 1).to_pylist()[0]
    withdrawal |= {"fraud": False, "kind": 0, "known_at": moment("2026-01-21T09:00:00")}
    known = pa.concat_tables([known, pa.Table.from_pylist([withdrawal], known.schema)])
    pq.write_table(known, tmp_path / "known.parquet")
    record(dsn, known.take(list(range(len(known) - 1, -1, -1))))
    monkeypatch.setenv("FRAUD_RECORDER__DSN", dsn)
    expected = built(tmp_path / "one", "--data", folder, "--labels", tmp_path / "known.parquet")
    found = built(tmp_path / "two", "--lake", lake)
    assert found.id == expected.id
    again = built(tmp_path / "three", "--lake", lake)
    assert again.manifest == found.manifest
    assert found.manifest.sources[-1].name == "labels (PostgreSQL)"


def test_files_of_the_lake_that_are_moved_together_change_nothing(
    folder: Path, lake: Path, tmp_path: Path
) -> None:
    labels = "--labels", folder / "labels.parquet"
    shutil.copytree(lake, tmp_path / "other")
    assert (
        built(tmp_path / "one", "--lake", lake, *labels).manifest
        == built(tmp_path / "two", "--lake", tmp_path / "other", *labels).manifest
    )


def record(dsn: str, labels: Any) -> None:
    database = RecordDatabase(dsn)
    payloads = [message_of(row).SerializeToString() for row in labels.to_pylist()]
    entries = [
        OutboxEntry(seq=seq, kind="label", key="", digest=b"", payload=payload, appended_at_us=0)
        for seq, payload in enumerate(payloads, 1)
    ]
    database.position_of("outbox")
    database.write("outbox", 0, Batch.of(entries))
    database.close()


def message_of(row: dict[str, Any]) -> Label:
    made = Label(transaction_id=row["transaction_id"], fraud=row["fraud"], kind=row["kind"])
    made.source = row["source"]
    made.happened_at.FromDatetime(row["happened_at"])
    made.known_at.FromDatetime(row["known_at"])
    return made


def moment(text: str) -> Any:
    return pa.scalar(text).cast(pa.timestamp("us")).cast(pa.timestamp("us", "UTC")).as_py()


def days_of(folder: Path) -> Iterable[date]:
    events = pq.read_table(folder / "events.parquet", columns=["event_time"])
    return set(events["event_time"].cast(pa.date32()).to_pylist())
