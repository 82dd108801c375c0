"""A training set built by Spark has the rows, and so the id, of one built on this machine."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from fraud.local.environment import to_environment
from fraud.settings import Settings
from simulator import World, WorldConfig, to_transactions, write_dataset
from spark_stream.lake.writer import LakeWriter
from tests.integration.lake.support import found_of
from training.datasets.built import BuiltDataset

ROOT = Path(__file__).resolve().parents[3]
WORLD = WorldConfig(seed=6, customers=300, merchants=60, days=30, payments_per_day=1.0)
PERIODS = [
    "--train",
    "2026-01-10..2026-01-22",
    "--gap",
    "5d",
    "--holdout",
    "2026-01-28..2026-02-02",
]

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


def test_from_the_lake_by_spark_as_from_a_folder_on_this_machine(tmp_path: Path) -> None:
    folder = tmp_path / "history"
    write_dataset(World(WORLD), folder)
    payments = list(to_transactions(pq.read_table(folder / "events.parquet")))
    LakeWriter(tmp_path / "lake").write(found_of(payments), "query", 0)
    withdraw_some(folder / "labels.parquet")
    local = built(tmp_path, "local", "--data", str(folder))
    labels = str(folder / "labels.parquet")
    lake = str(tmp_path / "lake")
    by_spark = built(tmp_path, "spark", "--lake", lake, "--labels", labels)
    assert by_spark.dataset.features.tobytes() == local.dataset.features.tobytes()
    assert by_spark.manifest.parts == local.manifest.parts
    assert by_spark.id == local.id


def withdraw_some(path: Path) -> None:
    """Every other label is taken back a day after it was learned."""
    labels = pq.read_table(path)
    known = labels.filter(labels["known_at"].is_valid())
    rows = [
        {
            **row,
            "fraud": False,
            "kind": 0,
            "known_at": row["known_at"] + np.timedelta64(1, "D").item(),
        }
        for row in known.to_pylist()[::2]
    ]
    later = pa.Table.from_pylist(rows).select(labels.column_names).cast(labels.schema)
    pq.write_table(pa.concat_tables([later, labels]).unify_dictionaries(), path)


def built(home: Path, engine: str, *arguments: str) -> BuiltDataset:
    output = home / engine
    command = ["dataset", "build", *PERIODS, "--engine", engine, "--output", str(output)]
    done = subprocess.run(
        [sys.executable, "-m", "fraud", *command, "--keep-known-accounts", *arguments],
        cwd=ROOT,
        env={**os.environ, **to_environment(Settings(home=home)), "COLUMNS": "120"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    read = BuiltDataset.read(output)
    assert read.id in done.stdout
    return read
