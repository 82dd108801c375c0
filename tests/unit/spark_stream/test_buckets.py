"""Keys of a bucket stay apart: each has its own state, whatever comes beside it."""

from collections.abc import Iterator
from typing import Any, cast

from pyspark.sql import Row
from pyspark.sql.streaming.stateful_processor import (
    StatefulProcessor,
    StatefulProcessorHandle,
    TimerValues,
)

from fraud.v1.records_pb2 import FeatureVector
from fraud.v1.transaction_pb2 import Transaction
from spark_stream.entities import NAMED_FEATURES, EntityProcessor
from spark_stream.payments import PaymentProcessor
from tests.unit.scorer.support import payment
from tests.unit.spark_stream.rows import arrival, label_of, label_row

BUCKET = (7,)


class Map(dict[tuple[str], tuple[Any, ...]]):
    """A map state."""

    getValue = dict.get  # noqa: N815 - Spark's name
    updateValue = dict.__setitem__  # noqa: N815


class Handle:
    """Gives a processor its state, which outlives it as Spark's does."""

    def __init__(self) -> None:
        self.states = Map()

    def getMapState(self, *_: object) -> Map:  # noqa: N802 - Spark's name
        return self.states


def run(processor: StatefulProcessor, handle: Handle, *rows: Row) -> list[Row]:
    processor.init(cast(StatefulProcessorHandle, handle))
    found: Iterator[Any] = processor.handleInputRows(BUCKET, iter(rows), cast(TimerValues, None))
    return list(found)


def fraud_of(transaction_id: str, offset: int) -> Row:
    return label_row(label_of(transaction_id, 1, fraud=True), offset)


def change(entity: str, transaction: Transaction) -> Row:
    return Row(entity=entity, payment=transaction.SerializeToString(), known_at_us=None)


def test_a_label_finds_its_own_payment_of_the_bucket() -> None:
    handle = Handle()
    first, second = payment("t1"), payment("t2", merchant_id="merchant-2")
    # The label is of a partition whose offsets are lower.
    rows = run(
        PaymentProcessor(30.0), handle, fraud_of("t2", 1), arrival(first, 8), arrival(second, 9)
    )
    assert [(row.merchant_id, row.known_at_us is None) for row in rows] == [
        ("merchant-1", True),
        ("merchant-2", True),
        ("merchant-2", False),
    ]
    assert set(handle.states) == {("t1",), ("t2",)}


def test_each_payment_of_a_bucket_is_known_in_the_next_batch() -> None:
    handle = Handle()
    run(PaymentProcessor(30.0), handle, arrival(payment("t1"), 1), arrival(payment("t2"), 2))
    rows = run(
        PaymentProcessor(30.0),
        handle,
        arrival(payment("t2"), 3),
        fraud_of("t1", 4),
        fraud_of("t9", 5),
    )
    (learned,) = rows
    assert Transaction.FromString(learned.payment).transaction_id == "t1"
    assert set(handle.states) == {("t1",), ("t2",), ("t9",)}


def test_entities_of_a_bucket_are_advanced_as_if_alone() -> None:
    made = [payment(f"t{number}", seconds=60 * number) for number in range(4)]
    entities = ["account/a1", "merchant/m1", "account/a1", "device/a1"]
    rows = [change(entity, each) for entity, each in zip(entities, made, strict=True)]
    together, alone = Handle(), Handle()
    run(EntityProcessor(NAMED_FEATURES), together, *rows[:2])
    found = run(EntityProcessor(NAMED_FEATURES), together, *rows[2:])
    for entity in dict.fromkeys(entities):
        own = [row for row in rows if row.entity == entity]
        last = [run(EntityProcessor(NAMED_FEATURES), alone, row) for row in own][-1]
        if entity != "merchant/m1":
            assert last[0] in found
    assert together.states == alone.states
    assert {FeatureVector.FromString(row.value).entity_id for row in found} == {"a1"}
