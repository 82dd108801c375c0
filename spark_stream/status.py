"""How the running job does: it writes so beside its checkpoints, for ``fraud spark status``."""

import json
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, Self

from fraud.settings import Settings

STALE_SECONDS: Final = 30.0
"""After so long without a new status, the job is taken for dead or stuck."""


@dataclass(frozen=True, slots=True)
class QueryStatus:
    """One query, as of its last batch.

    Args:
        name: Of the query.
        batch: Number of the last batch; -1 before the first.
        rows: Messages in it.
        batch_ms: How long it took, in milliseconds.
        input_rate: Messages a second that came.
        processed_rate: Messages a second that were dealt with.
        behind: Messages in the topics that were not yet read when it began.
        state_rows: Keys that states are kept of.
        state_bytes: Memory that the state stores take outside the heap.
    """

    name: str
    batch: int = -1
    rows: int = 0
    batch_ms: int = 0
    input_rate: float = 0.0
    processed_rate: float = 0.0
    behind: int = 0
    state_rows: int = 0
    state_bytes: int = 0

    @classmethod
    def of(cls, name: str, progress: Mapping[str, Any] | None) -> Self:
        """From what Spark tells of a query's last batch."""
        if progress is None:
            return cls(name)
        operators = progress["stateOperators"]
        return cls(
            name=name,
            batch=progress["batchId"],
            rows=progress["numInputRows"],
            batch_ms=progress["durationMs"].get("triggerExecution", 0),
            input_rate=progress.get("inputRowsPerSecond") or 0.0,
            processed_rate=progress.get("processedRowsPerSecond") or 0.0,
            behind=sum(_behind(source) for source in progress["sources"]),
            state_rows=sum(each["numRowsTotal"] for each in operators),
            state_bytes=sum(each["memoryUsedBytes"] for each in operators),
        )


@dataclass(frozen=True, slots=True)
class MachineStatus:
    """The driver's Java machine.

    Args:
        heap_used: Bytes in use.
        heap_most: Bytes that it may take.
        collections: Garbage collections so far.
        collection_ms: Milliseconds they took in all.
    """

    heap_used: int = 0
    heap_most: int = 0
    collections: int = 0
    collection_ms: int = 0


@dataclass(frozen=True, slots=True)
class JobStatus:
    """The job, whole.

    Args:
        pid: Of its process.
        written_ns: When this was written, nanoseconds since the Unix epoch.
        queries: Each of its queries.
        machine: Its Java machine.
        stopped: Whether it ended in order.
    """

    pid: int
    written_ns: int
    queries: tuple[QueryStatus, ...]
    machine: MachineStatus
    stopped: bool = False

    @property
    def age_seconds(self) -> float:
        """How long ago it was written."""
        return (time.time_ns() - self.written_ns) / 1e9

    @property
    def is_running(self) -> bool:
        """Whether the job that wrote it is at work."""
        return not self.stopped and self.age_seconds < STALE_SECONDS

    def write(self, path: Path) -> None:
        """Put it in the place of an older one, whole or not at all."""
        part = path.with_suffix(".part")
        part.write_text(json.dumps(asdict(self)))
        part.rename(path)

    @classmethod
    def read(cls, path: Path) -> Self | None:
        """The newest; None when no job has run there."""
        if not path.is_file():
            return None
        found = json.loads(path.read_text())
        queries = tuple(QueryStatus(**each) for each in found.pop("queries"))
        return cls(queries=queries, machine=MachineStatus(**found.pop("machine")), **found)


def status_path(settings: Settings) -> Path:
    """Where the job of these settings writes its status."""
    return settings.checkpoint_dir / "status.json"


def _behind(source: Mapping[str, Any]) -> int:
    """Messages between what the topics had and what the batch read."""
    newest, read = _offsets(source["latestOffset"]), _offsets(source["endOffset"])
    return sum(
        offset - read.get(topic, {}).get(partition, 0)
        for topic, partitions in newest.items()
        for partition, offset in partitions.items()
    )


def _offsets(told: Any) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = json.loads(told) if isinstance(told, str) else told
    return found or {}
