"""The payments: those that the scorer already knows, and those that it is asked about."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from features_rs import Store
from fraud.v1.scoring_pb2 import ScoreRequest
from fraud.v1.transaction_pb2 import Coordinates, Transaction

EVENTS_FILE = "events.parquet"
BATCH_ROWS = 50_000
OPTIONAL = ("country", "device_id", "ip_prefix", "utc_offset_minutes")


@dataclass(frozen=True, slots=True)
class Payments:
    """A history and what comes after it, both in event order, as event tables.

    Args:
        history: What the scorer's state is made of.
        live: What is sent.
    """

    history: pa.Table
    live: pa.Table

    @property
    def accounts(self) -> int:
        """Accounts in the state."""
        return len(pc.unique(self.history["account_id"]))

    def save_state(self, path: Path) -> None:
        """Replay the history through the kernel and write the state that it leaves."""
        store = Store()
        for batch in self.history.to_batches(max_chunksize=BATCH_ROWS):
            store.assemble_and_record_many(batch)
        store.save(path)

    def requests(self) -> Iterator[ScoreRequest]:
        """The live payments as they go over the wire."""
        for batch in self.live.to_batches():
            yield from map(to_request, batch.to_pylist())


def read_payments(dataset: Path, live: int) -> Payments:
    """Split a dataset folder's events: the last ``live`` are sent.

    Raises:
        OSError: There is no ``events.parquet``.
        ValueError: It holds no more than ``live`` payments.
    """
    events = pq.read_table(dataset / EVENTS_FILE)
    if events.num_rows <= live:
        raise ValueError(
            f"Failed to keep a history: `{dataset}` has {events.num_rows} payments, "
            f"of which {live} are to be sent"
        )
    split = events.num_rows - live
    return Payments(events.slice(0, split), events.slice(split).combine_chunks())


def to_request(row: dict[str, Any]) -> ScoreRequest:
    """One row of an event table as a request; nulls are left out."""
    transaction = Transaction(
        transaction_id=row["transaction_id"],
        account_id=row["account_id"],
        merchant_id=row["merchant_id"],
        category=row["category"],
        amount_minor=row["amount_minor"],
        currency=row["currency"],
        event_time=row["event_time"],
        channel=row["channel"],
        entry_mode=row["entry_mode"],
        **{name: row[name] for name in OPTIONAL if row.get(name) is not None},
    )
    if row.get("latitude") is not None:
        place = Coordinates(latitude=row["latitude"], longitude=row["longitude"])
        transaction.coordinates.CopyFrom(place)
    return ScoreRequest(transaction=transaction)
