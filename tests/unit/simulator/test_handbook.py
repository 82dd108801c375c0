"""The importer converts exactly, and refuses what it cannot convert by column, row and value."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from simulator import BadValueError, MissingColumnError, UnreadableFileError, import_handbook
from simulator.errors import ImportFailedError

START = datetime(2018, 4, 1)  # noqa: DTZ001 # the file's times have no zone


def table(**changed: Any) -> pa.Table:
    columns: dict[str, Any] = {
        "TRANSACTION_ID": pa.array([12, 3, 7], pa.int32()),
        "TX_DATETIME": pa.array([START, START, START + timedelta(seconds=9)], pa.timestamp("ms")),
        "CUSTOMER_ID": pa.array([596, 4961, 2], pa.int32()),
        "TERMINAL_ID": pa.array([3156, 3412, 1365], pa.int32()),
        "TX_AMOUNT": pa.array([57.16, 81.51, 220.07]),
        "TX_FRAUD": pa.array([0, 0, 1], pa.int8()),
        "TX_FRAUD_SCENARIO": pa.array([0, 0, 1], pa.int8()),
    }
    columns |= changed
    return pa.table({name: value for name, value in columns.items() if value is not None})


def write(tmp_path: Path, rows: pa.Table) -> Path:
    pq.write_table(rows, tmp_path / "in.parquet")
    return tmp_path / "in.parquet"


def test_converts_exactly(tmp_path: Path) -> None:
    summary = import_handbook(write(tmp_path, table()), tmp_path / "out", delay=timedelta(days=3))
    events = pq.read_table(tmp_path / "out" / "events.parquet").to_pylist()
    labels = pq.read_table(tmp_path / "out" / "labels.parquet").to_pylist()
    ids = ["0000000003", "0000000012", "0000000007"]
    assert [event["transaction_id"] for event in events] == ids
    assert [event["amount_minor"] for event in events] == [8151, 5716, 22007]
    assert events[0]["merchant_id"] == "0000003412"
    assert events[0]["account_id"] == "0000004961"
    assert (events[0]["category"], events[0]["currency"]) == ("0000", "EUR")
    assert (events[0]["utc_offset_minutes"], events[0]["device_id"]) == (0, None)
    assert [label["kind"] for label in labels] == [0, 0, 7]
    assert all(label["known_at"] - label["happened_at"] == timedelta(days=3) for label in labels)
    assert labels[0]["happened_at"] == START.replace(tzinfo=UTC)
    assert (summary.payments, summary.frauds, summary.frauds_by_kind) == (3, 1, {"other": 1})


@pytest.mark.parametrize("column", table().column_names)
def test_names_a_missing_column(tmp_path: Path, column: str) -> None:
    with pytest.raises(MissingColumnError, match=f"no usable column `{column}`"):
        import_handbook(write(tmp_path, table(**{column: None})), tmp_path / "out")


def test_names_a_column_of_another_type(tmp_path: Path) -> None:
    path = write(tmp_path, table(TX_AMOUNT=pa.array(["1", "2", "3"])))
    with pytest.raises(MissingColumnError, match="holds string, not floating-point numbers"):
        import_handbook(path, tmp_path / "out")


@pytest.mark.parametrize(
    ("column", "values", "row", "value"),
    [
        ("TX_AMOUNT", [1.0, float("nan"), 1.0], 1, "nan"),
        ("TX_AMOUNT", [1.0, 1.0, -2.5], 2, "-2.5"),
        ("TX_AMOUNT", [1.005, 1.0, 1.0], 0, "1.005"),
        ("TX_FRAUD", [0, 2, 0], 1, "2"),
        ("TRANSACTION_ID", [5, 6, 5], 2, "5"),
        ("TRANSACTION_ID", [5, 6, -1], 2, "-1"),
        ("CUSTOMER_ID", [5, None, 7], 1, "None"),
        ("TERMINAL_ID", [10**10, 1, 7], 0, "10000000000"),
        ("TX_DATETIME", [START, START - timedelta(days=1), START], 1, "datetime"),
    ],
)
def test_names_a_bad_value(
    tmp_path: Path, column: str, values: list[Any], row: int, value: str
) -> None:
    with pytest.raises(BadValueError, match=value) as caught:
        import_handbook(write(tmp_path, table(**{column: pa.array(values)})), tmp_path / "out")
    assert (caught.value.column, caught.value.row) == (column, row)
    assert list((tmp_path / "out").iterdir()) == []


@pytest.mark.parametrize("content", [None, b"", b"not parquet"])
def test_names_a_file_that_cannot_be_read(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "in.parquet"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UnreadableFileError, match=r"in\.parquet") as caught:
        import_handbook(path, tmp_path / "out")
    assert isinstance(caught.value, ImportFailedError)


def test_an_empty_file_is_an_empty_data_set(tmp_path: Path) -> None:
    summary = import_handbook(write(tmp_path, table().slice(0, 0)), tmp_path / "out")
    assert summary.payments == 0
    assert pq.read_metadata(tmp_path / "out" / "events.parquet").num_rows == 0


def test_payments_of_one_instant_are_ordered_across_batches(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("simulator.handbook._BATCH_ROWS", 2)
    rows = pa.concat_tables([table(), table(TRANSACTION_ID=pa.array([1, 2, 0], pa.int32()))])
    same = pa.array([START] * 6, pa.timestamp("ms"))
    rows = rows.set_column(1, "TX_DATETIME", same)
    import_handbook(write(tmp_path, rows), tmp_path / "out")
    events = pq.read_table(tmp_path / "out" / "events.parquet").to_pylist()
    assert [int(event["transaction_id"]) for event in events] == [0, 1, 2, 3, 7, 12]
