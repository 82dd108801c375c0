"""The importer on the published file, if it is there."""

import os
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from simulator import import_handbook

NAME = "handbook_2018-04-01_2018-08-14.parquet"
ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def published() -> Path:
    folder = Path(os.environ.get("FRAUD_TEST_DATA", ROOT / ".." / "shared" / "data"))
    if not (folder / NAME).exists():
        pytest.skip(f"no {NAME} in {folder}; set FRAUD_TEST_DATA to the folder that has it")
    return folder / NAME


@pytest.mark.slow
def test_converts_the_whole_file(published: Path, tmp_path: Path) -> None:
    summary = import_handbook(published, tmp_path)
    source = pq.read_table(published)
    events = pq.read_table(tmp_path / "events.parquet")
    labels = pq.read_table(tmp_path / "labels.parquet")
    assert summary.payments == len(events) == len(labels) == len(source)
    ids = events["transaction_id"].cast(pa.int64()).to_numpy()
    times = events["event_time"].cast(pa.int64()).to_numpy()
    assert (np.lexsort((ids, times)) == np.arange(len(ids))).all()
    order = np.argsort(source["TRANSACTION_ID"].to_numpy())
    place = np.argsort(ids)
    euros = source["TX_AMOUNT"].to_numpy()[order]
    # Some of the file's amounts are a sum's last bit away from the cents that they mean.
    assert np.abs(events["amount_minor"].to_numpy()[place] / 100 - euros).max() < 1e-9
    frauds = source["TX_FRAUD"].to_numpy()[order]
    assert (labels["fraud"].to_numpy()[place] == frauds).all()
    assert summary.frauds == frauds.sum()
