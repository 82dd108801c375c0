"""History through the kernel: each payment's features as they were known when it was made."""

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
import pyarrow as pa

from features_rs import KernelError, Store, contract
from training.datasets.dataset import Dataset
from training.datasets.history import History
from training.errors import DatasetError
from training.progress import Progress, silent

BATCH_ROWS: Final = 65_536


def replay(
    history: History,
    progress: Progress = silent,
    *,
    store: Store | None = None,
    batch_rows: int = BATCH_ROWS,
    first: int = 0,
) -> Dataset:
    """Assemble and record every payment in order, learning each label when it became known.

    Args:
        history: The payments, sorted, and their labels.
        progress: Told of rows after each batch.
        store: State to go on from; it holds all of ``history`` afterwards. Unset, a new one.
        batch_rows: How many rows the kernel is given at a time; the result does not depend on it.
        first: Row from which on features are kept; those before are only their past.

    Returns:
        The payments from ``first`` on.

    Raises:
        DatasetError: The kernel refuses an event or a label; names row, field and value.
    """
    store = Store() if store is None else store
    terms = contract()
    features = np.empty((len(history) - first, len(terms.names)), np.float32)
    past = np.empty((min(batch_rows, first), len(terms.names)), np.float32)
    labels, learned = history.learned(), 0
    known_at = labels["known_at"].cast(pa.int64()).to_numpy()
    for start, stop in _batches(first, len(history), batch_rows):
        # Only what is known by the batch's last event: the kernel learns all that it is given.
        known = int(np.searchsorted(known_at, history.event_time_us[stop - 1], side="right"))
        events = history.events.slice(start, stop - start)
        out = past if start < first else features[start - first : stop - first]
        _replay_batch(store, events, labels.slice(learned, known - learned), out[: stop - start])
        learned = known
        progress("replay", stop, len(history))
    return Dataset(features, tuple(terms.names), terms.digest, history.between(first, len(history)))


def _batches(first: int, end: int, rows: int) -> Iterator[tuple[int, int]]:
    """Beginnings and ends, of which ``first`` is one."""
    for start in range(0, first, rows):
        yield start, min(start + rows, first)
    for start in range(first, end, rows):
        yield start, min(start + rows, end)


def _replay_batch(store: Store, events: Any, labels: Any, out: np.ndarray[Any, Any]) -> None:
    try:
        result = store.assemble_and_record_many(_one_batch(events), _one_batch(labels))
    except KernelError as exc:
        raise DatasetError(f"the kernel refuses the history: {exc}") from exc
    for index, column in enumerate(pa.record_batch(result).columns):
        out[:, index] = column.to_numpy(zero_copy_only=False)


def _one_batch(table: Any) -> Any:
    """A table as the one record batch that the Arrow C data interface hands over."""
    batches = table.combine_chunks().to_batches()
    return batches[0] if batches else pa.RecordBatch.from_pylist([], schema=table.schema)
