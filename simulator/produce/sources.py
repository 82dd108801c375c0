"""Where payments come from: a world that never ends, or a data set on disk.

Both come in parts, which are read one by one in any order: a part of a world is a day, a part of a
data set a row group. So a run goes on where it stopped without reading what is behind it.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pyarrow as pa
import pyarrow.parquet as pq

from messaging.codec import Origin
from simulator import schema
from simulator.config import WorldConfig
from simulator.dataset import EVENTS_FILE, LABELS_FILE
from simulator.produce.errors import ReplayError
from simulator.world import Chunk, World

type ReadPart = Callable[[int], Chunk | None]
"""The part of a number, counted from 0; None behind the last."""

HINT = "`fraud simulate --out FOLDER` and `fraud import` write such a folder"


class Source(Protocol):
    """Payments and their truth, in parts; small, so that it can be sent to another process."""

    @property
    def origin(self) -> Origin:
        """What the header says of messages from here."""
        ...

    def digest(self) -> str:
        """Changes when any payment does."""
        ...

    def open(self) -> ReadPart:
        """Make ready to read."""
        ...


@dataclass(frozen=True, slots=True)
class WorldSource:
    """A simulated world, day after day without end.

    Args:
        config: Of the world.
        first_day: That part 0 is; ``config.days`` continues a history of that length.
    """

    config: WorldConfig
    first_day: int = 0

    @property
    def origin(self) -> Origin:
        """As a producer of its own."""
        return "producer"

    def digest(self) -> str:
        """Of the configuration: the world follows from it."""
        return hashlib.sha256(
            f"{self.config.model_dump_json()}{self.first_day}".encode()
        ).hexdigest()

    def open(self) -> ReadPart:
        """Make the world; takes seconds when it is large."""
        world = World(self.config)
        return lambda part: next(world.generate(self.first_day + part, 1))


@dataclass(frozen=True, slots=True)
class ReplaySource:
    """A folder with ``events.parquet`` and ``labels.parquet``.

    Args:
        folder: As ``fraud simulate`` and ``fraud import`` write it.
    """

    folder: Path

    @property
    def origin(self) -> Origin:
        """What was, once more."""
        return "replay"

    def digest(self) -> str:
        """Of the bytes of both files.

        Raises:
            ReplayError: One cannot be read.
        """
        digest = hashlib.sha256()
        for name in (EVENTS_FILE, LABELS_FILE):
            try:
                with (self.folder / name).open("rb") as file:
                    digest.update(hashlib.file_digest(file, "sha256").digest())
            except OSError as exc:
                raise _unreadable(self.folder / name, exc) from exc
        return digest.hexdigest()

    def payments(self) -> int:
        """How many there are.

        Raises:
            ReplayError: They cannot be read.
        """
        count: int = _open(self.folder / EVENTS_FILE, schema.EVENTS).metadata.num_rows
        return count

    def open(self) -> ReadPart:
        """Look at both files.

        Raises:
            ReplayError: One cannot be read, or they do not belong together.
        """
        events = _open(self.folder / EVENTS_FILE, schema.EVENTS)
        labels = _open(self.folder / LABELS_FILE, schema.LABELS)
        if _rows(events) != _rows(labels):
            raise ReplayError(
                f"`{self.folder}`: {EVENTS_FILE} has row groups of {_rows(events)[:5]} rows and "
                f"{LABELS_FILE} of {_rows(labels)[:5]}, which must be the same",
                HINT,
            )
        return lambda part: _read(events, labels, part)


def _open(path: Path, columns: pa.Schema) -> pq.ParquetFile:
    try:
        file = pq.ParquetFile(path)
    except (OSError, pa.ArrowInvalid) as exc:
        raise _unreadable(path, exc) from exc
    missing = set(columns.names) - set(file.schema_arrow.names)
    if missing:
        raise ReplayError(f"`{path}` has no column {', '.join(sorted(missing))}", HINT)
    return file


def _unreadable(path: Path, error: Exception) -> ReplayError:
    reason = "there is no such file" if isinstance(error, FileNotFoundError) else str(error)
    return ReplayError(f"Failed to read `{path}`: {reason}", HINT)


def _rows(file: pq.ParquetFile) -> list[int]:
    groups = range(file.metadata.num_row_groups)
    return [file.metadata.row_group(group).num_rows for group in groups]


def _read(events: pq.ParquetFile, labels: pq.ParquetFile, part: int) -> Chunk | None:
    if part >= events.metadata.num_row_groups:
        return None
    tables = (
        events.read_row_group(part, columns=schema.EVENTS.names),
        labels.read_row_group(part, columns=schema.LABELS.names),
    )
    batches = (table.combine_chunks().to_batches() for table in tables)
    made = [next(iter(each), None) for each in batches]
    return Chunk(made[0], made[1])
