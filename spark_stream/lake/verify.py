"""Whether the lake has exactly what the topic has, up to where the lake query has come.

The topic is read from the first offset that it still has to the one that the table's log names for
each partition, and read as the query reads it. Ids are compared as 128-bit hashes, 36 bytes a
payment in memory, on both sides.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc
from deltalake import DeltaTable

from fraud.settings import Settings
from messaging.codec import headers_in
from messaging.offsets import read_range, reading, watermarks
from messaging.topics import RAW_TRANSACTIONS
from spark_stream.lake.comparison import Comparison, compare
from spark_stream.lake.decode import decode
from spark_stream.lake.rows import Rows, codes_of
from spark_stream.lake.schema import PARTITION
from spark_stream.lake.table import offsets_of, open_table

SHOWN: Final = 10
"""Differing payments that are named."""
_COLUMNS: Final = ("transaction_id", "event_time", "kafka_partition", "kafka_offset")

type Tell = Callable[[str, int, int], None]
"""Told what is being read, how much of it is done and how much there is."""
type Ranges = dict[int, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Verification:
    """What was found.

    Args:
        messages: Read from the topic.
        unreadable: Of them, those that could not be read or break the rules.
        repeats: Of them, those whose payment is also in another message.
        behind: Messages of the topic that the lake query has not come to yet.
        rows: In the lake.
        wrong_folder: Rows that lie under another date than that of their event time.
        comparison: What differs.
        named: By what is wrong, the first transaction ids of which it is.
    """

    messages: int
    unreadable: int
    repeats: int
    behind: int
    rows: int
    wrong_folder: int
    comparison: Comparison
    named: Mapping[str, list[str]]

    @property
    def holds(self) -> bool:
        """Whether the lake has each payment once, under its own date, and nothing else."""
        return self.comparison.holds and self.wrong_folder == 0


def verify(settings: Settings, tell: Tell = lambda *_: None) -> Verification:
    """Compare.

    Args:
        settings: Of the broker and of the lake.
        tell: Told of the progress.

    Raises:
        NoLakeError: There is no lake.
        BrokerAwayError: No broker answers.
    """
    table = open_table(settings.lake_dir)
    with reading(settings.kafka) as consumer:
        found = watermarks(consumer, settings.kafka, [RAW_TRANSACTIONS])
        ends = offsets_of(table)
        ranges = {
            place: (low, min(high, ends.get(place, 0))) for (_, place), (low, high) in found.items()
        }
        behind = sum(
            max(high - max(ends.get(place, 0), low), 0) for (_, place), (low, high) in found.items()
        )
        reader = _TopicReader(settings, consumer)
        topic = Rows.joined([Rows.of_batch(batch) for batch in reader.read(ranges, tell)])
        lake, wrong_folder = _read_lake(table, tell)
        begins = {partition: begin for partition, (begin, _) in ranges.items()}
        comparison = compare(topic, lake, begins)
        named = {
            "missing": reader.ids_at([topic.place(row) for row in comparison.missing[:SHOWN]]),
            **{
                name: _ids_at(table, [lake.place(row) for row in places[:SHOWN]])
                for name, places in (
                    ("extra", comparison.extra),
                    ("doubled", comparison.doubled),
                    ("misdated", comparison.misdated),
                )
            },
        }
    return Verification(
        messages=reader.messages,
        unreadable=reader.messages - len(topic),
        repeats=len(topic) - _distinct(topic),
        behind=behind,
        rows=len(lake),
        wrong_folder=wrong_folder,
        comparison=comparison,
        named=named,
    )


class _TopicReader:
    """Reads readable payments of ``raw_transactions``, and counts all messages."""

    def __init__(self, settings: Settings, consumer: Any) -> None:
        self._settings, self._consumer = settings, consumer
        self.messages = 0

    def read(self, ranges: Ranges, tell: Tell) -> Iterator[Any]:
        total = sum(max(end - begin, 0) for begin, end in ranges.values())
        for messages in self._batches(ranges):
            self.messages += len(messages)
            tell("topic", self.messages, total)
            yield _decoded(messages)
        tell("topic", total, total)

    def ids_at(self, places: list[tuple[int, int]]) -> list[str]:
        """The payments of these messages."""
        found: list[str] = []
        for partition, offset in places:
            for messages in self._batches({partition: (offset, offset + 1)}):
                found += _decoded(messages)["transaction_id"].to_pylist()
        return found

    def _batches(self, ranges: Ranges) -> Iterator[list[Any]]:
        return read_range(self._consumer, self._settings.kafka, RAW_TRANSACTIONS, ranges)


def _decoded(messages: list[Any]) -> Any:
    """Payments that count, with their places."""
    rows = decode(
        [message.value() for message in messages], [headers_in(message) for message in messages]
    )
    columns = {
        "transaction_id": rows["transaction_id"],
        "event_time": rows["event_time"],
        "kafka_partition": pa.array([message.partition() for message in messages], pa.int32()),
        "kafka_offset": pa.array([message.offset() for message in messages], pa.int64()),
    }
    table = pa.table(columns)
    return table.filter(pc.is_valid(table["transaction_id"]))


def _read_lake(table: DeltaTable, tell: Tell) -> tuple[Rows, int]:
    """Every row, and how many lie under another date than their own."""
    dataset = table.to_pyarrow_dataset()
    total, done, wrong, parts = dataset.count_rows(), 0, 0, []
    for batch in dataset.to_batches(columns=[*_COLUMNS, PARTITION]):
        parts.append(Rows.of_batch(batch))
        dates = batch["event_time"].cast(pa.date32())
        wrong += pc.sum(pc.not_equal(dates, batch[PARTITION])).as_py() or 0
        done += batch.num_rows
        tell("lake", done, total)
    return Rows.joined(parts), wrong


def _ids_at(table: DeltaTable, places: list[tuple[int, int]]) -> list[str]:
    if not places:
        return []
    wanted = pc.scalar(False)
    for partition, offset in places:
        wanted |= (pc.field("kafka_partition") == partition) & (pc.field("kafka_offset") == offset)
    found = table.to_pyarrow_dataset().to_table(columns=["transaction_id"], filter=wanted)
    ids: list[str] = sorted(set(found["transaction_id"].to_pylist()))
    return ids


def _distinct(rows: Rows) -> int:
    codes = codes_of([rows.names[:, 0], rows.names[:, 1]])
    return int(codes.max()) + 1 if len(codes) else 0
