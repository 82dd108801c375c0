"""Stage 2: payments and labels by entity in, each entity's new state and features out."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from google.protobuf.timestamp_pb2 import Timestamp
from pyspark.sql import DataFrame, Row
from pyspark.sql import functions as F  # noqa: N812 - as Spark's own documentation has it
from pyspark.sql.streaming.stateful_processor import StatefulProcessor, StatefulProcessorHandle

from features_rs import Label, advance, contract
from fraud.v1.records_pb2 import EntityKind, FeatureVector
from fraud.v1.transaction_pb2 import Transaction
from messaging.vectors import vector_key
from spark_stream.buckets import group_by_bucket
from spark_stream.workers import leave_imports_alone

SCHEMA: Final = "key binary, value binary"
"""A ``FeatureVector`` as its topic has it."""
KEY: Final = "entity string"
STATE: Final = "state binary"

type Named = Mapping[str, Sequence[str]]

NAMED_FEATURES: Final[Named] = {
    "account": (
        "account_count_5m",
        "account_sum_5m",
        "account_count_1h",
        "account_sum_1h",
        "amount_to_mean_30d",
        "amount_zscore_30d",
        "account_kmh_from_last",
        "geographic_anomaly",
    ),
    "merchant": (
        "merchant_count_1h",
        "merchant_fraud_rate_7d",
        "merchant_fraud_rate_30d",
        "merchant_frauds_known_7d",
        "merchant_frauds_known_30d",
    ),
    "category": ("category_fraud_rate_30d",),
    "device": ("device_accounts_30d",),
}
"""By kind, what dashboards and rules read from a vector without the kernel."""

# Column of :data:`spark_stream.payments.SCHEMA` that names the entity of a kind.
_COLUMNS: Final = {
    "account": "account_id",
    "merchant": "merchant_id",
    "category": "category",
    "device": "device_id",
}


def advance_entities(changes: DataFrame, named: Named = NAMED_FEATURES) -> DataFrame:
    """Rows of :data:`SCHEMA`: one for each entity that takes part in a batch.

    Args:
        changes: Rows of :data:`spark_stream.payments.SCHEMA`.
        named: By kind, the features that go into a vector by name.
    """
    entities = F.array(*(_entity(kind, column) for kind, column in _COLUMNS.items()))
    rows = changes.withColumn("entity", F.explode(F.array_compact(entities)))
    rows = rows.select("entity", "payment", "known_at_us", "fraud", "withdraws")
    return group_by_bucket(rows, "entity").transformWithState(
        EntityProcessor(named), SCHEMA, outputMode="Append", timeMode="None"
    )


def _entity(kind: str, column: str) -> Any:
    """``account/a1``; null where there is no such entity."""
    return F.concat(F.lit(f"{kind}/"), F.col(column))


class EntityProcessor(StatefulProcessor):
    """A bucket of accounts, merchants, categories and devices.

    Args:
        named: By kind, the features that go into a vector by name.
    """

    def __init__(self, named: Named) -> None:
        self._named = named

    def init(self, handle: StatefulProcessorHandle) -> None:
        """Called by Spark in each task."""
        leave_imports_alone()
        self._states = handle.getMapState("entities", KEY, STATE)

    def handleInputRows(self, key: Any, rows: Iterator[Row], timerValues: Any) -> Iterator[Row]:  # noqa: N802, N803
        """Called by Spark with all changes of a batch that these entities take part in."""
        changes: dict[Any, list[Row]] = {}
        for row in rows:
            changes.setdefault(row.entity, []).append(row)
        for entity, own in changes.items():
            yield self._advance(entity, own)

    def _advance(self, entity: Any, changes: Sequence[Row]) -> Row:
        kind, _, entity_id = entity.partition("/")
        held = self._states.getValue((entity,))
        step = advance(
            kind,
            entity_id,
            held[0] if held else None,
            [row.payment for row in changes if row.known_at_us is None],
            [_to_label(row) for row in changes if row.known_at_us is not None],
        )
        self._states.updateValue((entity,), (step.state,))
        vector = FeatureVector(
            entity_kind=EntityKind.Value(f"ENTITY_KIND_{kind.upper()}"),
            entity_id=entity_id,
            as_of=_timestamp(step.as_of_us),
            contract_digest=contract().digest,
            state=step.state,
            named_features=self._features(kind, step.features),
        )
        name = vector_key(contract().digest, kind, entity_id)
        return Row(key=name.encode(), value=vector.SerializeToString(deterministic=True))

    def _features(self, kind: str, values: list[float] | None) -> dict[str, float]:
        """By name; empty when the step had no payment."""
        if values is None:
            return {}
        return {name: values[contract().index(name)] for name in self._named[kind]}


def _to_label(row: Row) -> Label:
    payment = Transaction.FromString(row.payment)
    return Label(
        transaction_id=payment.transaction_id,
        merchant_id=payment.merchant_id,
        category=payment.category,
        amount_minor=payment.amount_minor,
        currency=payment.currency,
        event_time_us=payment.event_time.ToMicroseconds(),
        known_at_us=row.known_at_us,
        fraud=row.fraud,
        withdraws=row.withdraws,
        ratio_to_usual=(payment.ratio_to_usual if payment.HasField("ratio_to_usual") else None),
    )


def _timestamp(micros: int) -> Timestamp:
    stamp = Timestamp()
    stamp.FromMicroseconds(micros)
    return stamp
