"""Topics into files and back: every message with its place, key, value and headers.

On other brokers offsets begin anew. So what speaks of offsets is told again in the new ones: the
progress that stands among the feature vectors, and what consumer groups have committed. A message
gets a new time of arrival, from which its retention counts.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from fraud.settings import KafkaSettings
from fraud.v1.stream_pb2 import StreamProgress
from messaging.codec import Record, headers_in
from messaging.frame import unframed
from messaging.offsets import Place, read_range, reading, watermarks
from messaging.producer import MessageProducer
from messaging.topics import FEATURE_VECTORS, named
from messaging.vectors import PROGRESS

SCHEMA: Final = pa.schema(
    [
        ("partition", pa.int32()),
        ("offset", pa.int64()),
        ("arrived_ms", pa.int64()),
        ("key", pa.binary()),
        ("value", pa.binary()),
        ("headers", pa.list_(pa.struct([("name", pa.string()), ("value", pa.binary())]))),
    ]
)
ROWS_AT_ONCE: Final = 2_000

type Moved = Callable[[Place, int], int]
"""The offset on the new brokers of what had an offset on the old ones."""


def write_topic(settings: KafkaSettings, topic: str, path: Path) -> int:
    """Write what a topic holds now into a Parquet file; returns how many messages.

    Args:
        settings: Of the brokers.
        topic: Name without prefix.
        path: The file.

    Raises:
        BrokerAwayError: No broker answers, or there is no such topic.
    """
    count = 0
    with reading(settings) as consumer, pq.ParquetWriter(path, SCHEMA, compression="zstd") as file:
        found = watermarks(consumer, settings, [topic])
        ranges = {number: ends for (_, number), ends in found.items()}
        for batch in read_range(consumer, settings, topic, ranges, ROWS_AT_ONCE):
            rows = [_to_row(message) for message in batch]
            file.write_table(pa.Table.from_pylist(rows, SCHEMA))
            count += len(rows)
    return count


def read_topic(producer: MessageProducer, topic: str, path: Path, told: "Retold") -> int:
    """Put what a file holds onto an empty topic, each message into its partition, in order.

    Args:
        producer: To the brokers.
        topic: Name without prefix.
        path: Of :func:`write_topic`.
        told: Tells offsets in those of the new brokers.

    Returns:
        How many messages; the broker has them all.

    Raises:
        DeliveryError: The broker did not take all of them.
    """
    count = 0
    for row in _rows(path):
        record = Record(row["key"], row["value"], _headers(row))
        if topic == FEATURE_VECTORS:
            record = told.progress(record)
        producer.forward(topic, record, row["partition"])
        count += 1
    producer.flush()
    return count


class Retold:
    """Offsets of the old brokers in those of the new ones.

    Args:
        files: Of each topic, by its name without prefix, the file that it is in.
        old_prefix: Of names on the old brokers.
        settings: Of the new ones.

    A message is on the new brokers where it stands among those of its partition that were saved.
    """

    def __init__(self, files: Mapping[str, Path], old_prefix: str, settings: KafkaSettings) -> None:
        self._files = dict(files)
        self._old_prefix = old_prefix
        self._settings = settings
        self._offsets: dict[str, dict[int, list[int]]] = {}

    def offset(self, place: Place, offset: int) -> int:
        """Where what had an offset is now; what was behind the last message still is."""
        topic, partition = place
        if topic not in self._offsets:
            path = self._files.get(topic)
            self._offsets[topic] = {} if path is None else _offsets_in(path)
        return bisect_left(self._offsets[topic].get(partition, []), offset)

    def progress(self, record: Record) -> Record:
        """A ``StreamProgress`` in the new offsets; anything else as it is."""
        is_progress = b"/" + PROGRESS.encode() + b"/" in (record.key or b"")
        if not is_progress or not record.value:
            return record
        body = unframed(record.value)
        progress = StreamProgress.FromString(body)
        for each in progress.offsets:
            topic = each.topic.removeprefix(self._old_prefix)
            each.next_offset = self.offset((topic, each.partition), each.next_offset)
            each.topic = named(self._settings, topic)
        frame = record.value[: len(record.value) - len(body)]
        value = frame + progress.SerializeToString(deterministic=True)
        return Record(record.key, value, record.headers)


def _to_row(message: Any) -> dict[str, object]:
    return {
        "partition": message.partition(),
        "offset": message.offset(),
        "arrived_ms": message.timestamp()[1],
        "key": message.key(),
        "value": message.value(),
        "headers": [{"name": name, "value": value} for name, value in headers_in(message)],
    }


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(ROWS_AT_ONCE):
            yield from batch.to_pylist()


def _headers(row: Mapping[str, Any]) -> list[tuple[str, bytes]]:
    return [(each["name"], each["value"]) for each in row["headers"]]


def _offsets_in(path: Path) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(columns=["partition", "offset"]):
            columns = (batch.column(name).to_pylist() for name in ("partition", "offset"))
            for partition, offset in zip(*columns, strict=True):
                found.setdefault(partition, []).append(offset)
    return found
