"""A decision as PostgreSQL keeps it: the message that the scorer wrote, and its columns."""

import json
from dataclasses import dataclass
from typing import Any, Final

import psycopg
from google.protobuf.message import DecodeError

from fraud.v1.records_pb2 import Prediction
from hindsight.errors import NothingKnownError, UnreplayableError
from hindsight.replay.difference import Difference
from scorer.recorder.errors import UnrecordableError, translated
from scorer.recorder.prediction import COLUMNS, to_prediction_row

FIND: Final = """
SELECT tableoid::regclass::text, ctid::text, prediction
FROM predictions WHERE transaction_id = %s ORDER BY decided_at
"""
FIND_REJECTED: Final = """
SELECT reason FROM rejected_entries WHERE entry_key = %s AND kind = 'prediction'
ORDER BY rejected_at DESC LIMIT 1
"""
# PostgreSQL compares: each value then has the column's own type, and so its own rounding.
DIFFERING: Final = """
SELECT stored.key, stored.value #>> '{}', told.value #>> '{}'
FROM predictions p, jsonb_each(to_jsonb(p)) stored
JOIN jsonb_each(to_jsonb(jsonb_populate_record(NULL::predictions, %s::jsonb))) told
    ON told.key = stored.key
WHERE p.tableoid = %s::regclass AND p.ctid = %s::tid AND stored.key = ANY(%s)
    AND stored.value IS DISTINCT FROM told.value
ORDER BY stored.key
"""


@dataclass(frozen=True, slots=True)
class Recorded:
    """One decision.

    Args:
        prediction: What the scorer wrote.
        altered: Columns that say something else than that.
    """

    prediction: Prediction
    altered: tuple[Difference, ...]


def find_recorded(dsn: str, transaction_id: str) -> list[Recorded]:
    """The decisions on a payment, oldest first; one, unless two scorers decided it.

    Raises:
        NothingKnownError: The payment is not recorded.
        UnreplayableError: What is recorded cannot be read.
        RecorderError: The database cannot be used.
    """
    with translated(), psycopg.connect(dsn, autocommit=True) as connection:
        rows = connection.execute(FIND, (transaction_id,)).fetchall()
        if not rows:
            raise NothingKnownError(_why_nothing(connection, transaction_id))
        return [_read(connection, *row) for row in rows]


def _read(connection: psycopg.Connection, table: str, place: str, payload: bytes) -> Recorded:
    try:
        prediction = Prediction.FromString(payload)
        values = dict(zip(_names(), to_prediction_row(payload), strict=False))
    except (DecodeError, UnrecordableError) as exc:
        raise UnreplayableError(f"column prediction cannot be read: {exc}") from exc
    told = json.dumps(values, default=_to_json)
    found = connection.execute(DIFFERING, (told, table, place, _names())).fetchall()
    altered = tuple(Difference(f"column {name}", *both) for name, *both in found)
    return Recorded(prediction, altered)


def _names() -> list[str]:
    return [column.name for column in COLUMNS]


def _to_json(value: Any) -> str:
    """Times; everything else in a row is JSON's own."""
    return str(value.isoformat())


def _why_nothing(connection: psycopg.Connection, transaction_id: str) -> str:
    rejected = connection.execute(FIND_REJECTED, (transaction_id,)).fetchone()
    if rejected is None:
        return f"no payment `{transaction_id}` is recorded"
    return f"payment `{transaction_id}` could not be recorded: {rejected[0]}"
