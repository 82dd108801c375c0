"""Labels joined with their payments, as the kernel learns them."""

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from features_rs.joining import payment_rows, to_learn
from features_rs.verdicts import stands_as_fraud, verdict_of


def learned(payments: Any, labels: Any) -> Any:
    """What became known, in the order in which it did.

    Args:
        payments: Table with the columns of :func:`features_rs.facts.facts_in`.
        labels: As of ``Source.labels``. A payment may have several; unless they say themselves
            which of them withdraw an earlier one, that follows from their order.

    Returns:
        Table with the columns that ``Store.learn_many`` takes, sorted by ``known_at``. Labels
        without a payment are not in it.
    """
    rows = payment_rows(labels["transaction_id"], payments["transaction_id"])
    labels = labels.append_column("row", rows).filter(pc.is_valid(rows))
    if "withdraws" not in labels.column_names:
        labels = with_verdicts(labels)
    labels = labels.take(pc.sort_indices(labels, [("known_at", "ascending"), ("row", "ascending")]))
    return to_learn(
        payments, labels["row"], labels["known_at"], labels["fraud"], labels["withdraws"]
    )


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
