"""What the batch twin computes by Spark is, byte for byte, what training and scorer replay."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.dataset as ds
import pytest

from features_rs import Event, Store, contract
from fraud.local.environment import to_environment
from fraud.settings import Settings
from simulator import World, WorldConfig, import_handbook, write_dataset
from training.datasets.history import History

ROOT = Path(__file__).resolve().parents[2]
HANDBOOK = "handbook_2018-04-01_2018-08-14.parquet"
WORLD = WorldConfig(seed=11, customers=900, merchants=200, days=45, payments_per_day=1.2)
KINDS = ("account", "merchant", "category", "device")
PROBES = 2_000

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

type States = dict[tuple[str, str], bytes]


def test_on_simulated_payments_and_labels(tmp_path: Path) -> None:
    write_dataset(World(WORLD), tmp_path / "data")
    states = backfilled(tmp_path, tmp_path / "data", shards=3)
    agree(states, History.read(tmp_path / "data"))
    assert len({kind for kind, _ in states}) == len(KINDS)


def test_on_the_public_payments(tmp_path: Path) -> None:
    folder = Path(os.environ.get("FRAUD_TEST_DATA", ROOT / ".." / "shared" / "data"))
    if not (folder / HANDBOOK).exists():
        pytest.skip(f"no {HANDBOOK} in {folder}; set FRAUD_TEST_DATA to the folder that has it")
    import_handbook(folder / HANDBOOK, tmp_path / "data")
    states = backfilled(tmp_path, tmp_path / "data")
    history = History.read(tmp_path / "data")
    assert len(history) == 1_303_778
    agree(states, history)


def backfilled(home: Path, data: Path, shards: int = 2) -> States:
    """By kind and id, from the command as a person runs it."""
    out = home / "states"
    arguments = ["--data", str(data), "--out", str(out), "--shards", str(shards)]
    done = subprocess.run(
        [sys.executable, "-m", "fraud", "backfill", *arguments],
        cwd=ROOT,
        env={**os.environ, **to_environment(Settings(home=home))},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    rows = ds.dataset(out, format="parquet").to_table()
    assert set(rows["digest"].to_pylist()) == {contract().digest}
    keys = zip(rows["kind"].to_pylist(), rows["entity_id"].to_pylist(), strict=True)
    states = dict(zip(keys, rows["state"].to_pylist(), strict=True))
    assert len(states) == len(rows), "an entity is there twice"
    return states


def agree(states: States, history: History) -> None:
    """Every state is that of a replay, and so are the features of the next payments."""
    replayed = Store()
    events = pa.Table.to_batches(history.events)
    assert len(events) == 1
    replayed.assemble_and_record_many(events[0], history.learned().to_batches()[0])
    expected = {(kind, name): state for kind in KINDS for name, state in exported(replayed, kind)}
    assert states.keys() == expected.keys()
    assert [key for key, state in states.items() if state != expected[key]] == []
    merged = Store()
    merged.merge_many(list(states.values()))
    assert np.array_equal(features(merged, history), features(replayed, history))


def exported(store: Store, kind: Any) -> list[tuple[str, bytes]]:
    rows = pa.record_batch(store.export(kind, 0, store.entity_count(kind)))
    return list(zip(rows["entity_id"].to_pylist(), rows["state"].to_pylist(), strict=True))


def features(store: Store, history: History) -> Any:
    """Of one more payment like each of the last ones, as bits."""
    newest = int(history.event_time_us[-1])
    last = history.events.slice(len(history) - PROBES)
    rows = last.drop_columns(["event_time", "ratio_to_usual"]).to_pylist()
    out = np.empty((len(rows), len(contract().names)), np.float32)
    for place, row in enumerate(rows):
        row["transaction_id"] = f"probe-{place}"
        store.assemble(Event(**row, event_time_us=newest + 60_000_000), out[place])
    return out.view(np.uint32)
