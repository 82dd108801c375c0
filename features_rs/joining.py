"""Labels joined with their payments, as Arrow tables that the kernel learns from.

The backfill and training find out each in their own way what a label changes; how its payment is
found, and what the kernel takes of both, is the same.
"""

from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from features_rs.facts import facts_in

LABEL_FIELDS: Final = (
    pa.field("known_at", pa.timestamp("us", "UTC")),
    pa.field("fraud", pa.bool_()),
    pa.field("withdraws", pa.bool_()),
)
"""What the kernel takes of a label."""


def payment_rows(label_ids: Any, payment_ids: Any) -> Any:
    """For each label the row of its payment, null where there is none.

    Args:
        label_ids: Column ``transaction_id`` of the labels, strings.
        payment_ids: The same of the payments.

    Returns:
        Int32 column, as long as ``label_ids``.
    """
    labels, payments = label_ids.cast(pa.string()), payment_ids.cast(pa.string())
    if labels.equals(payments):
        # A data set has a label for each payment, row for row: nothing has to be looked up.
        return pa.array(np.arange(len(labels), dtype=np.int32))
    return pc.index_in(labels, value_set=payments)


def to_learn(payments: Any, rows: Any, known_at: Any, fraud: Any, withdraws: Any) -> Any:
    """The table that ``Store.learn_many`` takes, a row per label.

    Args:
        payments: Table with the columns of :func:`features_rs.facts.facts_in`.
        rows: Of each label the row of its payment, integers.
        known_at: When each label became known, a column of timestamps.
        fraud: What each says, a column of bool.
        withdraws: Whether each takes back a fraud that was learned, a column of bool.
    """
    table = payments.select(facts_in(payments.schema.names)).take(rows)
    for field, column in zip(LABEL_FIELDS, (known_at, fraud, withdraws), strict=True):
        table = table.append_column(field, column.cast(field.type))
    return table
