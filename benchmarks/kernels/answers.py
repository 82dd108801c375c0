"""Compares what the kernel gives with the brute-force oracle, before anything is timed."""

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from benchmarks.kernels.errors import WrongAnswerError
from features_rs import Store, contract
from tests.laws.oracle import Oracle, Payment

ACCOUNTS = 20
"""Accounts whose payments are replayed: so few that no day is crowded, which would be sampled."""
COMPARED = 200
"""Of their last payments, how many are compared: the oracle looks at all before each."""


def check_answers(events: Any) -> int:
    """Replay the payments of some accounts and compare the features of the last of them.

    Args:
        events: Arrow table of the event columns, sorted.

    Returns:
        Values compared, all equal bit for bit.

    Raises:
        WrongAnswerError: One differs; names payment and feature.
    """
    accounts = events["account_id"].slice(0, 10 * ACCOUNTS).unique().slice(0, ACCOUNTS)
    few = one_batch(events.filter(pc.is_in(events["account_id"], accounts.cast(pa.string()))))
    features = pa.record_batch(Store().assemble_and_record_many(few))
    oracle, compared = Oracle(), 0
    for number, payment in enumerate(_payments(few)):
        if number >= len(few) - COMPARED:
            row = np.array([column[number].as_py() for column in features.columns], np.float32)
            compared += _compare(payment, row, oracle)
        oracle.record(payment)
    return compared


def one_batch(table: Any) -> Any:
    """The table as a single record batch."""
    batches = table.combine_chunks().to_batches()
    return batches[0] if batches else pa.RecordBatch.from_pylist([], schema=table.schema)


def _payments(batch: Any) -> list[Payment]:
    fields = set(Payment.__dataclass_fields__) & set(batch.schema.names)
    rows = batch.to_pylist()
    times = batch.column("event_time").cast(pa.timestamp("us")).cast(pa.int64()).to_pylist()
    return [
        Payment(event_time_us=time, **{name: row[name] for name in fields})
        for row, time in zip(rows, times, strict=True)
    ]


def _compare(payment: Payment, found: np.ndarray[Any, Any], oracle: Oracle) -> int:
    expected = oracle.features(payment)
    same = found.view(np.uint32) == expected.view(np.uint32)
    same |= np.isnan(found) & np.isnan(expected)
    if not same.all():
        place = int(np.flatnonzero(~same)[0])
        raise WrongAnswerError(
            f"{contract().names[place]} of {payment.transaction_id}: the kernel gives "
            f"{found[place]}, the oracle {expected[place]}"
        )
    return len(found)
