"""Labels joined with their payments, as the kernel learns them."""

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from features_rs.facts import facts_in
from features_rs.verdicts import stands_as_fraud, verdict_of


def learned(payments: Any, labels: Any) -> Any:
    """What became known, in the order in which it did.

    Args:
        payments: Table with the columns of :func:`facts_in`.
        labels: As of ``Source.labels``. A payment may have several; unless they say themselves
            which of them withdraw an earlier one, that follows from their order.

    Returns:
        Table with the columns that ``Store.learn_many`` takes, sorted by ``known_at``. Labels
        without a payment are not in it.
    """
    rows = _rows_of(labels["transaction_id"], payments["transaction_id"])
    labels = labels.append_column("row", rows).filter(pc.is_valid(rows))
    if "withdraws" not in labels.column_names:
        labels = with_verdicts(labels)
    labels = labels.take(pc.sort_indices(labels, [("known_at", "ascending"), ("row", "ascending")]))
    joined = payments.select(facts_in(payments.schema.names)).take(labels["row"])
    for name, kind in (
        ("known_at", pa.timestamp("us", "UTC")),
        ("fraud", pa.bool_()),
        ("withdraws", pa.bool_()),
    ):
        joined = joined.append_column(name, labels[name].cast(kind))
    return joined


def _rows_of(label_ids: Any, payment_ids: Any) -> Any:
    """For each label the row of its payment, null where there is none."""
    found, wanted = label_ids.cast(pa.string()), payment_ids.cast(pa.string())
    if found.equals(wanted):
        # A data set has a label for each payment, row for row: nothing has to be looked up.
        return pa.array(np.arange(len(found), dtype=np.int32))
    return pc.index_in(found, value_set=wanted)


def with_verdicts(labels: Any) -> Any:
    """With a column ``withdraws``, and without labels that say nothing new."""
    rows = labels["row"].to_numpy()
    repeated = np.bincount(rows)[rows] > 1 if len(rows) else np.zeros(0, np.bool_)
    kept, withdraws = np.ones(len(rows), np.bool_), np.zeros(len(rows), np.bool_)
    said: dict[int, list[tuple[int, bool]]] = {}
    places = np.flatnonzero(repeated)
    known = labels["known_at"].cast(pa.timestamp("us", "UTC")).cast(pa.int64()).to_numpy()
    frauds = labels["fraud"].to_numpy()
    for place in places[np.argsort(known[places], kind="stable")]:
        before = said.setdefault(int(rows[place]), [])
        moment, fraud = int(known[place]), bool(frauds[place])
        stood = stands_as_fraud(before, moment)
        verdict = verdict_of(fraud=fraud, stood_as_fraud=stood)
        before.append((moment, fraud))
        kept[place] = verdict is not None
        withdraws[place] = verdict is not None and verdict.withdraws
    return labels.append_column("withdraws", pa.array(withdraws)).filter(pa.array(kept))
