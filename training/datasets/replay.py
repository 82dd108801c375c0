"""History through the kernel: each payment's features as they were known when it was made."""

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
) -> Dataset:
    """Assemble and record every payment in order, learning each label when it became known.

    Args:
        history: The payments, sorted, and their labels.
        progress: Told of rows after each batch.
        store: State to go on from; it holds all of ``history`` afterwards. Unset, a new one.
        batch_rows: How many rows the kernel is given at a time; the result does not depend on it.

    Raises:
        DatasetError: The kernel refuses an event or a label; names row, field and value.
    """
    store = Store() if store is None else store
    terms = contract()
    features = np.empty((len(history), len(terms.names)), np.float32)
    labels, learned = history.learned(), 0
    known_at = np.sort(history.known_at_us)
    for start in range(0, len(history), batch_rows):
        stop = min(start + batch_rows, len(history))
        # Only what is known by the batch's last event: the kernel learns all that it is given.
        known = int(np.searchsorted(known_at, history.event_time_us[stop - 1], side="right"))
        events = history.events.slice(start, stop - start)
        _replay_batch(store, events, labels.slice(learned, known - learned), features[start:stop])
        learned = known
        progress("replay", stop, len(history))
    return Dataset(features, tuple(terms.names), terms.digest, history)


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
