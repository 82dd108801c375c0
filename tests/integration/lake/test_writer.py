"""Batches into the table: once each, late ones into their own date, whatever is repeated."""

from datetime import UTC, date, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from deltalake import DeltaTable, write_deltalake

from fraud.settings import Settings
from fraud.v1.transaction_pb2 import Transaction
from simulator import schema as data_set
from spark_stream.lake.compact import compact
from spark_stream.lake.errors import NoLakeError
from spark_stream.lake.reader import dates_in, read_dates, read_lake
from spark_stream.lake.schema import LAKE, PARTITION, PAYMENT
from spark_stream.lake.summary import summarize
from spark_stream.lake.table import open_table
from spark_stream.lake.writer import LakeWriter, to_lake
from tests.integration.lake.support import GARBAGE, Message, found_of, ids, moved, payments

QUERY = "5a3c"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path)


def lake_ids(settings: Settings) -> list[str]:
    found: list[str] = sorted(read_lake(settings)["transaction_id"].to_pylist())
    return found


def test_columns_are_those_of_a_data_set() -> None:
    def plain(kind: Any) -> Any:
        return kind.value_type if pa.types.is_dictionary(kind) else kind

    expected = [(each.name, plain(each.type), each.nullable) for each in data_set.EVENTS]
    assert [(each.name, each.type, each.nullable) for each in PAYMENT] == expected


def test_every_payment_is_there_once_under_its_date_and_as_it_was(settings: Settings) -> None:
    writer = LakeWriter(settings.lake_dir)
    assert writer.write(found_of(payments()), QUERY, 0) == len(payments())
    rows = read_lake(settings)
    assert rows["transaction_id"].to_pylist() == [each.transaction_id for each in payments()]
    first = payments()[0]
    row = rows.slice(0, 1).to_pylist()[0]
    assert row["event_time"] == first.event_time.ToDatetime(UTC)
    assert row["amount_minor"] == first.amount_minor
    assert row["device_id"] == (first.device_id if first.HasField("device_id") else None)
    assert row["latitude"] == (
        first.coordinates.latitude if first.HasField("coordinates") else None
    )
    for day, rows_of_day in zip(
        dates_in(open_table(settings.lake_dir)), read_dates(settings), strict=True
    ):
        assert set(rows_of_day["event_time"].cast(pa.date32()).to_pylist()) == {day}


def test_a_lake_of_an_earlier_version_goes_on(settings: Settings) -> None:
    earlier = pa.schema([field for field in LAKE if field.name != "ratio_to_usual"])
    DeltaTable.create(settings.lake_dir, earlier, partition_by=[PARTITION])
    rows = to_lake(found_of(payments()[:100])).select(earlier.names)
    write_deltalake(settings.lake_dir, rows, mode="append")
    assert read_lake(settings).schema == PAYMENT
    told = [Transaction.FromString(each.SerializeToString()) for each in payments()[100:]]
    for each in told:
        each.ratio_to_usual = 1.75
    assert LakeWriter(settings.lake_dir).write(found_of(told, start=100), QUERY, 0) == len(told)
    found = read_lake(settings)
    assert lake_ids(settings) == ids(payments())
    assert found["ratio_to_usual"].null_count == 100
    assert set(found["ratio_to_usual"].drop_null().to_pylist()) == {1.75}


def test_a_late_payment_goes_to_its_own_date(settings: Settings) -> None:
    writer = LakeWriter(settings.lake_dir)
    writer.write(found_of(payments()[500:]), QUERY, 0)
    late = moved(payments()[0], timedelta(days=-40), "late")
    writer.write(found_of([late], start=1_000), QUERY, 1)
    day = late.event_time.ToDatetime(UTC).date()
    assert read_lake(settings, day, day)["transaction_id"].to_pylist() == ["late"]


def test_dates_bound_what_is_read(settings: Settings) -> None:
    LakeWriter(settings.lake_dir).write(found_of(payments()), QUERY, 0)
    days = dates_in(open_table(settings.lake_dir))
    assert len(days) >= 3
    counts = [len(rows) for rows in read_dates(settings)]
    assert len(read_lake(settings, first=days[1])) == sum(counts[1:])
    assert len(read_lake(settings, last=days[1])) == sum(counts[:2])
    assert len(read_lake(settings, date(1999, 1, 1), date(1999, 1, 2))) == 0


def test_repeats_are_left_out_within_a_batch_across_batches_and_days_later(
    settings: Settings,
) -> None:
    writer = LakeWriter(settings.lake_dir)
    old, new = payments()[:300], payments()[300:]
    writer.write(found_of([*old, *old[:50]]), QUERY, 0)
    assert writer.write(found_of([*new, *old[100:150]], start=1_000), QUERY, 1) == len(new)
    assert writer.write(found_of(payments(), start=9_000), QUERY, 2) == 0
    assert lake_ids(settings) == ids(payments())
    assert summarize(open_table(settings.lake_dir)).repeats == 50 + 50 + len(payments())


def test_an_id_with_another_time_is_a_repeat_within_ten_minutes(settings: Settings) -> None:
    writer = LakeWriter(settings.lake_dir)
    writer.write(found_of(payments()[:1]), QUERY, 0)
    again = moved(payments()[0], timedelta(minutes=9))
    assert writer.write(found_of([again], start=10), QUERY, 1) == 0
    # The bound of what is known: verification finds this one.
    assert writer.write(found_of([moved(again, timedelta(days=2))], start=11), QUERY, 2) == 1


def test_a_batch_that_is_tried_again_is_left_alone(settings: Settings) -> None:
    found = found_of(payments()[:100])
    LakeWriter(settings.lake_dir).write(found, QUERY, 7)
    version = open_table(settings.lake_dir).version()
    # A new process, as after a crash between the table's commit and the checkpoint's.
    writer = LakeWriter(settings.lake_dir)
    assert writer.write(found, QUERY, 7) == 0
    assert open_table(settings.lake_dir).version() == version
    # A query with a lost checkpoint begins again, under another id: nothing comes twice.
    assert writer.write(found, "another", 0) == 0
    assert lake_ids(settings) == ids(payments()[:100])


def test_what_does_not_count_is_passed_over_and_counted(settings: Settings) -> None:
    broken = moved(payments()[3], timedelta(), "broken")
    broken.currency = "XXX"
    writer = LakeWriter(settings.lake_dir)
    messages: list[Message] = [GARBAGE, *payments()[:20], broken, b""]
    assert writer.write(found_of(messages), QUERY, 0) == 20
    assert writer.write(found_of([GARBAGE], start=50), QUERY, 1) == 0
    assert lake_ids(settings) == ids(payments()[:20])
    assert summarize(open_table(settings.lake_dir)).unreadable == 4


def test_compaction_leaves_one_file_a_date_and_every_row(settings: Settings) -> None:
    writer = LakeWriter(settings.lake_dir, compact_every=1_000)
    for number, start in enumerate(range(0, len(payments()), 100)):
        writer.write(found_of(payments()[start : start + 100], start=start), QUERY, number)
    before = read_lake(settings)
    assert summarize(open_table(settings.lake_dir)).files > 12
    done = compact(open_table(settings.lake_dir))
    assert done.files_removed > done.files_added
    summary = summarize(open_table(settings.lake_dir))
    assert [each.files for each in summary.dates] == [1] * len(summary.dates)
    assert read_lake(settings).equals(before)
    # Repeats are known in compacted files as well, and the writer's own view follows.
    assert writer.write(found_of(payments(), start=9_000), QUERY, 1_000) == 0


def test_the_writer_compacts_now_and_then(settings: Settings) -> None:
    writer = LakeWriter(settings.lake_dir, compact_every=5)
    for number in range(10):
        rows = payments()[number * 20 : number * 20 + 20]
        writer.write(found_of(rows, start=number * 20), QUERY, number)
    summary = summarize(open_table(settings.lake_dir))
    assert summary.files <= 5 * len(summary.dates)
    assert lake_ids(settings) == ids(payments()[:200])


def test_another_process_may_compact_while_batches_are_written(settings: Settings) -> None:
    writer = LakeWriter(settings.lake_dir, compact_every=1_000)
    for number in range(20):
        rows = payments()[number * 20 : number * 20 + 20]
        writer.write(found_of(rows, start=number * 20), QUERY, number)
        if number % 3 == 2:
            stale = open_table(settings.lake_dir)
            rows = payments()[-number - 1 : -number]
            writer.write(found_of(rows, start=9_000 + number), f"{QUERY}-{number}", number)
            compact(stale)
    expected = [*payments()[:400], *(payments()[-number - 1] for number in range(2, 20, 3))]
    assert lake_ids(settings) == ids(expected)


def test_where_there_is_no_lake_it_says_so(settings: Settings) -> None:
    with pytest.raises(NoLakeError, match="there is no lake in"):
        read_lake(settings)
