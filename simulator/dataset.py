"""A data set on disk: a folder with ``events.parquet`` and ``labels.parquet``."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from fraud.v1.label_pb2 import FraudKind
from simulator import schema
from simulator.usual import with_usual
from simulator.world import Chunk, World

type Progress = Callable[[int], None]
"""Told, again and again, how many more payments have been written."""

EVENTS_FILE = "events.parquet"
LABELS_FILE = "labels.parquet"
_ROW_GROUP = 100_000


@dataclass(slots=True)
class DatasetSummary:
    """What was written, counted."""

    folder: Path
    payments: int = 0
    frauds: int = 0
    reported: int = 0  # labels that become known at some time
    frauds_by_kind: dict[str, int] = field(default_factory=dict)

    def add(self, chunk: Chunk) -> None:
        """Count a chunk."""
        kinds = pc.value_counts(chunk.labels["kind"].filter(chunk.labels["fraud"])).to_pylist()
        for entry in kinds:
            name = FraudKind.Name(entry["values"]).removeprefix("FRAUD_KIND_").lower()
            self.frauds_by_kind[name] = self.frauds_by_kind.get(name, 0) + entry["counts"]
        self.payments += chunk.events.num_rows
        self.frauds = sum(self.frauds_by_kind.values())
        self.reported += chunk.labels.num_rows - chunk.labels["known_at"].null_count


def write_dataset(world: World, folder: Path, progress: Progress | None = None) -> DatasetSummary:
    """Write a world's history.

    Args:
        world: What to write.
        folder: Made if it is not there; files of the same names are replaced when complete.
        progress: Told of every chunk.

    Raises:
        OSError: The folder cannot be written.
    """
    a_day = world.config.customers * world.config.payments_per_day
    chunk_days = max(1, round(_ROW_GROUP / a_day))
    return write_chunks(world.generate(chunk_days=chunk_days), folder, progress)


def write_chunks(
    chunks: Iterable[Chunk], folder: Path, progress: Progress | None = None
) -> DatasetSummary:
    """Write chunks that are in order, as :func:`write_dataset` does; a chunk is a row group."""
    folder.mkdir(parents=True, exist_ok=True)
    summary = DatasetSummary(folder)
    with (
        _replacing(folder / EVENTS_FILE, schema.EVENTS) as events,
        _replacing(folder / LABELS_FILE, schema.LABELS) as labels,
    ):
        for chunk in with_usual(chunks):
            events.write_batch(chunk.events)
            labels.write_batch(chunk.labels)
            summary.add(chunk)
            if progress is not None:
                progress(chunk.events.num_rows)
    return summary


@contextmanager
def _replacing(path: Path, columns: pa.Schema) -> Iterator[pq.ParquetWriter]:
    """Write beside ``path``, and take its place only when all went well."""
    partial = path.with_suffix(".partial")
    try:
        with pq.ParquetWriter(partial, columns, compression="zstd") as writer:
            yield writer
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
