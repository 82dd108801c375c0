"""When payments were made, for labels that do not tell."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import psycopg

from fraud.v1.label_pb2 import FraudKind, Label
from scorer.recorder.column import to_name, to_time
from scorer.recorder.connection import connect
from scorer.recorder.errors import translated

SAID = (
    "SELECT transaction_id, fraud, kind, source, known_at, happened_at FROM labels"
    " WHERE transaction_id = ANY(%s)"
)
MADE = (
    "SELECT transaction_id, min(event_time) FROM predictions"
    " WHERE transaction_id = ANY(%s) GROUP BY transaction_id"
)

type Said = tuple[str, bool, str, str, datetime]


class PaymentTimes:
    """When payments were made, as it was recorded.

    A label that was reported before gets the time that it had then, so that the same file read
    again gives the same labels, whatever was recorded meanwhile.

    Args:
        dsn: libpq address.

    Raises:
        RecorderError: The database cannot be used.
    """

    def __init__(self, dsn: str) -> None:
        self._connection = connect(dsn, "fraud-label-times")

    def complete(self, labels: Sequence[Label]) -> None:
        """Set ``happened_at`` of those that lack it and whose payment is known.

        Raises:
            RecorderError: The database cannot be used.
        """
        bare = [each for each in labels if not each.HasField("happened_at")]
        if not bare:
            return
        ids = list({each.transaction_id for each in bare})
        with translated():
            said = _said(self._connection, ids)
            made = _made(self._connection, ids)
        _set(bare, said, made)

    def close(self) -> None:
        """End the session."""
        self._connection.close()


def _said(connection: psycopg.Connection, ids: list[str]) -> dict[Said, datetime]:
    rows = connection.execute(SAID, (ids,)).fetchall()
    return {(name, fraud, kind, source, known): at for name, fraud, kind, source, known, at in rows}


def _made(connection: psycopg.Connection, ids: list[str]) -> dict[str, datetime]:
    return {str(name): at for name, at in connection.execute(MADE, (ids,)).fetchall()}


def _set(
    labels: Iterable[Label], said: Mapping[Said, datetime], made: Mapping[str, datetime]
) -> None:
    for label in labels:
        kind = to_name(FraudKind.Name, label.kind, "FRAUD_KIND_")
        known = to_time(label.known_at)
        key = (label.transaction_id, label.fraud, kind, label.source, known)
        found = said.get(key) or made.get(label.transaction_id)
        if found is not None:
            label.happened_at.FromDatetime(found)
