"""One group: payments of some entities of a kind, and what the kernel makes of them."""

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from features_rs import Store
from spark_stream.dataset.kinds import KINDS

ORDER = [("event_time", "ascending"), ("transaction_id", "ascending")]


class Assemble:
    """Called by Spark with each group; sent to the executors.

    Args:
        kind: Of the entities.
        first_us: Event time from which on rows are wanted, microseconds since the Unix epoch.
            What is before is their past.
    """

    def __init__(self, kind: str, first_us: int) -> None:
        self._kind, self._first_us = kind, first_us

    def __call__(self, payments: Any, labels: Any = None) -> Any:
        """Transaction ids and the kind's features.

        Args:
            payments: Arrow table with all payments of the entities, in any order.
            labels: Of them, as the kernel takes them, in any order.

        Raises:
            InvalidEventError: A payment or label is refused; names field and value.
        """
        schema = schema_of(self._kind)
        if not len(payments):
            # Labels of entities without a payment that is early enough.
            return schema.empty_table()
        payments = payments.take(pc.sort_indices(payments, ORDER))
        if labels is not None:
            labels = _one_batch(labels.take(pc.sort_indices(labels, [("known_at", "ascending")])))
        found = Store().assemble_and_record_many(_one_batch(payments), labels)
        rows = pa.table(pa.record_batch(found)).select(list(schema.names[1:]))
        table = rows.add_column(0, schema.field(0), payments["transaction_id"].cast(pa.string()))
        times = payments["event_time"].cast(pa.timestamp("us", "UTC")).cast(pa.int64())
        return table.filter(pc.greater_equal(times, self._first_us)).cast(schema)


def schema_of(kind: str) -> Any:
    """Of what is found."""
    features = [pa.field(name, pa.float32()) for name in KINDS[kind].features]
    return pa.schema([pa.field("transaction_id", pa.string()), *features])


def _one_batch(table: Any) -> Any:
    """As the Arrow C data interface hands it over."""
    batches = table.combine_chunks().to_batches()
    return batches[0] if batches else pa.RecordBatch.from_pylist([], schema=table.schema)
