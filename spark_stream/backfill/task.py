"""One task: the states of a shard of the entities, from all payments and labels.

Every task reads the whole source in order and keeps what concerns its own entities. No payment is
shuffled, and each entity is told of its payments in the one order there is. Reading is a small part
of the work as long as there are few tasks: see docs/decisions/0009.
"""

from collections.abc import Iterable, Iterator
from typing import Any, Final

import pyarrow as pa

from features_rs import RecordReport, Store, contract
from features_rs.facts import facts_in
from spark_stream.backfill.errors import SourceError
from spark_stream.backfill.learned import learned
from spark_stream.backfill.source import BATCH_ROWS, Source

KINDS: Final = ("account", "merchant", "category", "device")
EXPORT_ROWS: Final = 2_000
COLUMNS: Final = "kind string, entity_id string, as_of timestamp, state binary, digest string"
"""Of what is written: one row for each entity."""
ARROW: Final = pa.schema(
    [
        ("kind", pa.string()),
        ("entity_id", pa.string()),
        ("as_of", pa.timestamp("us", "UTC")),
        ("state", pa.binary()),
        ("digest", pa.string()),
    ]
)


class Task:
    """Called by Spark with the numbers of shards; sent to the executors.

    Args:
        source: Of payments and labels; readable wherever a task may run.
        shards: How many there are.
    """

    def __init__(self, source: Source, shards: int) -> None:
        self._source, self._shards = source, shards

    def __call__(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Record batches of :data:`ARROW`."""
        for batch in batches:
            for index in batch.column(0).to_pylist():
                yield from rows_of(store_of(self._source, (index, self._shards)))


def store_of(source: Source, shard: tuple[int, int]) -> Store:
    """The states of one shard's entities.

    Raises:
        SourceError: A payment or label is refused; names row, field and value.
    """
    store, labels = Store(), source.labels()
    facts, rows = [], 0
    for batch in source.payments():
        _check(store.record_many(batch, shard=shard), rows, "payment")
        rows += batch.num_rows
        if labels is not None:
            facts.append(batch.select(facts_in(batch.schema.names)))
    if labels is not None and facts:
        # Payments and labels are kept apart in a state: either may be told first.
        _learn(store, learned(_joined(facts), labels), shard)
    return store


def rows_of(store: Store) -> Iterator[pa.RecordBatch]:
    """Every entity of a store."""
    digest = contract().digest
    for kind in KINDS:
        for start in range(0, store.entity_count(kind), EXPORT_ROWS):
            found = pa.record_batch(store.export(kind, start, EXPORT_ROWS))
            count = found.num_rows
            columns = [
                pa.repeat(kind, count),
                *(found[name] for name in ("entity_id", "as_of", "state")),
                pa.repeat(digest, count),
            ]
            casted = [column.cast(field.type) for column, field in zip(columns, ARROW, strict=True)]
            yield pa.RecordBatch.from_arrays(casted, schema=ARROW)


def _learn(store: Store, labels: Any, shard: tuple[int, int]) -> None:
    rows = 0
    for batch in labels.to_batches(BATCH_ROWS):
        _check(store.learn_many(batch, shard=shard), rows, "label")
        rows += batch.num_rows


def _joined(batches: list[Any]) -> Any:
    return pa.Table.from_batches(batches).unify_dictionaries().combine_chunks()


def _check(report: RecordReport, above: int, what: str) -> None:
    for row, reason in report.refused:
        raise SourceError(f"{what} in row {above + row}: {reason}")
