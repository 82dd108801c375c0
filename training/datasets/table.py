"""Rows of a built data set as a table: the same columns, whatever they were read from."""

from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from training.datasets.dataset import Dataset, Index
from training.datasets.history import NEVER_US, History
from training.errors import DatasetError

TIME: Final = pa.timestamp("us", "UTC")
EVENTS: Final = pa.schema(
    [
        pa.field("transaction_id", pa.string(), nullable=False),
        pa.field("account_id", pa.string(), nullable=False),
        pa.field("merchant_id", pa.string(), nullable=False),
        pa.field("category", pa.string(), nullable=False),
        pa.field("amount_minor", pa.int64(), nullable=False),
        pa.field("currency", pa.string(), nullable=False),
        pa.field("event_time", TIME, nullable=False),
        pa.field("channel", pa.int8()),
        pa.field("entry_mode", pa.int8()),
        pa.field("country", pa.string()),
        pa.field("latitude", pa.float64()),
        pa.field("longitude", pa.float64()),
        pa.field("device_id", pa.string()),
        pa.field("ip_prefix", pa.string()),
        pa.field("utc_offset_minutes", pa.int32()),
        pa.field("ratio_to_usual", pa.float32()),
    ]
)
LABELS: Final = pa.schema(
    [
        pa.field("fraud", pa.bool_(), nullable=False),
        pa.field("kind", pa.int8(), nullable=False),
        pa.field("known_at", TIME),
    ]
)
MEASURED: Final = "measured"
"""Whether a row of the holdout counts in measures: its account was not known as defrauded."""


def schema_of(feature_names: tuple[str, ...]) -> Any:
    """Of a table of rows: the payment, its label, its features, and whether it is measured."""
    features = [pa.field(name, pa.float32(), nullable=False) for name in feature_names]
    measured = pa.field(MEASURED, pa.bool_(), nullable=False)
    return pa.schema([*EVENTS, *LABELS, *features, measured])


def to_table(dataset: Dataset, rows: slice, measured: npt.NDArray[np.bool_]) -> Any:
    """Rows of a data set.

    Args:
        dataset: All rows.
        rows: Those that are wanted.
        measured: bool, of the wanted ones.
    """
    history = dataset.history
    events = _events(history.events.slice(rows.start, rows.stop - rows.start))
    known_at = history.known_at_us[rows]
    columns = [
        *events.columns,
        pa.array(history.fraud[rows]),
        pa.array(history.kind[rows]),
        pa.array(known_at, TIME, mask=known_at == NEVER_US),
        *(pa.array(np.ascontiguousarray(column)) for column in dataset.features[rows].T),
        pa.array(measured),
    ]
    return pa.Table.from_arrays(columns, schema=schema_of(dataset.feature_names))


def from_table(table: Any, feature_names: tuple[str, ...], contract_digest: str) -> Dataset:
    """The same the other way."""
    features = np.empty((len(table), len(feature_names)), np.float32)
    for at, name in enumerate(feature_names):
        features[:, at] = table[name].to_numpy()
    known_at = table["known_at"].cast(pa.int64()).fill_null(int(NEVER_US)).to_numpy()
    history = History(
        events=table.select(EVENTS.names).combine_chunks(),
        event_time_us=table["event_time"].cast(pa.int64()).to_numpy(),
        fraud=table["fraud"].to_numpy(),
        kind=table["kind"].to_numpy(),
        known_at_us=known_at,
    )
    return Dataset(features, feature_names, contract_digest, history)


def measured_rows(table: Any, start: int) -> Index:
    """Positions of the rows that are measured, counted from ``start``; int64 [k]."""
    return np.flatnonzero(table[MEASURED].to_numpy()) + start


def _events(events: Any) -> Any:
    """Payments with all columns; those that were not read are null."""
    columns = [
        events[field.name].cast(field.type)
        if field.name in events.column_names
        else pa.nulls(len(events), field.type)
        for field in EVENTS
    ]
    try:
        return pa.Table.from_arrays(columns, schema=EVENTS)
    except pa.ArrowException as exc:
        raise DatasetError(f"the events do not have the types of payments: {exc}") from exc
