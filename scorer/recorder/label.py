"""A label as a row of ``labels``."""

import hashlib

from google.protobuf.message import DecodeError

from fraud.v1.label_pb2 import FraudKind, Label
from scorer.recorder.column import Column, Row, to_name, to_row, to_time
from scorer.recorder.errors import UnrecordableError

COLUMNS: tuple[Column[Label], ...] = (
    Column("transaction_id", lambda label: label.transaction_id),
    Column("fraud", lambda label: label.fraud),
    Column("kind", lambda label: to_name(FraudKind.Name, label.kind, "FRAUD_KIND_")),
    Column("happened_at", lambda label: to_time(label.happened_at)),
    Column("known_at", lambda label: to_time(label.known_at)),
    Column("source", lambda label: label.source),
)
NAMES = (*(column.name for column in COLUMNS), "label", "label_digest")


def to_label_row(payload: bytes) -> Row:
    """A serialized ``fraud.v1.Label`` as a row, in the order of :data:`NAMES`.

    Raises:
        UnrecordableError: It is not one, is incomplete, or has a value that cannot be kept.
    """
    try:
        label = Label.FromString(payload)
    except DecodeError as exc:
        raise UnrecordableError(f"not a fraud.v1.Label: {exc}") from exc
    for field in ("happened_at", "known_at"):
        if not label.HasField(field):
            raise UnrecordableError(f"the label has no {field}")
    return [*to_row(COLUMNS, label), payload, hashlib.sha256(payload).digest()]
