from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.unit.training.world import make_history, make_tables, payments
from training.config import TrainingConfig
from training.datasets.build import build
from training.datasets.built import BuiltDataset
from training.datasets.history import NEVER_US, History
from training.datasets.inputs import Inputs
from training.datasets.period import Period
from training.datasets.replay import replay
from training.datasets.split import SplitPlan, split
from training.errors import DatasetError, SplitError
from training.models.fitting import fit_with_thresholds
from training.progress import silent

WEEK = timedelta(days=7)
PLAN = SplitPlan(
    Period.parse("2026-01-12..2026-01-26"), WEEK, Period.parse("2026-02-03..2026-02-09")
)
AS_OF_US = PLAN.cut_off_us


@pytest.fixture(scope="module")
def built(folder: Path) -> BuiltDataset:
    inputs = Inputs.of_folder(folder)
    return build(inputs.history, PLAN, sources=inputs.sources)


@pytest.fixture
def stored(built: BuiltDataset, tmp_path: Path) -> Path:
    built.write(tmp_path / "built")
    return tmp_path / "built"


def test_its_rows_are_those_of_a_replay_that_was_split(built: BuiltDataset, folder: Path) -> None:
    replayed = replay(History.read(folder))
    sides = split(replayed, PLAN, remove_known_accounts=True)
    first = int(sides.train[0])
    for mine, theirs in ((built.split.train, sides.train), (built.split.test, sides.test)):
        assert (mine + first == theirs).all()
        assert built.dataset.features[mine].tobytes() == replayed.features[theirs].tobytes()
    assert (built.split.train_fraud == sides.train_fraud).all()
    assert (built.dataset.fraud[built.split.test] == replayed.fraud[sides.test]).all()
    between = Period.parse("2026-01-27..2026-02-02")
    assert (built.gap + first == replayed.rows_in(between)).all()
    assert (built.dataset.fraud[built.gap] == replayed.fraud[built.gap + first]).all()


def test_what_was_written_is_what_is_read(built: BuiltDataset, stored: Path) -> None:
    read = BuiltDataset.read(stored)
    assert read.manifest == built.manifest
    assert read.dataset.features.tobytes() == built.dataset.features.tobytes()
    assert read.dataset.digest == built.dataset.digest
    assert (read.split.train == built.split.train).all()
    assert (read.split.train_fraud == built.split.train_fraud).all()
    assert (read.split.test == built.split.test).all()
    assert (read.gap == built.gap).all()
    assert read.split.plan.cut_off_us == PLAN.cut_off_us


def test_a_model_is_fitted_on_it_as_on_a_replayed_history(stored: Path, folder: Path) -> None:
    config, read = TrainingConfig(), BuiltDataset.read(stored)
    model, thresholds = fit_with_thresholds(config, read.dataset, read.split, silent)
    replayed = replay(History.read(folder))
    sides = split(replayed, PLAN, remove_known_accounts=True)
    expected, their_thresholds = fit_with_thresholds(config, replayed, sides, silent)
    rows = read.dataset.features[read.split.test]
    assert (model.probabilities(rows) == expected.probabilities(rows)).all()
    assert thresholds == their_thresholds


def test_other_files_of_the_same_content_give_the_same_id(
    built: BuiltDataset, tmp_path: Path
) -> None:
    events, labels = make_tables()
    for name in ("account_id", "merchant_id", "category"):
        at = events.schema.get_field_index(name)
        events = events.set_column(at, name, events[name].dictionary_encode())
    shuffled = labels.take(np.random.default_rng(3).permutation(len(labels)))
    pq.write_table(events, tmp_path / "events.parquet", row_group_size=701, compression="gzip")
    pq.write_table(shuffled, tmp_path / "labels.parquet", row_group_size=97, compression="none")
    other = Inputs.of_folder(tmp_path)
    again = build(other.history, PLAN, sources=other.sources)
    digests = [{source.sha256 for source in each.manifest.sources} for each in (built, again)]
    assert not digests[0] & digests[1]
    assert again.id == built.id


def test_the_id_of_a_small_input_is_the_same_on_every_machine() -> None:
    history = payments(
        ("t1", "a1", "m1", "2026-01-01T10:00", True, "2026-01-03T10:00"),
        ("t2", "a2", "m1", "2026-01-04T09:30", False, None),
        ("t3", "a1", "m2", "2026-01-04T11:00", False, None),
        ("t4", "a2", "m1", "2026-01-05T10:00:01.5", True, "2026-01-06T10:00"),
        ("t5", "a3", "m1", "2026-01-08T10:00", True, None),
        ("t6", "a3", "m2", "2026-01-09T10:00", False, None),
    )
    plan = SplitPlan(
        Period.parse("2026-01-03..2026-01-05"),
        timedelta(days=2),
        Period.parse("2026-01-08..2026-01-09"),
    )
    # Another contract has other features, and so another id.
    expected = "4884122a78bb481420905bba21f64de0ed8b393d8baf8ea29a34ae604bd4b9b5"
    assert build(history, plan).id == expected


CHANGES: dict[str, Callable[[Any, Any], tuple[Any, Any]]] = {
    "an amount": lambda events, labels: (changed(events, "amount_minor", 3_000, 1), labels),
    "a merchant": lambda events, labels: (changed(events, "merchant_id", 3_000, "m99"), labels),
    "a truth of the holdout": lambda events, labels: (
        events,
        changed(labels, "fraud", 5_300, True),
    ),
    "a past payment": lambda events, labels: (changed(events, "account_id", 1_500, "a7"), labels),
}


@pytest.mark.parametrize("change", CHANGES)
def test_another_content_has_another_id(change: str, built: BuiltDataset) -> None:
    events, labels = CHANGES[change](*make_tables())
    assert build(History.of_tables(events, labels), PLAN).id != built.id


@pytest.mark.parametrize(
    "plan",
    [
        SplitPlan(PLAN.train, WEEK, PLAN.test, AS_OF_US - 1),
        SplitPlan(PLAN.train, timedelta(days=6), PLAN.test, AS_OF_US),
        SplitPlan(Period.parse("2026-01-13..2026-01-26"), WEEK, PLAN.test),
        SplitPlan(PLAN.train, WEEK, Period.parse("2026-02-03..2026-02-08")),
    ],
)
def test_another_plan_has_another_id(plan: SplitPlan, built: BuiltDataset) -> None:
    assert build(make_history(), plan).id != built.id


def test_a_label_known_a_microsecond_after_the_moment_does_not_reach_training() -> None:
    def of(known_at: int) -> BuiltDataset:
        events, labels = make_tables()
        row = 2_000
        labels = changed(labels, "fraud", row, True)
        labels = changed(labels, "kind", row, 2)
        moments = labels["known_at"].cast(pa.int64())
        times = changed(pa.table({"known_at": moments}), "known_at", row, known_at)["known_at"]
        at = labels.schema.get_field_index("known_at")
        labels = labels.set_column(at, "known_at", times.cast(labels["known_at"].type))
        assert PLAN.train.contains(events["event_time"].cast(pa.int64()).to_numpy()[[row]]).all()
        return build(History.of_tables(events, labels), PLAN)

    in_time, too_late, never = of(AS_OF_US), of(AS_OF_US + 1), of(NEVER_US - 1)
    assert int(in_time.split.train_fraud.sum()) == int(too_late.split.train_fraud.sum()) + 1
    parts = [each.manifest.parts["train"] for each in (in_time, too_late, never)]
    assert parts[0] != parts[1]
    # What is learned later leaves no trace at all: not in a truth, a kind, a time or a feature.
    assert parts[1] == parts[2]
    rows = too_late.dataset.history
    train = slice(0, len(too_late.split.train))
    known = rows.known_at_us[train]
    assert known[known != NEVER_US].max() <= AS_OF_US
    assert not rows.fraud[train][known == NEVER_US].any()
    assert not rows.kind[train][known == NEVER_US].any()


def test_the_holdout_is_measured_by_the_final_truth(built: BuiltDataset) -> None:
    rows = built.split.test
    late = built.dataset.history.known_at_us[rows] > PLAN.test.end_us
    assert (built.dataset.fraud[rows] & late).any()


def test_the_manifest_counts(built: BuiltDataset, folder: Path) -> None:
    truth = History.read(folder)
    train = PLAN.train.contains(truth.event_time_us)
    part = built.manifest.parts["train"]
    known = truth.known_at_us[train] <= AS_OF_US
    assert part.payments == train.sum()
    assert part.frauds == (truth.fraud[train] & known).sum()
    assert part.labels_known == known.sum()
    assert part.fraud_share == pytest.approx((truth.fraud[train] & known).mean())
    assert part.known_label_share == pytest.approx(known.mean())
    share = (truth.fraud[train] & known).sum() / truth.fraud[train].sum()
    assert built.manifest.frauds_known_share == pytest.approx(share)
    assert 0.5 < share < 1
    holdout = built.manifest.parts["holdout"]
    assert holdout.measured == len(built.split.test) < holdout.payments
    assert [source.name for source in built.manifest.sources] == [
        "events.parquet",
        "labels.parquet",
    ]
    assert built.manifest.sources[0].size_bytes == (folder / "events.parquet").stat().st_size


def test_a_moment_outside_of_what_lies_between_is_refused() -> None:
    for moment, said in (
        (PLAN.train.end_us - 1, "before the end"),
        (PLAN.test.start_us + 1, "after"),
    ):
        with pytest.raises(SplitError, match=said):
            SplitPlan(PLAN.train, WEEK, PLAN.test, moment)


@pytest.mark.parametrize("name", ["train", "gap", "holdout"])
@pytest.mark.parametrize("column", ["merchant_id", "fraud", "amount", "known_at"])
def test_a_changed_file_is_named(name: str, column: str, stored: Path) -> None:
    path = stored / f"{name}.parquet"
    table = pq.read_table(path)
    value = {"merchant_id": "m1x", "fraud": not table["fraud"][0].as_py(), "amount": -1.0}
    moment = table["event_time"][0].as_py()
    pq.write_table(changed(table, column, 0, value.get(column, moment)), path)
    with pytest.raises(DatasetError, match=rf"{name}\.parquet` is not as it was written"):
        BuiltDataset.read(stored)


def test_a_damaged_file_is_named(stored: Path) -> None:
    path = stored / "gap.parquet"
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(DatasetError, match=r"Failed to read .*gap\.parquet"):
        BuiltDataset.read(stored)


def test_a_missing_file_is_named(stored: Path) -> None:
    (stored / "holdout.parquet").unlink()
    with pytest.raises(DatasetError, match=r"it has no holdout\.parquet"):
        BuiltDataset.read(stored)
    (stored / "manifest.json").unlink()
    with pytest.raises(DatasetError, match=r"it has no manifest\.json"):
        BuiltDataset.read(stored)


def test_a_changed_manifest_is_told(stored: Path) -> None:
    path = stored / "manifest.json"
    path.write_text(path.read_text().replace("2026-01-12..2026-01-26", "2026-01-11..2026-01-26"))
    with pytest.raises(DatasetError, match=r"manifest\.json` was changed"):
        BuiltDataset.read(stored)


def changed(table: Any, column: str, row: int, value: object) -> Any:
    """A table with one value replaced."""
    at, kind = table.schema.get_field_index(column), table.schema.field(column).type
    values = [table[column].slice(0, row), pa.chunked_array([pa.array([value], kind)])]
    values.append(table[column].slice(row + 1))
    parts = [chunk for part in values for chunk in part.chunks]
    return table.set_column(at, table.schema.field(column), pa.chunked_array(parts, kind))
